/** Binary-log positions that stand still. */
import type { Coordinates } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { numberCell, textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type { StalePositions } from "./contract.ts";

const TABLE = "database_instance_stale_binlog_coordinates";

const isNoted = async (
	queries: Queries,
	instance: InstanceName,
	coordinates: Coordinates,
): Promise<boolean> => {
	const { host, port } = splitName(instance);
	const row = await queries
		.selectFrom(TABLE)
		.selectAll()
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return (
		row !== undefined &&
		textCell(row.binary_log_file) === coordinates.file &&
		numberCell(row.binary_log_pos) === coordinates.position &&
		timeCell(row.first_seen) > 0
	);
};

const note = async (
	driver: StoreDriver,
	queries: Queries,
	instance: InstanceName,
	coordinates: Coordinates,
	nowMs: number,
): Promise<void> => {
	if (await isNoted(queries, instance, coordinates)) return;
	const { host, port } = splitName(instance);
	await driver.upsertMany(
		queries,
		TABLE,
		["hostname", "port"],
		[
			{
				hostname: host,
				port,
				binary_log_file: coordinates.file,
				binary_log_pos: coordinates.position,
				first_seen: timeText(nowMs),
			},
		],
	);
};

/** A row stays while the instance still stands there: were it deleted by its age, a long lock would look like a new one. */
const expire = (queries: Queries, firstSeenBeforeMs: number): Promise<number> =>
	removedRows(
		queries
			.deleteFrom(TABLE)
			.where("first_seen", "<", timeText(firstSeenBeforeMs))
			.where(({ not, exists, selectFrom }) =>
				not(
					exists(
						selectFrom("database_instance as i")
							.select("i.hostname")
							.whereRef("i.hostname", "=", `${TABLE}.hostname`)
							.whereRef("i.port", "=", `${TABLE}.port`)
							.whereRef("i.binary_log_file", "=", `${TABLE}.binary_log_file`)
							.whereRef("i.binary_log_pos", "=", `${TABLE}.binary_log_pos`),
					),
				),
			),
	);

export const createStalePositions = (driver: StoreDriver): StalePositions => ({
	note: async (instance, coordinates, nowMs) => {
		// Each probe of a lock says the same again: that needs no write.
		if (await isNoted(driver.queries, instance, coordinates)) return;
		await driver.write((queries) =>
			note(driver, queries, instance, coordinates, nowMs),
		);
	},
	forget: async (instance) => {
		const { host, port } = splitName(instance);
		await driver.write((queries) =>
			queries
				.deleteFrom(TABLE)
				.where("hostname", "=", host)
				.where("port", "=", port)
				.execute(),
		);
	},
	all: async () => {
		const rows = await driver.queries
			.selectFrom(TABLE)
			.selectAll()
			.orderBy("hostname")
			.orderBy("port")
			.execute();
		return rows.flatMap((row) => {
			const instance = nameOf(row.hostname, row.port);
			const firstSeenAtMs = timeCell(row.first_seen);
			// Without a time it would seem to have stood still for ever.
			if (instance === undefined || firstSeenAtMs === 0) return [];
			return {
				instance,
				coordinates: {
					file: textCell(row.binary_log_file),
					position: numberCell(row.binary_log_pos),
				},
				firstSeenAtMs,
			};
		});
	},
	expire: (firstSeenBeforeMs) =>
		driver.write((queries) => expire(queries, firstSeenBeforeMs)),
});

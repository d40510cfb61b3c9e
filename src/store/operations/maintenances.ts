import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import type { Maintenance, Maintenances } from "../naming/contract.ts";
import type { ProcessingNode } from "../nodes/processing-node.ts";
import {
	flag,
	flagCell,
	numberCell,
	textCell,
	timeCell,
	timeText,
} from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";

const TABLE = "database_instance_maintenance";

/** A process may begin a lock before its first beat is in the store. */
const OWNER_IS_MISSED_MS = 60_000;

const maintenancesOf = (row: StoredRow): Maintenance[] => {
	const instance = nameOf(row.hostname, row.port);
	if (instance === undefined) return [];
	return [
		{
			id: numberCell(row.database_instance_maintenance_id),
			instance,
			owner: textCell(row.owner),
			reason: textCell(row.reason),
			beganAtMs: timeCell(row.begin_timestamp),
			endsAtMs: timeCell(row.end_timestamp),
			isExplicitlyBounded: flagCell(row.explicitly_bounded),
		},
	];
};

/** An end that is no time counts as over: a lock hides findings, so in doubt it does not hold. */
const isOver = (row: { end_timestamp: unknown }, nowMs: number): boolean =>
	row.end_timestamp !== null && timeCell(row.end_timestamp) <= nowMs;

const activeRows = (queries: Queries) =>
	queries
		.selectFrom(TABLE)
		.selectAll()
		.where("maintenance_active", "=", 1)
		.orderBy("hostname")
		.orderBy("port");

/** Ended rows have NULL in `maintenance_active`: the unique key then allows any number of them. */
const endRow = async (
	queries: Queries,
	id: number,
	endedAtMs: number,
): Promise<void> => {
	await queries
		.updateTable(TABLE)
		.set({ maintenance_active: null, end_timestamp: timeText(endedAtMs) })
		.where("database_instance_maintenance_id", "=", id)
		.execute();
};

const activeOf = (queries: Queries, instance: InstanceName) => {
	const { host, port } = splitName(instance);
	return activeRows(queries)
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
};

const begin = async (
	queries: Queries,
	maintenance: Omit<Maintenance, "id">,
	node: ProcessingNode,
): Promise<Maintenance | undefined> => {
	const held = await activeOf(queries, maintenance.instance);
	if (held && !isOver(held, maintenance.beganAtMs)) return undefined;
	if (held)
		await endRow(
			queries,
			held.database_instance_maintenance_id,
			timeCell(held.end_timestamp) || maintenance.beganAtMs,
		);
	const { host, port } = splitName(maintenance.instance);
	const inserted = await queries
		.insertInto(TABLE)
		.values({
			hostname: host,
			port,
			maintenance_active: 1,
			begin_timestamp: timeText(maintenance.beganAtMs),
			end_timestamp:
				maintenance.endsAtMs > 0 ? timeText(maintenance.endsAtMs) : null,
			owner: maintenance.owner,
			reason: maintenance.reason,
			processing_node_hostname: node.hostname,
			processing_node_token: node.token,
			explicitly_bounded: flag(maintenance.isExplicitlyBounded),
		})
		.executeTakeFirstOrThrow();
	return { ...maintenance, id: Number(inserted.insertId) };
};

/** Whether the process that began a lock without a bound of its own has gone without ending it. */
const isAbandoned = async (
	queries: Queries,
	row: StoredRow,
	nowMs: number,
): Promise<boolean> => {
	const token = textCell(row.processing_node_token);
	const isYoung = timeCell(row.begin_timestamp) > nowMs - OWNER_IS_MISSED_MS;
	if (flagCell(row.explicitly_bounded) || token === "" || isYoung) return false;
	const owner = await queries
		.selectFrom("node_health")
		.select("token")
		.where("hostname", "=", textCell(row.processing_node_hostname))
		.where("token", "=", token)
		.executeTakeFirst();
	return owner === undefined;
};

const expire = async (
	queries: Queries,
	nowMs: number,
	endedBeforeMs: number,
): Promise<number> => {
	for (const row of await activeRows(queries).execute()) {
		const over = isOver(row, nowMs);
		if (over || (await isAbandoned(queries, row, nowMs)))
			await endRow(
				queries,
				row.database_instance_maintenance_id,
				(over && timeCell(row.end_timestamp)) || nowMs,
			);
	}
	return removedRows(
		queries
			.deleteFrom(TABLE)
			.where("maintenance_active", "is", null)
			.where("end_timestamp", "<", timeText(endedBeforeMs)),
	);
};

const endActive = async (
	queries: Queries,
	held: Awaited<ReturnType<typeof activeOf>>,
	nowMs: number,
): Promise<boolean> => {
	if (!held) return false;
	await endRow(queries, held.database_instance_maintenance_id, nowMs);
	return !isOver(held, nowMs);
};

/** Locks of operators and operations. Times are kept to the second, as the reference's columns have them. */
export const createMaintenances = (
	driver: StoreDriver,
	node: ProcessingNode,
): Maintenances => ({
	begin: (maintenance) =>
		driver.write((queries) => begin(queries, maintenance, node)),
	end: (instance, nowMs) =>
		driver.write(async (queries) =>
			endActive(queries, await activeOf(queries, instance), nowMs),
		),
	endById: (id, nowMs) =>
		driver.write(async (queries) =>
			endActive(
				queries,
				await activeRows(queries)
					.where("database_instance_maintenance_id", "=", id)
					.executeTakeFirst(),
				nowMs,
			),
		),
	active: async (nowMs) => {
		const rows = await activeRows(driver.queries).execute();
		return rows.flatMap((row) =>
			isOver(row, nowMs) ? [] : maintenancesOf(row),
		);
	},
	expire: (nowMs, endedBeforeMs) =>
		driver.write((queries) => expire(queries, nowMs, endedBeforeMs)),
});

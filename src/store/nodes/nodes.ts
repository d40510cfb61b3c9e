import manifest from "../../../package.json" with { type: "json" };
import type { Nodes } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";

type Beat = Parameters<Nodes["beat"]>[0];

const firstBeat = async (
	driver: StoreDriver,
	queries: Queries,
	input: Beat,
): Promise<void> => {
	await driver.upsert(queries, "node_health", ["hostname", "token"], {
		hostname: input.hostname,
		token: input.token,
		last_seen_active: timeText(input.nowMs),
		extra_info: "",
		command: input.command,
		app_version: manifest.version,
		first_seen_active: timeText(input.nowMs),
		db_backend: driver.description,
		incrementing_indicator: 1,
	});
	await driver.upsert(queries, "node_health_history", ["hostname", "token"], {
		hostname: input.hostname,
		token: input.token,
		first_seen_active: timeText(input.nowMs),
		extra_info: "",
		command: input.command,
		app_version: manifest.version,
	});
};

/** A node that is silent for longer leads no more. Milliseconds. */
const LEASE_MS = 5_000;

/**
 * The one row of `active_node`. Programs of the reference that share the database go by it: as long as it is renewed they stay
 * passive. It is theirs while they renew it.
 */
const lead = async (queries: Queries, input: Beat): Promise<void> => {
	const now = timeText(input.nowMs);
	const { hostname, token } = input;
	const before = await queries
		.selectFrom("active_node")
		.selectAll()
		.where("anchor", "=", 1)
		.executeTakeFirst();
	if (before === undefined) {
		await queries
			.insertInto("active_node")
			.values({
				anchor: 1,
				hostname,
				token,
				first_seen_active: now,
				last_seen_active: now,
			})
			.execute();
		return;
	}
	const isOwn =
		textCell(before.token) === token && textCell(before.hostname) === hostname;
	const silentMs = input.nowMs - timeCell(before.last_seen_active);
	if (!isOwn && silentMs <= LEASE_MS) return;
	await queries
		.updateTable("active_node")
		.set({
			hostname,
			token,
			last_seen_active: now,
			...(!isOwn && { first_seen_active: now }),
		})
		.where("anchor", "=", 1)
		.execute();
};

const beat = async (
	driver: StoreDriver,
	queries: Queries,
	input: Beat,
): Promise<void> => {
	const known = await queries
		.updateTable("node_health")
		.set((eb) => ({
			last_seen_active: timeText(input.nowMs),
			command: input.command,
			incrementing_indicator: eb("incrementing_indicator", "+", 1),
		}))
		.where("hostname", "=", input.hostname)
		.where("token", "=", input.token)
		.executeTakeFirst();
	if (known.numUpdatedRows === 0n) await firstBeat(driver, queries, input);
	if (input.isActive === true) await lead(queries, input);
};

/** Times are kept to the second, as the reference's columns have them. */
export const createNodes = (driver: StoreDriver): Nodes => ({
	beat: (input) => driver.write((queries) => beat(driver, queries, input)),
	seenSince: async (ms) => {
		const rows = await driver.queries
			.selectFrom("node_health")
			.selectAll()
			.where("last_seen_active", ">=", timeText(ms))
			.orderBy("hostname")
			.orderBy("token")
			.execute();
		return rows.map((row) => ({
			hostname: textCell(row.hostname),
			token: textCell(row.token),
			firstSeenMs: timeCell(row.first_seen_active),
			lastSeenMs: timeCell(row.last_seen_active),
			command: textCell(row.command),
		}));
	},
	expire: (seenBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("node_health")
					.where("last_seen_active", "<", timeText(seenBeforeMs)),
			),
		),
	expireHistory: (firstSeenBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("node_health_history")
					.where("first_seen_active", "<", timeText(firstSeenBeforeMs)),
			),
		),
});

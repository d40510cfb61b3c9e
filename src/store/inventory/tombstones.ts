/** Who was forgotten a moment ago, for every process of the store: whoever still finds it named does not bring it back. */
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { nameOf } from "../rows/name-list.ts";

/**
 * How long a server stays forgotten: long enough for SHOW REPLICAS of its source to let go of it, and short enough for a second
 * thought. Milliseconds.
 */
export const FORGOTTEN_MS = 60_000;

/** It stays forgotten from now on. Those whose time is over go. */
export const bury = async (
	driver: StoreDriver,
	queries: Queries,
	name: InstanceName,
	nowMs: number,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom("baton_forgotten")
		.where("until_ms", "<=", nowMs)
		.execute();
	await driver.upsert(queries, "baton_forgotten", ["hostname", "port"], {
		hostname: host,
		port,
		until_ms: nowMs + FORGOTTEN_MS,
	});
};

/** @see Inventory.forgotten */
export const buried = async (
	queries: Queries,
	nowMs: number,
): Promise<ReadonlySet<InstanceName>> => {
	const rows = await queries
		.selectFrom("baton_forgotten")
		.select(["hostname", "port"])
		.where("until_ms", ">", nowMs)
		.execute();
	return new Set(rows.flatMap((row) => nameOf(row.hostname, row.port) ?? []));
};

/** @see Inventory.recall */
export const recall = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom("baton_forgotten")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.execute();
};

/** How a fence stands in the store. */
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { markFromText, markToText } from "../clusters/role-rows.ts";
import type { Fence } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import { numberCell, textCell } from "../rows/cell.ts";
import { nameOf, namesFromText } from "../rows/name-list.ts";

const isState = (value: unknown): value is Fence["state"] =>
	value === "waiting" ||
	value === "unaccounted" ||
	value === "fenced" ||
	value === "rejoined";

/** Nobody can look at a server without a name. */
export const fenceOf = (row: StoredRow): Fence | undefined => {
	const instance = nameOf(row.hostname, row.port);
	return instance && fenceOn(instance, row);
};

const fenceOn = (instance: InstanceName, row: StoredRow): Fence => ({
	instance,
	identity: textCell(row.identity),
	successor: namesFromText(row.successor)[0] ?? "",
	sinceMs: numberCell(row.since_ms),
	...(numberCell(row.epoch) === 0 ? {} : { epoch: numberCell(row.epoch) }),
	// An unreadable state is the careful one: still to be looked at.
	state: isState(row.state) ? row.state : "waiting",
	note: textCell(row.note),
	server: markFromText(row.server),
});

export const putFence = (
	driver: StoreDriver,
	queries: Queries,
	fence: Fence,
): Promise<void> => {
	const { host, port } = splitName(fence.instance);
	return driver.upsert(queries, "baton_fence", ["hostname", "port"], {
		hostname: host,
		port,
		identity: fence.identity,
		successor: fence.successor,
		since_ms: fence.sinceMs,
		epoch: fence.epoch ?? 0,
		state: fence.state,
		note: fence.note,
		server: markToText(fence.server),
	});
};

export const fenceRow = (queries: Queries, name: InstanceName) => {
	const { host, port } = splitName(name);
	return queries
		.selectFrom("baton_fence")
		.selectAll()
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
};

/** Those of the cluster. */
export const fencesIn = async (
	queries: Queries,
	identity: string,
): Promise<Fence[]> => {
	const rows = await queries
		.selectFrom("baton_fence")
		.selectAll()
		.where("identity", "=", identity)
		.execute();
	return rows.flatMap((row) => fenceOf(row) ?? []);
};

export const dropFence = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom("baton_fence")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.execute();
};

import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { markFromText, markToText } from "../clusters/role-rows.ts";
import type { Fence, Fences } from "../contract.ts";
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
const fenceOf = (row: StoredRow): Fence | undefined => {
	const instance = nameOf(row.hostname, row.port);
	return instance && fenceOn(instance, row);
};

const fenceOn = (instance: InstanceName, row: StoredRow): Fence => ({
	instance,
	identity: textCell(row.identity),
	successor: namesFromText(row.successor)[0] ?? "",
	sinceMs: numberCell(row.since_ms),
	// An unreadable state is the careful one: still to be looked at.
	state: isState(row.state) ? row.state : "waiting",
	note: textCell(row.note),
	server: markFromText(row.server),
});

const fences = (queries: Queries) =>
	queries
		.selectFrom("baton_fence")
		.selectAll()
		.orderBy("hostname")
		.orderBy("port");

export const createFences = (driver: StoreDriver): Fences => ({
	// Durable: a forgotten fence would let an old primary come back beside the new one.
	put: (fence) =>
		driver.write(
			(queries) => {
				const { host, port } = splitName(fence.instance);
				return driver.upsert(queries, "baton_fence", ["hostname", "port"], {
					hostname: host,
					port,
					identity: fence.identity,
					successor: fence.successor,
					since_ms: fence.sinceMs,
					state: fence.state,
					note: fence.note,
					server: markToText(fence.server),
				});
			},
			{ durable: true },
		),
	get: async (instance) => {
		const { host, port } = splitName(instance);
		const row = await fences(driver.queries)
			.where("hostname", "=", host)
			.where("port", "=", port)
			.executeTakeFirst();
		return row && fenceOf(row);
	},
	open: async () => {
		const rows = await fences(driver.queries)
			.where("state", "!=", "rejoined")
			.execute();
		return rows.flatMap((row) => fenceOf(row) ?? []);
	},
	all: async () => {
		const rows = await fences(driver.queries).execute();
		return rows.flatMap((row) => fenceOf(row) ?? []);
	},
	remove: async (instance) => {
		const { host, port } = splitName(instance);
		await driver.write((queries) =>
			queries
				.deleteFrom("baton_fence")
				.where("hostname", "=", host)
				.where("port", "=", port)
				.execute(),
		);
	},
});

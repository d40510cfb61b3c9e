import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type { Pools } from "./contract.ts";

const submit = async (
	driver: StoreDriver,
	queries: Queries,
	pool: string,
	instances: readonly InstanceName[],
	nowMs: number,
): Promise<void> => {
	await queries
		.deleteFrom("database_instance_pool")
		.where("pool", "=", pool)
		.execute();
	for (const instance of instances) {
		const { host, port } = splitName(instance);
		await driver.upsert(
			queries,
			"database_instance_pool",
			["hostname", "port", "pool"],
			{ hostname: host, port, pool, registered_at: timeText(nowMs) },
		);
	}
};

/** Times are kept to the second, as the reference's columns have them. */
export const createPools = (driver: StoreDriver): Pools => ({
	submit: (pool, instances, nowMs) =>
		driver.write((queries) => submit(driver, queries, pool, instances, nowMs)),
	members: async (registeredAfterMs) => {
		const rows = await driver.queries
			.selectFrom("database_instance_pool")
			.selectAll()
			.where("registered_at", ">=", timeText(registeredAfterMs))
			.orderBy("pool")
			.orderBy("hostname")
			.orderBy("port")
			.execute();
		return rows.flatMap((row) => {
			const instance = nameOf(row.hostname, row.port);
			if (instance === undefined) return [];
			return {
				pool: textCell(row.pool),
				instance,
				registeredAtMs: timeCell(row.registered_at),
			};
		});
	},
	expire: (registeredBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("database_instance_pool")
					.where("registered_at", "<", timeText(registeredBeforeMs)),
			),
		),
});

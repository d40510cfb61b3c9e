import type { Queries, StoreDriver } from "../driver.ts";
import { numberCell, textCell } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import type { TopologySnapshots } from "./contract.ts";

const TABLE = "database_instance_topology_history";

/** In one statement, however many instances there are. A second record of the same second replaces the first. */
const take = async (queries: Queries, unixSeconds: number): Promise<void> => {
	await queries
		.deleteFrom(TABLE)
		.where("snapshot_unix_timestamp", "=", unixSeconds)
		.execute();
	await queries
		.insertInto(TABLE)
		.columns([
			"snapshot_unix_timestamp",
			"hostname",
			"port",
			"master_host",
			"master_port",
			"cluster_name",
			"version",
		])
		.expression((eb) =>
			eb
				.selectFrom("database_instance")
				.select((row) => [
					row.val(unixSeconds).as("snapshot_unix_timestamp"),
					"hostname",
					"port",
					row.fn.coalesce("master_host", row.val("")).as("master_host"),
					row.fn.coalesce("master_port", row.val(0)).as("master_port"),
					row.fn.coalesce("cluster_name", row.val("")).as("cluster_name"),
					row.fn.coalesce("version", row.val("")).as("version"),
				]),
		)
		.execute();
};

export const createTopologySnapshots = (
	driver: StoreDriver,
): TopologySnapshots => ({
	take: async (nowMs) => {
		const unixSeconds = Math.floor(nowMs / 1000);
		await driver.write((queries) => take(queries, unixSeconds));
		return unixSeconds;
	},
	times: async () => {
		const rows = await driver.queries
			.selectFrom(TABLE)
			.select("snapshot_unix_timestamp")
			.distinct()
			.orderBy("snapshot_unix_timestamp")
			.execute();
		return rows.map((row) => numberCell(row.snapshot_unix_timestamp));
	},
	at: async (unixSeconds, clusterName) => {
		const rows = await driver.queries
			.selectFrom(TABLE)
			.selectAll()
			.where("snapshot_unix_timestamp", "=", unixSeconds)
			.where("cluster_name", "=", clusterName)
			.orderBy("hostname")
			.orderBy("port")
			.execute();
		return rows.flatMap((row) => {
			const instance = nameOf(row.hostname, row.port);
			if (instance === undefined) return [];
			return {
				instance,
				source: nameOf(row.master_host, row.master_port) ?? "",
				clusterName: textCell(row.cluster_name),
				version: textCell(row.version),
			};
		});
	},
});

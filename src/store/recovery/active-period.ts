/** The active period of detections and recoveries: `in_active_period` is 1 and `end_active_period_unixtime` 0 while it lasts. */
import type { SelectQueryBuilder } from "kysely";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { ProcessingNode } from "../nodes/processing-node.ts";
import { numberCell, timeText } from "../rows/cell.ts";
import { namesToText } from "../rows/name-list.ts";
import type { Database } from "../schema/tables.ts";

/** The columns that both tables share: queries on them are written once, against the table with the narrower key. */
type Periods = "topology_failure_detection";
type ActiveRows = SelectQueryBuilder<Database, Periods, object>;

/** The columns with which a row of either table begins its active period. */
export const begunPeriod = (
	input: {
		readonly instance: InstanceName;
		readonly analysis: string;
		readonly clusterName: string;
		readonly clusterAlias: string;
		readonly replicas: readonly InstanceName[];
		readonly nowMs: number;
	},
	node: ProcessingNode,
) => {
	const { host, port } = splitName(input.instance);
	return {
		hostname: host,
		port,
		in_active_period: 1,
		start_active_period: timeText(input.nowMs),
		end_active_period_unixtime: 0,
		processing_node_hostname: node.hostname,
		processcing_node_token: node.token,
		analysis: input.analysis,
		cluster_name: input.clusterName,
		cluster_alias: input.clusterAlias,
		count_affected_slaves: input.replicas.length,
		slave_hosts: namesToText(input.replicas),
	};
};

/**
 * The second at which this period ends. The tables' unique keys hold it, so a second period of the same instance that ends in the
 * same second is dated one later.
 */
const freeEnd = async (
	queries: Queries,
	table: Periods,
	key: { readonly hostname: string; readonly port: number },
	nowMs: number,
): Promise<number> => {
	const now = Math.floor(nowMs / 1000);
	const taken = await queries
		.selectFrom(table)
		.select((eb) => eb.fn.max("end_active_period_unixtime").as("latest"))
		.where("hostname", "=", key.hostname)
		.where("port", "=", key.port)
		.where("in_active_period", "=", 0)
		.where("end_active_period_unixtime", ">=", now)
		.executeTakeFirst();
	return Math.max(now, numberCell(taken?.latest) + 1);
};

/** Ends the active periods that `chosen` picks, inside a transaction. */
export const endPeriods = async (
	queries: Queries,
	name: "topology_failure_detection" | "topology_recovery",
	nowMs: number,
	chosen: (rows: ActiveRows) => ActiveRows,
): Promise<void> => {
	const table = name as Periods;
	const id = (
		name === "topology_recovery" ? "recovery_id" : "detection_id"
	) as "detection_id";
	const rows = await chosen(
		queries.selectFrom(table).where("in_active_period", "=", 1),
	)
		.select([id, "hostname", "port"])
		.execute();
	for (const row of rows) {
		const end = await freeEnd(queries, table, row, nowMs);
		await queries
			.updateTable(table)
			.set({ in_active_period: 0, end_active_period_unixtime: end })
			.where(id, "=", row[id])
			.execute();
	}
};

/** The same in its own transaction, and only when there is anything to end: this runs every second. */
export const endActivePeriods = async (
	driver: StoreDriver,
	name: "topology_failure_detection" | "topology_recovery",
	nowMs: number,
	chosen: (rows: ActiveRows) => ActiveRows,
): Promise<void> => {
	const some = await chosen(
		driver.queries
			.selectFrom(name as Periods)
			.where("in_active_period", "=", 1),
	)
		.select("hostname")
		.limit(1)
		.execute();
	if (some.length > 0)
		await driver.write((queries) => endPeriods(queries, name, nowMs, chosen));
};

/** What was not recovered because of an earlier recovery: shown to people, never used for decisions. */
import { splitName } from "../../topology/instance-name.ts";
import type { Recoveries } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { numberCell, textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";

export const recordBlock = (
	driver: StoreDriver,
	input: Parameters<Recoveries["block"]>[0],
): Promise<void> =>
	driver.write((queries) => {
		const { host, port } = splitName(input.instance);
		return driver.upsert(
			queries,
			"blocked_topology_recovery",
			["hostname", "port"],
			{
				hostname: host,
				port,
				cluster_name: input.clusterName,
				analysis: input.analysis,
				last_blocked_timestamp: timeText(input.nowMs),
				blocking_recovery_id: input.blockingRecoveryId,
			},
		);
	});

/** Newest first; only while the recovery that blocks is active. */
export const listBlocks = async (
	queries: Queries,
	clusterName: string | undefined,
): ReturnType<Recoveries["blocked"]> => {
	let rows = queries
		.selectFrom("blocked_topology_recovery as b")
		.innerJoin(
			"topology_recovery as r",
			"r.recovery_id",
			"b.blocking_recovery_id",
		)
		.where("r.in_active_period", "=", 1)
		.selectAll("b");
	if (clusterName !== undefined)
		rows = rows.where("b.cluster_name", "=", clusterName);
	const found = await rows
		.orderBy("b.last_blocked_timestamp", "desc")
		.orderBy("b.hostname")
		.orderBy("b.port")
		.execute();
	return found.map((row) => ({
		instance: nameOf(row.hostname, row.port) ?? "",
		clusterName: textCell(row.cluster_name),
		analysis: textCell(row.analysis),
		lastBlockedAtMs: timeCell(row.last_blocked_timestamp),
		blockingRecoveryId: numberCell(row.blocking_recovery_id),
	}));
};

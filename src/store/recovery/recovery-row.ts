/** `topology_recovery` rows, with Baton's side of them, as records. */

import type { RecoveryRecord } from "../contract.ts";
import type { Queries } from "../driver.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import { flagCell, numberCell, preciseTime, textCell } from "../rows/cell.ts";
import { nameOf, namesFromText } from "../rows/name-list.ts";

export const recoveryRows = (queries: Queries) =>
	queries
		.selectFrom("topology_recovery as r")
		.leftJoin("baton_recovery as b", "b.recovery_id", "r.recovery_id")
		.selectAll("r")
		.select(["b.identity", "b.started_ms", "b.ended_ms", "b.acknowledged_ms"]);

export const recoveryOf = (row: StoredRow): RecoveryRecord => ({
	id: numberCell(row.recovery_id),
	uid: textCell(row.uid),
	identity: textCell(row.identity),
	instance: nameOf(row.hostname, row.port) ?? "",
	analysis: textCell(row.analysis),
	clusterName: textCell(row.cluster_name),
	clusterAlias: textCell(row.cluster_alias),
	countReplicas: numberCell(row.count_affected_slaves),
	replicas: namesFromText(row.slave_hosts),
	isActive: flagCell(row.in_active_period),
	startedAtMs: preciseTime(row.start_active_period, row.started_ms),
	endedAtMs: preciseTime(row.end_recovery, row.ended_ms),
	isSuccessful: flagCell(row.is_successful),
	successor: nameOf(row.successor_hostname, row.successor_port) ?? "",
	successorAlias: textCell(row.successor_alias),
	participating: namesFromText(row.participating_instances),
	lostReplicas: namesFromText(row.lost_slaves),
	errors: textCell(row.all_errors)
		.split("\n")
		.filter((line) => line !== ""),
	acknowledged: flagCell(row.acknowledged),
	acknowledgedAtMs: preciseTime(row.acknowledged_at, row.acknowledged_ms),
	acknowledgedBy: textCell(row.acknowledged_by),
	acknowledgedComment: textCell(row.acknowledge_comment),
	lastDetectionId: numberCell(row.last_detection_id),
	processingNode: textCell(row.processing_node_hostname),
	processingToken: textCell(row.processcing_node_token),
});

export const recoveryByUid = async (
	queries: Queries,
	uid: string,
): Promise<RecoveryRecord | undefined> => {
	const row = await recoveryRows(queries)
		.where("r.uid", "=", uid)
		.executeTakeFirst();
	return row && recoveryOf(row);
};

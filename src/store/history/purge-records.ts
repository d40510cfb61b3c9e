/** Retention of what is written for people to read later: audit rows, detections, recoveries and their steps (AuditPurgeDays). */

import type { Queries } from "../driver.ts";
import { timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";

export const purgeAudit = (
	queries: Queries,
	writtenBeforeMs: number,
): Promise<number> =>
	removedRows(
		queries
			.deleteFrom("audit")
			.where("audit_timestamp", "<", timeText(writtenBeforeMs)),
	);

/** Active ones stay: they block repetitions, however old they are. Baton's side goes with the reference's row. */
export const purgeDetections = async (
	queries: Queries,
	startedBeforeMs: number,
): Promise<number> => {
	const before = timeText(startedBeforeMs);
	await queries
		.deleteFrom("baton_detection")
		.where("detection_id", "in", (eb) =>
			eb
				.selectFrom("topology_failure_detection")
				.select("detection_id")
				.where("in_active_period", "=", 0)
				.where("start_active_period", "<", before),
		)
		.execute();
	return removedRows(
		queries
			.deleteFrom("topology_failure_detection")
			.where("in_active_period", "=", 0)
			.where("start_active_period", "<", before),
	);
};

/** What a recovery blocked is shown only while that recovery is active: without one its row says nothing. */
const purgeBlocks = async (queries: Queries): Promise<void> => {
	await queries
		.deleteFrom("blocked_topology_recovery")
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("topology_recovery as r")
						.select("r.recovery_id")
						.where("r.in_active_period", "=", 1)
						.whereRef(
							"r.recovery_id",
							"=",
							"blocked_topology_recovery.blocking_recovery_id",
						),
				),
			),
		)
		.execute();
};

/** Active ones stay: they keep the cluster from flapping. */
export const purgeRecoveries = async (
	queries: Queries,
	startedBeforeMs: number,
): Promise<number> => {
	const before = timeText(startedBeforeMs);
	await purgeBlocks(queries);
	await queries
		.deleteFrom("baton_recovery")
		.where("recovery_id", "in", (eb) =>
			eb
				.selectFrom("topology_recovery")
				.select("recovery_id")
				.where("in_active_period", "=", 0)
				.where("start_active_period", "<", before),
		)
		.execute();
	return removedRows(
		queries
			.deleteFrom("topology_recovery")
			.where("in_active_period", "=", 0)
			.where("start_active_period", "<", before),
	);
};

export const purgeRecoverySteps = async (
	queries: Queries,
	writtenBeforeMs: number,
): Promise<number> => {
	const before = timeText(writtenBeforeMs);
	await queries
		.deleteFrom("baton_recovery_step")
		.where("recovery_step_id", "in", (eb) =>
			eb
				.selectFrom("topology_recovery_steps")
				.select("recovery_step_id")
				.where("audit_at", "<", before),
		)
		.execute();
	return removedRows(
		queries
			.deleteFrom("topology_recovery_steps")
			.where("audit_at", "<", before),
	);
};

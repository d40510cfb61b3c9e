/** The beginning and the end of a recovery's row. */
import { errors } from "../../errors.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Recoveries, RecoveryRecord } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { ProcessingNode } from "../nodes/processing-node.ts";
import { flag, timeText } from "../rows/cell.ts";
import { namesToText } from "../rows/name-list.ts";
import { begunPeriod, endPeriods } from "./active-period.ts";
import { recoveryByUid, recoveryOf, recoveryRows } from "./recovery-row.ts";

type Opening = Parameters<Recoveries["open"]>[0];
type Outcome = Parameters<Recoveries["resolve"]>[1];

const activeOf = async (
	queries: Queries,
	instance: InstanceName,
): Promise<RecoveryRecord | undefined> => {
	const { host, port } = splitName(instance);
	const row = await recoveryRows(queries)
		.where("r.hostname", "=", host)
		.where("r.port", "=", port)
		.where("r.in_active_period", "=", 1)
		.executeTakeFirst();
	return row && recoveryOf(row);
};

/**
 * The unique key allows one active recovery an instance. One that has ended gives way, since whoever opens the next was allowed to;
 * one that is registered as running does not.
 */
const makeRoom = async (queries: Queries, input: Opening): Promise<void> => {
	const before = await activeOf(queries, input.instance);
	if (!before) return;
	if (before.endedAtMs === 0)
		throw errors.recoveryIsRunning({
			uid: before.uid,
			instance: input.instance,
		});
	const { host, port } = splitName(input.instance);
	await endPeriods(queries, "topology_recovery", input.nowMs, (rows) =>
		rows.where("hostname", "=", host).where("port", "=", port),
	);
};

const insert = async (
	queries: Queries,
	input: Opening,
	node: ProcessingNode,
): Promise<number> => {
	const inserted = await queries
		.insertInto("topology_recovery")
		.values({
			...begunPeriod(input, node),
			is_successful: 0,
			participating_instances: "",
			lost_slaves: "",
			all_errors: "",
			acknowledged: 0,
			acknowledged_by: "",
			acknowledge_comment: "",
			last_detection_id: input.detectionId,
			uid: input.uid,
		})
		.executeTakeFirstOrThrow();
	return Number(inserted.insertId);
};

/** @see Recoveries.open. Runs inside a transaction. */
export const openRecovery = async (
	driver: StoreDriver,
	queries: Queries,
	input: Opening,
	node: ProcessingNode,
): Promise<RecoveryRecord> => {
	const known = await recoveryByUid(queries, input.uid);
	if (known) return known;
	await makeRoom(queries, input);
	await driver.upsert(queries, "baton_recovery", ["recovery_id"], {
		recovery_id: await insert(queries, input, node),
		identity: input.identity,
		started_ms: input.nowMs,
		ended_ms: 0,
		acknowledged_ms: 0,
	});
	const opened = await recoveryByUid(queries, input.uid);
	if (opened) return opened;
	throw errors.recoveryNotKept({ uid: input.uid });
};

/** @see Recoveries.resolve. Runs inside a transaction. */
export const resolveRecovery = async (
	queries: Queries,
	uid: string,
	outcome: Outcome,
): Promise<void> => {
	const successor = outcome.successor
		? splitName(outcome.successor)
		: undefined;
	const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ");
	await queries
		.updateTable("topology_recovery")
		.set({
			is_successful: flag(outcome.isSuccessful),
			successor_hostname: successor?.host ?? "",
			successor_port: successor?.port ?? 0,
			successor_alias: outcome.successorAlias,
			participating_instances: namesToText(outcome.participating),
			lost_slaves: namesToText(outcome.lostReplicas),
			all_errors: outcome.errors.map(oneLine).join("\n"),
			end_recovery: timeText(outcome.nowMs),
		})
		.where("uid", "=", uid)
		.execute();
	if (outcome.isIdle === true)
		await endPeriods(queries, "topology_recovery", outcome.nowMs, (rows) =>
			// The chooser is written against the columns that detections and recoveries share.
			rows.where("uid" as "analysis", "=", uid),
		);
	await queries
		.updateTable("baton_recovery")
		.set({ ended_ms: outcome.nowMs })
		.where("recovery_id", "in", (eb) =>
			eb
				.selectFrom("topology_recovery")
				.select("recovery_id")
				.where("uid", "=", uid),
		)
		.execute();
};

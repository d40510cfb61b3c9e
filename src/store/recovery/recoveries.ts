import { splitName } from "../../topology/instance-name.ts";
import type {
	OperationEnd,
	Recoveries,
	RecoveryFilter,
	RecoveryRecord,
	RecoveryStep,
} from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import {
	purgeRecoveries,
	purgeRecoverySteps,
} from "../history/purge-records.ts";
import type { ProcessingNode } from "../nodes/processing-node.ts";
import {
	flagCell,
	numberCell,
	preciseTime,
	textCell,
	timeText,
} from "../rows/cell.ts";
import { PAGE_ROWS, pageOffset } from "../rows/paging.ts";
import { acknowledge } from "./acknowledgement.ts";
import { endActivePeriods, endPeriods } from "./active-period.ts";
import { listBlocks, recordBlock } from "./blocks.ts";
import { recoveryOf, recoveryRows } from "./recovery-row.ts";
import { openRecovery, resolveRecovery } from "./registration.ts";

/** Those of the identity, with the successor, or with the cluster name; all active ones when nothing is named. */
const active = async (
	queries: Queries,
	input: Parameters<Recoveries["active"]>[0],
): Promise<RecoveryRecord[]> => {
	const { identity, clusterName, successor } = input;
	const key = successor === undefined ? undefined : splitName(successor);
	const isAny = identity ?? clusterName ?? successor;
	const rows = await recoveryRows(queries)
		.where("r.in_active_period", "=", 1)
		.where((where) =>
			where.or([
				where.lit(isAny === undefined),
				...(identity ? [where("b.identity", "=", identity)] : []),
				...(clusterName ? [where("r.cluster_name", "=", clusterName)] : []),
				...(key
					? [
							where.and([
								where("r.successor_hostname", "=", key.host),
								where("r.successor_port", "=", key.port),
							]),
						]
					: []),
			]),
		)
		.orderBy("r.recovery_id", "desc")
		.execute();
	return rows.map(recoveryOf);
};

const endUnsuccessful = async (
	queries: Queries,
	identity: string,
	nowMs: number,
): Promise<void> => {
	const ended = (await active(queries, { identity })).filter(
		(each) => each.endedAtMs > 0 && !each.isSuccessful,
	);
	for (const { uid } of ended)
		await endPeriods(queries, "topology_recovery", nowMs, (rows) =>
			// The chooser is written against the columns that detections and recoveries share.
			rows.where("uid" as "analysis", "=", uid),
		);
};

/** Newest first. */
const list = async (
	queries: Queries,
	filter: RecoveryFilter,
): Promise<RecoveryRecord[]> => {
	const { id, uid, clusterName, identity, clusterAlias } = filter;
	let rows = recoveryRows(queries);
	if (id !== undefined) rows = rows.where("r.recovery_id", "=", id);
	if (uid !== undefined) rows = rows.where("r.uid", "=", uid);
	if (clusterName !== undefined)
		rows = rows.where((where) =>
			where.or([
				where("r.cluster_name", "=", clusterName),
				...(identity ? [where("b.identity", "=", identity)] : []),
			]),
		);
	if (clusterAlias !== undefined)
		rows = rows.where("r.cluster_alias", "=", clusterAlias);
	const { ofCluster } = filter;
	if (ofCluster !== undefined)
		rows = rows.where((where) =>
			where.or([
				where("b.identity", "=", ofCluster.identity),
				where("r.cluster_alias", "=", ofCluster.clusterAlias),
			]),
		);
	if (filter.unacknowledged) rows = rows.where("r.acknowledged", "=", 0);
	const found = await rows
		.orderBy("r.recovery_id", "desc")
		.limit(PAGE_ROWS)
		.offset(pageOffset(filter.page))
		.execute();
	return found.map(recoveryOf);
};

/** Of the operation's cluster: by what it plans from while it runs, and by its earlier steps afterwards. */
const identityOf = async (queries: Queries, uid: string): Promise<string> => {
	const running = await queries
		.selectFrom("baton_operation_picture")
		.select("identity")
		.where("uid", "=", uid)
		.executeTakeFirst();
	if (running !== undefined) return running.identity;
	const earlier = await queries
		.selectFrom("topology_recovery_steps as s")
		.innerJoin(
			"baton_recovery_step as b",
			"b.recovery_step_id",
			"s.recovery_step_id",
		)
		.select("b.identity")
		.where("s.recovery_uid", "=", uid)
		.where("b.identity", "!=", "")
		.executeTakeFirst();
	return textCell(earlier?.identity);
};

const addStep = (
	driver: StoreDriver,
	step: Omit<RecoveryStep, "id" | "identity">,
): Promise<void> =>
	driver.write(async (queries) => {
		const identity = await identityOf(queries, step.uid);
		const inserted = await queries
			.insertInto("topology_recovery_steps")
			.values({
				recovery_uid: step.uid,
				audit_at: timeText(step.atMs),
				message: step.message,
			})
			.executeTakeFirstOrThrow();
		await driver.upsert(queries, "baton_recovery_step", ["recovery_step_id"], {
			recovery_step_id: Number(inserted.insertId),
			at_ms: step.atMs,
			identity,
			outcome: step.end ?? "",
		});
	});

/** Oldest first. */
const stepRows = (queries: Queries) =>
	queries
		.selectFrom("topology_recovery_steps as s")
		.leftJoin(
			"baton_recovery_step as b",
			"b.recovery_step_id",
			"s.recovery_step_id",
		)
		.selectAll("s")
		.select(["b.at_ms", "b.identity", "b.outcome"])
		.orderBy("s.recovery_step_id");

const ENDS: readonly string[] = [
	"succeeded",
	"failed",
	"refused",
] satisfies OperationEnd[];

const stepOf = (
	row: Awaited<ReturnType<ReturnType<typeof stepRows>["execute"]>>[number],
): RecoveryStep => ({
	id: numberCell(row.recovery_step_id),
	uid: textCell(row.recovery_uid),
	atMs: preciseTime(row.audit_at, row.at_ms),
	message: textCell(row.message),
	identity: textCell(row.identity),
	...(ENDS.includes(row.outcome ?? "") && {
		end: row.outcome as OperationEnd,
	}),
});

const steps = async (
	queries: Queries,
	uid: string,
): Promise<RecoveryStep[]> => {
	const rows = await stepRows(queries)
		.where("s.recovery_uid", "=", uid)
		.execute();
	return rows.map(stepOf);
};

/** More than a moment brings. */
const STEPS_AT_ONCE = 500;

const stepsSince = async (
	queries: Queries,
	id: number,
): Promise<RecoveryStep[]> => {
	const rows = await stepRows(queries)
		.where("s.recovery_step_id", ">", id)
		.limit(STEPS_AT_ONCE)
		.execute();
	return rows.map(stepOf);
};

const lastStepId = async (queries: Queries): Promise<number> => {
	const row = await queries
		.selectFrom("topology_recovery_steps")
		.select((of) => of.fn.max("recovery_step_id").as("id"))
		.executeTakeFirst();
	return row?.id == null ? 0 : numberCell(row.id);
};

const isGloballyDisabled = async (queries: Queries): Promise<boolean> => {
	const row = await queries
		.selectFrom("global_recovery_disable")
		.select("disable_recovery")
		.where("disable_recovery", "=", 1)
		.executeTakeFirst();
	return flagCell(row?.disable_recovery);
};

const setGloballyDisabled = (
	driver: StoreDriver,
	disabled: boolean,
): Promise<void> =>
	driver.write(
		async (queries) => {
			await queries.deleteFrom("global_recovery_disable").execute();
			if (disabled)
				await queries
					.insertInto("global_recovery_disable")
					.values({ disable_recovery: 1 })
					.execute();
		},
		// An operator who said stop must not find it forgotten after a power cut.
		{ durable: true },
	);

export const createRecoveries = (
	driver: StoreDriver,
	node: ProcessingNode,
	clock: () => number,
): Recoveries => {
	const { queries } = driver;
	return {
		open: (input) =>
			driver.write((transaction) =>
				openRecovery(driver, transaction, input, node),
			),
		resolve: (uid, outcome) =>
			driver.write((transaction) => resolveRecovery(transaction, uid, outcome)),
		active: (input) => active(queries, input),
		expire: (startedBeforeMs) =>
			endActivePeriods(driver, "topology_recovery", clock(), (rows) =>
				rows
					.where("start_active_period", "<", timeText(startedBeforeMs))
					// The chooser is written against the columns that detections and recoveries share.
					.where("end_recovery" as "analysis", "is not", null),
			),
		endUnsuccessful: (identity) =>
			driver.write((transaction) =>
				endUnsuccessful(transaction, identity, clock()),
			),
		list: (filter) => list(queries, filter),
		acknowledge: (input) =>
			driver.write((transaction) => acknowledge(transaction, input)),
		addStep: (uid, message, atMs, end) =>
			addStep(driver, {
				uid,
				message,
				atMs,
				...(end === undefined ? {} : { end }),
			}),
		steps: (uid) => steps(queries, uid),
		lastStepId: () => lastStepId(queries),
		stepsSince: (id) => stepsSince(queries, id),
		block: (input) => recordBlock(driver, input),
		blocked: (clusterName) => listBlocks(queries, clusterName),
		purge: (startedBeforeMs) =>
			driver.write((transaction) =>
				purgeRecoveries(transaction, startedBeforeMs),
			),
		purgeSteps: (writtenBeforeMs) =>
			driver.write((transaction) =>
				purgeRecoverySteps(transaction, writtenBeforeMs),
			),
		isGloballyDisabled: () => isGloballyDisabled(queries),
		setGloballyDisabled: (disabled) => setGloballyDisabled(driver, disabled),
	};
};

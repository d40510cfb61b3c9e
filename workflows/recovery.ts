import type { Claimed } from "../activities/claim-activities.ts";
import { analyse } from "../src/analysis/analysis.ts";
import {
	ANALYSIS_DEFAULTS,
	type AnalysisSettings,
} from "../src/analysis/facts.ts";
import { withSilence } from "../src/analysis/silence.ts";
import type {
	OperationOutcome,
	RecoveryInput,
} from "../src/planning/operation.ts";
import {
	type RecoveryStart,
	replicasIn,
	startRecovery,
} from "../src/planning/recovery-plan.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { operations } from "./activities.ts";
import { failover } from "./failover.ts";
import { textOf } from "./failures.ts";
import type { Operation } from "./operation.ts";
import { hookContext, postHooks } from "./recovery-hooks.ts";
import { type Owned, runOperation } from "./run-operation.ts";

/**
 * A primary is dead, or a person says that it shall be replaced: the failover, step by step (architecture.md §4.5).
 * Nothing is promoted before every reachable replica has stopped receiving.
 */
export const recovery = (
	input: RecoveryInput & Owned,
): Promise<OperationOutcome> =>
	runOperation(
		"recovery",
		input,
		{ kind: "recovery", ...input },
		async (operation) => {
			const snapshot = dated(
				await operation.begin(
					input.preempt,
					isByCommand(input) ? undefined : input.instance,
				),
				input,
			);
			const start = decideStart(snapshot, operation, input);
			operation.says(
				`**${input.analysis}** on ${input.instance}: ${start.says}`,
			);
			if (!start.go) return declined(operation, input, start.says);
			// A record, not a precondition: nobody waits for it but the end.
			const opened = openRow(operation, snapshot, input).catch(
				(error: unknown) => {
					operation.errors.push(
						`the recovery was not registered: ${textOf(error)}`,
					);
				},
			);
			const finish = async (
				part: Ending,
				downtime: readonly InstanceName[],
			): Promise<OperationOutcome> => {
				await opened;
				return end(operation, input, snapshot, part, downtime);
			};
			const context = hookContext(operation, snapshot, input);
			if (
				input.skipHooks !== true &&
				!(await operation.hooks("PreFailoverProcesses", context))
			)
				return finish(
					{
						successful: false,
						says: "a PreFailoverProcesses hook failed: nothing was changed",
					},
					[],
				);
			if (start.fence) {
				const fenced = await operation.step("demote", input.instance, {});
				if (fenced.status === "failed")
					return finish(
						{
							successful: false,
							says: `${input.instance} answers but could not be made read-only: promoting another server now would make two primaries`,
						},
						[],
					);
			}
			const result = await failover(operation, snapshot, input);
			if (input.skipHooks !== true)
				await postHooks(
					operation,
					context,
					result.part.successor ?? "",
					result.part.lostReplicas ?? [],
				);
			return finish(result.part, result.downtime);
		},
	);

type Ending = Partial<OperationOutcome> &
	Pick<OperationOutcome, "successful" | "says">;

/** force-master-failover and its like: a person wants the primary replaced, which may well live. `recover` is no such thing. */
const isByCommand = (input: RecoveryInput): boolean =>
	input.command?.startsWith("force-") === true;

/** Silence that only the watcher can date is carried over as long as it lasts. Snapshots of version 0.1 lack the two lists. */
const dated = (snapshot: Snapshot, input: RecoveryInput): Snapshot => ({
	...snapshot,
	maintained: snapshot.maintained ?? [],
	staleCoordinates: snapshot.staleCoordinates ?? [],
	instances: snapshot.instances.map((each) =>
		withSilence(each, input.silence ?? {}, snapshot.takenAtMs),
	),
});

const settingsOf = (claimed: Claimed): AnalysisSettings =>
	claimed.analysis ?? { ...ANALYSIS_DEFAULTS, ...claimed };

const decideStart = (
	snapshot: Snapshot,
	operation: Operation,
	input: RecoveryInput,
): RecoveryStart => {
	const entry = analyse(snapshot, settingsOf(operation.claimed)).find(
		(each) => each.instance === input.instance,
	);
	return startRecovery(snapshot, input.instance, {
		stands: entry?.recovery === "primary" && entry.isActionable,
		forced: isByCommand(input),
		says:
			entry === undefined
				? `${input.instance} is not in the cluster`
				: [entry.says, entry.notActionableBecause]
						.filter((each) => each !== "")
						.join("; "),
	});
};

const openRow = (
	operation: Operation,
	snapshot: Snapshot,
	input: RecoveryInput,
): Promise<unknown> => {
	const { uid, clusterName, clusterAlias } = operation.claimed;
	return operations.openRecovery.executeWithOptions(
		{ summary: `register the recovery of ${input.instance}` },
		[
			{
				identity: snapshot.identity,
				uid,
				instance: input.instance,
				analysis: input.analysis,
				clusterName,
				clusterAlias,
				replicas: replicasIn(snapshot, input.instance).map((each) => each.name),
				detectionId: input.detectionId ?? 0,
			},
		],
	);
};

/** Looked at and not started: no row, no hooks, nothing changed. */
const declined = (
	operation: Operation,
	input: RecoveryInput,
	says: string,
): Promise<OperationOutcome> =>
	operation.conclude(
		{
			successful: false,
			attempted: false,
			says: `not attempted: ${says}`,
			analysis: input.analysis,
			failed: input.instance,
		},
		{ recovery: false },
	);

const end = (
	operation: Operation,
	input: RecoveryInput,
	snapshot: Snapshot,
	part: Ending,
	downtime: readonly InstanceName[],
): Promise<OperationOutcome> =>
	operation.conclude(
		{
			analysis: input.analysis,
			failed: input.instance,
			replicas: replicasIn(snapshot, input.instance).map((each) => each.name),
			...part,
		},
		{ recovery: true, downtime },
	);

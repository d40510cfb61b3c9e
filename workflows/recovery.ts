import { analyse } from "../src/analysis/analysis.ts";
import { withSilence } from "../src/analysis/silence.ts";
import type {
	OperationOutcome,
	RecoveryInput,
} from "../src/planning/operation.ts";
import {
	type RecoveryStart,
	startRecovery,
} from "../src/planning/recovery-plan.ts";
import { type Instance, unknownInstance } from "../src/topology/instance.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import { findInstance, type Snapshot } from "../src/topology/snapshot.ts";
import { operations } from "./activities.ts";
import { failover } from "./failover.ts";
import {
	type Operation,
	type Owned,
	runOperation,
	textOf,
} from "./operation.ts";

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
			const snapshot = dated(await operation.begin(input.preempt), input);
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
			const context = hookContext(operation, snapshot, input);
			if (
				input.skipHooks !== true &&
				!(await operation.hooks("PreFailoverProcesses", context))
			)
				return end(
					operation,
					input,
					snapshot,
					{
						successful: false,
						says: "a PreFailoverProcesses hook failed: nothing was changed",
					},
					[],
				);
			if (start.fence) {
				const fenced = await operation.step("demote", input.instance, {});
				if (fenced.status === "failed")
					return end(
						operation,
						input,
						snapshot,
						{
							successful: false,
							says: `${input.instance} answers but could not be made read-only: promoting another server now would make two primaries`,
						},
						[],
					);
			}
			const result = await failover(operation, snapshot, input);
			await opened;
			if (input.skipHooks !== true)
				await postHooks(
					operation,
					context,
					result.part.successor ?? "",
					result.part.lostReplicas ?? [],
				);
			return end(operation, input, snapshot, result.part, result.downtime);
		},
	);

/** Silence that only the watcher can date is carried over as long as it lasts. */
const dated = (snapshot: Snapshot, input: RecoveryInput): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) =>
		withSilence(each, input.silence ?? {}, snapshot.takenAtMs),
	),
});

const decideStart = (
	snapshot: Snapshot,
	operation: Operation,
	input: RecoveryInput,
): RecoveryStart => {
	const entry = analyse(snapshot, operation.claimed).find(
		(each) => each.instance === input.instance,
	);
	return startRecovery(snapshot, input.instance, {
		stands: entry?.recovery === "primary" && entry.isActionable,
		forced: input.command !== undefined && input.command !== "",
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
				replicas: replicaNames(snapshot, input.instance),
				detectionId: input.detectionId ?? 0,
			},
		],
	);
};

const replicaNames = (snapshot: Snapshot, of: InstanceName): InstanceName[] =>
	snapshot.instances
		.filter(
			(each) =>
				`${each.replication.sourceHost}:${each.replication.sourcePort}` === of,
		)
		.map((each) => each.name);

/** What the hooks are told; successor and losses are added when they are known. */
export const hookContext = (
	operation: Operation,
	snapshot: Snapshot,
	input: Pick<RecoveryInput, "instance" | "analysis" | "command">,
) => {
	const { uid, clusterName, clusterAlias, clusterDomain } = operation.claimed;
	const failed = failedIn(snapshot, input.instance);
	return {
		failureType: input.analysis,
		instanceType: "master",
		isMaster: true,
		isCoMaster: failed.isCoMaster,
		failureDescription: `${input.analysis} on ${input.instance}`,
		command: input.command ?? "",
		failed: input.instance,
		cluster: clusterName,
		clusterAlias,
		clusterDomain,
		replicas: replicaNames(snapshot, input.instance),
		lostReplicas: [] as readonly InstanceName[],
		isDowntimed: snapshot.downtimes.some(
			(each) => each.instance === input.instance,
		),
		recoveryUid: uid,
		successor: "" as InstanceName | "",
		successorAlias: "",
		successorCoordinates: null,
	};
};

export const failedIn = (snapshot: Snapshot, name: InstanceName): Instance => {
	const { host, port } = splitName(name);
	return findInstance(snapshot, name) ?? unknownInstance(host, port);
};

export const postHooks = async (
	operation: Operation,
	context: ReturnType<typeof hookContext>,
	successor: InstanceName | "",
	lostReplicas: readonly InstanceName[],
): Promise<void> => {
	const told = { ...context, successor, lostReplicas };
	if (successor === "") {
		await operation.hooks("PostUnsuccessfulFailoverProcesses", told);
		return;
	}
	await operation.hooks("PostMasterFailoverProcesses", told);
	await operation.hooks("PostFailoverProcesses", told);
};

/** Looked at and not started: no row, no hooks, nothing changed. */
const declined = async (
	operation: Operation,
	input: RecoveryInput,
	says: string,
): Promise<OperationOutcome> => {
	const outcome = operation.outcome({
		successful: false,
		attempted: false,
		says: `not attempted: ${says}`,
		analysis: input.analysis,
		failed: input.instance,
	});
	await operations.conclude.executeWithOptions(
		{ summary: "let go of the cluster" },
		[{ outcome, recovery: false, downtime: [] }],
	);
	return outcome;
};

const end = async (
	operation: Operation,
	input: RecoveryInput,
	snapshot: Snapshot,
	part: Partial<OperationOutcome> &
		Pick<OperationOutcome, "successful" | "says">,
	downtime: readonly InstanceName[],
): Promise<OperationOutcome> => {
	const outcome = operation.outcome({
		analysis: input.analysis,
		failed: input.instance,
		replicas: replicaNames(snapshot, input.instance),
		...part,
	});
	await operations.conclude.executeWithOptions(
		{ summary: "record the end, let go of the cluster" },
		[{ outcome, recovery: true, downtime }],
	);
	return outcome;
};

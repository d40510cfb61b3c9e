import type { Switched } from "../src/mysql/switch-primary.ts";
import type {
	OperationOutcome,
	TakeoverInput,
} from "../src/planning/operation.ts";
import { failedIn } from "../src/planning/recovery-plan.ts";
import {
	planTakeover,
	type TakeoverPlan,
} from "../src/planning/takeover-plan.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { operations } from "./activities.ts";
import { isGood } from "./failover.ts";
import type { Operation } from "./operation.ts";
import { hookContext, postHooks } from "./recovery-hooks.ts";
import { type Owned, runOperation } from "./run-operation.ts";

const COMMAND = "graceful-master-takeover";

/**
 * The planned change of primary. Everything is checked before anything is touched; siblings are moved ahead while the old
 * primary still takes writes; one step blocks writes, lets the new primary apply the last of them and opens it; the rest
 * follows. Until that step has opened the new primary every failure is undone.
 */
export const takeover = (
	input: TakeoverInput & Owned,
): Promise<OperationOutcome> =>
	runOperation(
		"takeover",
		input,
		{ kind: "takeover", ...input },
		async (operation) => {
			const snapshot = await operation.begin(input.preempt);
			const plan = planTakeover(
				snapshot,
				{
					auto: input.auto === true,
					...(input.to === undefined ? {} : { to: input.to }),
				},
				operation.claimed.promotion,
			);
			if (plan.primary === undefined) return refused(operation, plan.refusal);
			operation.says(`**takeover**: ${plan.primary} → **${plan.designated}**`);
			const credential = await operation.step(
				"checkCredential",
				plan.designated,
				{},
			);
			if (!isGood(credential))
				return refused(
					operation,
					`GracefulMasterTakeover: ${plan.primary} could not replicate afterwards: ${credential.says}`,
				);
			return switchOver(operation, snapshot, plan, input);
		},
	);

const switchOver = async (
	operation: Operation,
	snapshot: Snapshot,
	plan: TakeoverPlan,
	input: TakeoverInput,
): Promise<OperationOutcome> => {
	const { uid, clusterName, clusterAlias } = operation.claimed;
	const context = hookContext(operation, snapshot, {
		instance: plan.primary,
		analysis: "DeadMaster",
		command: COMMAND,
	});
	await operations.openRecovery.executeWithOptions(
		{ summary: "register the takeover" },
		[
			{
				identity: snapshot.identity,
				uid,
				instance: plan.primary,
				analysis: "DeadMaster",
				clusterName,
				clusterAlias,
				replicas: context.replicas,
				detectionId: 0,
			},
		],
	);
	for (const list of [
		"PreGracefulTakeoverProcesses",
		"OnFailureDetectionProcesses",
		"PreFailoverProcesses",
	] as const)
		if (!(await operation.hooks(list, context)))
			return end(operation, plan, {
				successful: false,
				says: `a ${list} hook failed: nothing was changed`,
			});
	const primary = failedIn(snapshot, plan.primary);
	const ahead = await moveAll(operation, plan.moveBefore, plan.designated);
	if (ahead.failed.length > 0)
		return undone(
			operation,
			plan,
			`${ahead.failed.join(", ")} could not be moved below ${plan.designated}`,
		);
	const switched = await operation.step("switchPrimary", plan.designated, {
		old: plan.primary,
		semiSync: primary.semiSync,
		catchUpMs: operation.claimed.catchUpMs,
	});
	if (!isGood(switched))
		return undone(operation, plan, switched.says, switched);
	return afterSwitch(operation, snapshot, plan, input, context);
};

/** From here it only goes forward. */
const afterSwitch = async (
	operation: Operation,
	snapshot: Snapshot,
	plan: TakeoverPlan,
	input: TakeoverInput,
	context: ReturnType<typeof hookContext>,
): Promise<OperationOutcome> => {
	const { claimed } = operation;
	const announced = operations.announce.executeWithOptions(
		{ summary: `announce ${plan.designated}` },
		[
			{
				identity: snapshot.identity,
				failed: plan.primary,
				successor: plan.designated,
				clusterAlias: claimed.clusterAlias,
				fence: false,
			},
		],
	);
	const [old, rest] = await Promise.all([
		operation.step("repoint", plan.primary, {
			source: plan.designated,
			leaveStopped: input.auto !== true,
			...credentialOf(plan),
		}),
		moveAll(operation, plan.moveAfter, plan.designated),
	]);
	await operation.step("endSemiSyncSource", plan.primary, {});
	await announced;
	const next = operation.steps.find((each) => each.name === "switchPrimary");
	await postHooks(operation, context, plan.designated, []);
	await operation.hooks("PostGracefulTakeoverProcesses", {
		...context,
		successor: plan.designated,
	});
	const lost = [...rest.failed, ...(isGood(old) ? [] : [plan.primary])];
	const look = (await operation.look()).instances.find(
		(each) => each.name === plan.designated,
	);
	return end(operation, plan, {
		successful: true,
		successor: plan.designated,
		...(look === undefined
			? {}
			: { successorCoordinates: look.selfCoordinates }),
		lostReplicas: lost,
		says: `${plan.designated} is the new primary in place of ${plan.primary}${next === undefined ? "" : `, switched in ${next.endedAtMs - next.startedAtMs} ms`}${lost.length === 0 ? "" : `; not following yet: ${lost.join(", ")}`}`,
	});
};

/** A sibling below the designated server knows the replication credential; with none the designated one is asked while it still does. */
const credentialOf = (plan: TakeoverPlan): { credentialOf: InstanceName } => ({
	credentialOf: plan.moveBefore[0] ?? plan.moveAfter[0] ?? plan.designated,
});

const moveAll = async (
	operation: Operation,
	names: readonly InstanceName[],
	source: InstanceName,
): Promise<{ readonly failed: readonly InstanceName[] }> => {
	const moved = await Promise.all(
		names.map(async (name) => ({
			name,
			seen: await operation.step("repoint", name, { source }),
		})),
	);
	return {
		failed: moved.filter((each) => !isGood(each.seen)).map((each) => each.name),
	};
};

/** Puts the siblings back below the primary, which still is the primary. */
const undone = async (
	operation: Operation,
	plan: TakeoverPlan,
	why: string,
	switched?: Partial<Switched>,
): Promise<OperationOutcome> => {
	const back = await Promise.all(
		plan.moveBefore.map((name) =>
			operation.step("repoint", name, { source: plan.primary }, "moveBack"),
		),
	);
	const stuck = back.filter((each) => !isGood(each)).map((each) => each.says);
	const readOnly =
		switched?.leftReadOnly === true
			? `; ${plan.primary} was left READ-ONLY, nobody takes writes: look at it now`
			: "";
	return end(operation, plan, {
		successful: false,
		says: `takeover undone: ${why}${stuck.length === 0 ? "" : `; not moved back: ${stuck.join("; ")}`}${readOnly}`,
	});
};

const refused = (
	operation: Operation,
	says: string,
): Promise<OperationOutcome> =>
	operation.conclude(
		{ successful: false, attempted: false, says, analysis: "DeadMaster" },
		{ recovery: false },
	);

const end = (
	operation: Operation,
	plan: TakeoverPlan,
	part: Partial<OperationOutcome> &
		Pick<OperationOutcome, "successful" | "says">,
): Promise<OperationOutcome> =>
	operation.conclude(
		{ analysis: "DeadMaster", failed: plan.primary, ...part },
		{ recovery: true },
	);

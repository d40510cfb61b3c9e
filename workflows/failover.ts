import type { Seen } from "../src/mysql/seen.ts";
import { hasUnapplied } from "../src/planning/candidate.ts";
import type {
	OperationOutcome,
	RecoveryInput,
} from "../src/planning/operation.ts";
import {
	failedIn,
	type Promotion,
	planPromotion,
	replicasIn,
} from "../src/planning/recovery-plan.ts";
import { recoverySays, recoveryTitle } from "../src/planning/recovery-text.ts";
import { type Instance, isLastCheckValid } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { operations } from "./activities.ts";
import type { Operation } from "./operation.ts";

interface FailoverResult {
	readonly part: Partial<OperationOutcome> &
		Pick<OperationOutcome, "successful" | "says">;
	/** Servers to downtime as lost. */
	readonly downtime: readonly InstanceName[];
}

/** A candidate that dies under way is replaced by the next one; after so many something else is wrong. */
const MOST_CANDIDATES = 4;

/**
 * Stops every receiver, chooses, lets the chosen one apply all it received, promotes it and repoints the rest. When the
 * chosen one fails on the way the remaining replicas are looked at again and the next one is taken.
 */
export const failover = async (
	operation: Operation,
	snapshot: Snapshot,
	input: RecoveryInput,
): Promise<FailoverResult> => {
	const failed = failedIn(snapshot, input.instance);
	let replicas = replicasIn(snapshot, input.instance);
	const fallen: Instance[] = [];
	for (let round = 0; round < MOST_CANDIDATES; round++) {
		replicas = await stopReceivers(operation, replicas);
		const plan = planPromotion(
			failed,
			replicas,
			settingsFor(operation, input),
			round === 0 ? input.candidate : undefined,
			fallen,
		);
		operation.says(recoveryTitle(input, plan));
		if (plan.promote === undefined)
			return nobody(operation, replicas, plan.refusal, plan.loss.says);
		const ready = await prepare(operation, replicas, plan, plan.promote);
		if (ready) {
			const result = await promoteAndRepoint(
				operation,
				failed,
				replicas,
				plan,
				plan.promote,
			);
			if (result !== undefined) return result;
		}
		fallen.push(...replicas.filter((each) => each.name === plan.promote));
		await operation.note(
			`${plan.promote} failed on the way: looking for another candidate`,
		);
		const names = new Set(
			replicas.map((each) => each.name).filter((name) => name !== plan.promote),
		);
		replicas = (await operation.look()).instances.filter((each) =>
			names.has(each.name),
		);
	}
	return nobody(
		operation,
		replicas,
		`gave up after ${fallen.map((each) => each.name).join(", ")}: none could be promoted`,
		"",
	);
};

/** force-master-failover accepts what lossless mode would refuse: that is what it is for. */
const settingsFor = (operation: Operation, input: RecoveryInput) => ({
	...operation.claimed.promotion,
	...(input.command === "force-master-failover"
		? { mode: "available" as const }
		: {}),
});

/** The replicas as they are with their receivers stopped. One that cannot be stopped counts as not reached. */
const stopReceivers = async (
	operation: Operation,
	replicas: readonly Instance[],
): Promise<Instance[]> => {
	const reachable = replicas.filter(isLastCheckValid);
	const seen = await operation.stopReceivers(
		reachable.map((each) => each.name),
	);
	return replicas.map((each) => {
		const answer = seen[reachable.indexOf(each)];
		if (answer === undefined) return each;
		return answer.status === "failed"
			? unreached(each, answer.says)
			: withSteps(each, answer.instance);
	});
};

/** What a step saw of a server, on top of what the full look saw before. */
const withSteps = (known: Instance, seen: Instance): Instance => ({
	...known,
	check: seen.check,
	readOnly: seen.readOnly,
	superReadOnly: seen.superReadOnly,
	executedGtid: seen.executedGtid,
	purgedGtid: seen.purgedGtid,
	binlogGtidState: seen.binlogGtidState,
	selfCoordinates: seen.selfCoordinates,
	replication: {
		...seen.replication,
		heartbeatPeriodSeconds: known.replication.heartbeatPeriodSeconds,
	},
});

const unreached = (instance: Instance, why: string): Instance => ({
	...instance,
	check: {
		...instance.check,
		outcome: "lost",
		checkedAtMs: instance.check.seenAtMs + 1,
		error: why,
	},
});

/** Lets the chosen one fetch what only another has, and apply all of it. */
const prepare = async (
	operation: Operation,
	replicas: readonly Instance[],
	plan: Promotion,
	chosen: InstanceName,
): Promise<boolean> => {
	if (plan.catchUpFrom !== undefined) {
		const fetched = await catchUp(operation, plan, chosen, plan.catchUpFrom);
		if (!fetched) return false;
	}
	// What the last look shows as applied needs no step of its own; promote checks again.
	const now = replicas.find((each) => each.name === chosen);
	if (
		plan.catchUpFrom === undefined &&
		now !== undefined &&
		now.executedGtid === plan.willHave
	)
		return true;
	return isGood(
		await operation.step("applyReceived", chosen, { also: plan.willHave }),
	);
};

const catchUp = async (
	operation: Operation,
	plan: Promotion,
	chosen: InstanceName,
	giver: InstanceName,
): Promise<boolean> => {
	const applied = await operation.step("applyReceived", giver, {});
	if (!isGood(applied)) return false;
	const below = await operation.step(
		"repoint",
		chosen,
		{ source: giver, sourceHas: plan.willHave },
		"catchUp",
	);
	if (!isGood(below)) return false;
	const has = await operation.step("applyReceived", chosen, {
		also: plan.willHave,
	});
	return (
		isGood(has) &&
		isGood(
			await operation.step(
				"stopReceiver",
				chosen,
				{},
				"stopReceiverAfterCatchUp",
			),
		)
	);
};

export const isGood = (seen: Seen): boolean =>
	seen.status === "done" || seen.status === "already";

/**
 * From the promotion on there is no way back, only forward. The others are repointed at the same time: the new primary's
 * first commit may wait for the acknowledgement of one of them.
 * @returns undefined when the chosen one did not become writable
 */
const promoteAndRepoint = async (
	operation: Operation,
	failed: Instance,
	replicas: readonly Instance[],
	plan: Promotion,
	successor: InstanceName,
): Promise<FailoverResult | undefined> => {
	const { claimed } = operation;
	const repointAll = (names: readonly InstanceName[]) =>
		Promise.all(
			names.map(async (name) => ({
				name,
				seen: await operation.step("repoint", name, {
					source: successor,
					sourceHas: plan.willHave,
				}),
			})),
		);
	// Repointing deletes what is not applied yet: such a replica keeps its copy until the new primary stands.
	const keeping = new Set(
		replicas.filter(hasUnapplied).map((each) => each.name),
	);
	const repointing = repointAll(
		plan.repoint.filter((name) => !keeping.has(name)),
	);
	const promoted = claimed.applyPromotion
		? await operation.step("promote", successor, { semiSync: failed.semiSync })
		: undefined;
	if (promoted !== undefined && !isGood(promoted)) {
		await repointing;
		return undefined;
	}
	const announced = operations.announce.executeWithOptions(
		{ summary: `announce ${successor}` },
		[
			{
				identity: operation.identity,
				failed: failed.name,
				successor,
				clusterAlias: claimed.clusterAlias,
				fence: true,
			},
		],
	);
	const others = [
		...(await repointAll(plan.repoint.filter((name) => keeping.has(name)))),
		...(await repointing),
	];
	await announced;
	const lost = [
		...plan.lost.map((each) => each.name),
		...others.filter((each) => !isGood(each.seen)).map((each) => each.name),
	];
	const moved = others.length - (lost.length - plan.lost.length);
	return {
		part: {
			successful: true,
			successor,
			successorCoordinates: (
				promoted?.instance ?? replicas.find((each) => each.name === successor)
			)?.selfCoordinates ?? { file: "", position: 0 },
			lostReplicas: lost,
			loss: plan.loss.says,
			says: recoverySays(
				failed.name,
				successor,
				moved,
				plan,
				lost,
				claimed.applyPromotion,
			),
		},
		downtime: [failed.name, ...lost],
	};
};

/** Nothing was promoted: replication is started again where it was stopped. */
const nobody = async (
	operation: Operation,
	replicas: readonly Instance[],
	why: string,
	loss: string,
): Promise<FailoverResult> => {
	await Promise.all(
		replicas
			.filter(isLastCheckValid)
			.map((each) => operation.step("startReplication", each.name, {})),
	);
	return {
		part: {
			successful: false,
			says: `nobody was promoted: ${why}`,
			loss,
		},
		downtime: [],
	};
};

import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { Claimed } from "../../activities/claim-activities.ts";
import type { Weighed } from "../../activities/cluster-activities.ts";
import { beating } from "../../activities/heartbeat.ts";
import type { HookList } from "../../activities/hook-activities.ts";
import type { OperationActivities } from "../../activities/operation-activities.ts";
import type { StepActivities } from "../../activities/step-activities.ts";
import type { Finding } from "../../src/analysis/finding.ts";
import type { Seen } from "../../src/mysql/seen.ts";
import type {
	OperationOutcome,
	StepResult,
} from "../../src/planning/operation.ts";
import { type Instance, unknownInstance } from "../../src/topology/instance.ts";
import {
	type InstanceName,
	splitName,
} from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { ANALYSIS, PROMOTION } from "../support/made-up-servers.ts";

// Activities that stand in for the real ones, on the real queues: what is tested is the workflows. One cluster each test.

/** How the servers, the store and the configuration of one cluster behave. */
export interface Behaviour {
	/** As its servers are, each time they are looked at. */
	readonly look: () => Snapshot;
	readonly claimed?: Partial<Claimed>;
	readonly weigh?: (finding: Finding) => Partial<Weighed>;
	readonly hooks?: (list: HookList) => { succeeded: boolean; says: string };
	/** Of a step on an instance; what it leaves out is `done`. A promise that does not end blocks the step. */
	readonly step?: (
		name: string,
		on: string,
	) => Partial<Seen> | undefined | Promise<Partial<Seen> | undefined>;
	readonly openRecovery?: () => Promise<void>;
}

export interface Stage extends Behaviour {
	readonly identity: string;
	/** What the workflows asked for, in order, in short: `promote a:3306`. */
	readonly calls: string[];
	readonly concluded: {
		readonly outcome: OperationOutcome;
		readonly recovery: boolean;
		readonly downtime: readonly string[];
	}[];
	readonly claims: { readonly runId: string; readonly preempt?: string }[];
}

export const createStandIns = () => {
	const stages = new Map<string, Stage>();
	const on = (identity: string): Stage => {
		const stage = stages.get(identity);
		if (stage === undefined)
			throw ApplicationFailure.nonRetryable(identity, "UnknownCluster");
		return stage;
	};

	const step = (
		identity: string,
		name: string,
		server: InstanceName,
	): Promise<Seen> => {
		const stage = on(identity);
		stage.calls.push(`${name} ${server}`);
		const { cancelled } = Context.current();
		return beating(async () => {
			const seen = await Promise.race([stage.step?.(name, server), cancelled]);
			return {
				status: "done",
				says: `${name} on ${server}`,
				instance: instanceIn(stage, server),
				...seen,
			};
		});
	};
	const oneStep = (input: {
		identity: string;
		step: string;
		on: InstanceName;
	}) => step(input.identity, input.step, input.on);

	const steps: StepActivities = {
		stopReceiver: oneStep,
		stopReceivers: ({ identity, instances }) =>
			Promise.all(
				instances.map((each) => step(identity, "stopReceiver", each)),
			),
		applyReceived: oneStep,
		startReplication: oneStep,
		promote: oneStep,
		demote: oneStep,
		repoint: (input) =>
			step(input.identity, `${input.step} to ${input.source}`, input.on),
		checkCredential: oneStep,
		switchPrimary: oneStep,
		endSemiSyncSource: oneStep,
	};

	const operations: OperationActivities = {
		begin: async ({ identity, kind, runId, preempt }) => {
			const stage = on(identity);
			stage.calls.push(`begin ${kind}`);
			stage.claims.push({
				runId,
				...(preempt === undefined ? {} : { preempt }),
			});
			return { claimed: claimOf(stage), snapshot: stage.look() };
		},
		look: async ({ identity }) => on(identity).look(),
		settings: async () => PROMOTION,
		openRecovery: async ({ identity, instance }) => {
			await on(identity).openRecovery?.();
			on(identity).calls.push(`openRecovery ${instance}`);
			return { id: 1 };
		},
		runHooks: async ({ list, context }) => {
			const stage = on(context.clusterAlias);
			stage.calls.push(list);
			return stage.hooks?.(list) ?? { succeeded: true, says: `ran ${list}` };
		},
		note: async ({ uid, says }) => {
			on(uid).calls.push(`note: ${says}`);
		},
		announce: async ({ identity, successor }) => {
			on(identity).calls.push(`announce ${successor}`);
		},
		conclude: async (input) => {
			const stage = on(input.outcome.identity);
			stage.calls.push("conclude");
			stage.concluded.push(input);
		},
		release: async ({ identity, runId }) => {
			on(identity).calls.push(
				`release ${runId === on(identity).claims.at(-1)?.runId ? "own" : runId}`,
			);
		},
		settleFence: async ({ instance, state }) => {
			const stage = [...stages.values()].find((each) =>
				each.look().instances.some(({ name }) => name === instance),
			);
			stage?.calls.push(`settleFence ${instance} ${state}`);
		},
	};

	return {
		activities: { ...operations, ...steps },
		weigh: async (input: {
			identity: string;
			finding: Finding;
		}): Promise<Weighed> => {
			const stage = on(input.identity);
			stage.calls.push(`weigh ${input.finding.code}`);
			return {
				act: false,
				says: "told only",
				detectionId: 7,
				isNew: false,
				detectionHooks: false,
				clusterName: "p:3306",
				clusterAlias: input.identity,
				clusterDomain: "",
				...stage.weigh?.(input.finding),
			};
		},
		/** A new cluster; its identity is also its alias and the uid of its operations. */
		stage: (identity: string, behaviour: Behaviour): Stage => {
			const stage: Stage = {
				...behaviour,
				look: () => ({ ...behaviour.look(), identity }),
				identity,
				calls: [],
				concluded: [],
				claims: [],
			};
			stages.set(identity, stage);
			return stage;
		},
	};
};

const instanceIn = (stage: Stage, name: InstanceName): Instance => {
	const { host, port } = splitName(name);
	return (
		stage.look().instances.find((each) => each.name === name) ??
		unknownInstance(host, port)
	);
};

const claimOf = (stage: Stage): Claimed => ({
	epoch: stage.claims.length,
	uid: stage.identity,
	clusterName: "p:3306",
	clusterAlias: stage.identity,
	clusterDomain: "",
	promotion: PROMOTION,
	hooks: [],
	applyPromotion: true,
	catchUpMs: 1_000,
	analysis: ANALYSIS,
	...stage.claimed,
});

export const failed = (says: string): Pick<StepResult, "status" | "says"> => ({
	status: "failed",
	says,
});

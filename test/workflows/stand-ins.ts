import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { ClusterActivities } from "../../activities/cluster-activities.ts";
import { beating } from "../../activities/heartbeat.ts";
import type { OperationActivities } from "../../activities/operation-activities.ts";
import type { StepActivities } from "../../activities/step-activities.ts";
import type { Weighed } from "../../activities/weighing.ts";
import type { Finding } from "../../src/analysis/finding.ts";
import type {
	Conclusion,
	PhasesInput,
	PhasesOutput,
} from "../../src/engine/contract.ts";
import { hookContextOf, subjectIn } from "../../src/engine/hook-context.ts";
import { doneInOneGo, runInOneGo } from "../../src/engine/one-go.ts";
import { outcomeOf } from "../../src/engine/outcome.ts";
import type { RanStep } from "../../src/engine/run-steps.ts";
import type { HookList } from "../../src/operations/hook-lists.ts";
import { planRequest } from "../../src/operations/plan-request.ts";
import { hookPlanOf } from "../../src/operations/rules.ts";
import { afterStep } from "../../src/planning/foresee.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../../src/planning/operation.ts";
import type { Plan, PlanSettings } from "../../src/planning/plan.ts";
import type { Account } from "../../src/planning/plan-port.ts";
import { type Answer, isGood, type Step } from "../../src/planning/step.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { ANALYSIS, PROMOTION } from "../support/made-up-servers.ts";

// Activities that stand in for the real ones, on the real queues: what is tested is the workflows. One cluster each test. Plans are
// made by the real planners, on servers that do not exist.

/** How the servers, the store and the configuration of one cluster behave. */
export interface Behaviour {
	/** As its servers are when an operation begins. */
	readonly look: () => Snapshot;
	readonly settings?: Partial<PlanSettings>;
	/** Lists that hold a command. */
	readonly hookLists?: readonly HookList[];
	readonly weigh?: (finding: Finding) => Partial<Weighed>;
	/** A promise that does not end blocks the hooks. */
	readonly hooks?: (
		list: HookList,
	) =>
		| { succeeded: boolean; says: string }
		| Promise<{ succeeded: boolean; says: string }>;
	/** Of a step on an instance; what it leaves out is `done`. A promise that does not end blocks the step. */
	readonly step?: (
		step: Step,
		on: string,
	) => Partial<Answer> | undefined | Promise<Partial<Answer> | undefined>;
	/** A step that hangs does not hear that it is cancelled. */
	readonly isDeaf?: true;
	readonly account?: (on: string) => Account["where"];
	/** The first phase is run with the claim, which then waits for this. */
	readonly ahead?: () => Promise<unknown>;
	readonly openRecovery?: () => Promise<void>;
	/** What the node that has the workflow's task makes of its own tries; it throws where that is cut off. */
	readonly near?: (activity: "begin" | "conclude" | "weigh") => void;
	/** What a forced request meets when it is looked at, before it pushes anybody aside. */
	readonly checkRequest?: () => Promise<unknown>;
}

export interface Stage extends Behaviour {
	readonly identity: string;
	/** What the workflows asked for, in order, in short: `open a:3306`. */
	readonly calls: string[];
	readonly concluded: (Conclusion & { readonly outcome: OperationOutcome })[];
	readonly claims: { readonly runId: string; readonly preempt?: string }[];
	/** What persons have asked for, and the runs that have begun it. */
	readonly begun: Map<string, string>;
	/** Of the running operation. */
	picture: Snapshot;
}

const tryNear = (
	stage: Stage,
	activity: "begin" | "conclude" | "weigh",
): void => {
	if (Context.current().info.isLocal) stage.near?.(activity);
};

const textOf = (step: Step): string => {
	switch (step.do) {
		case "moveBelow":
			return `move ${step.on} below ${step.source}`;
		default:
			return `${step.do} ${step.on}`;
	}
};

export const createStandIns = () => {
	const stages = new Map<string, Stage>();
	const on = (identity: string): Stage => {
		const stage = stages.get(identity);
		if (stage === undefined)
			throw ApplicationFailure.nonRetryable(identity, "UnknownCluster");
		return stage;
	};

	const runStep = async (stage: Stage, step: Step): Promise<RanStep> => {
		stage.calls.push(textOf(step));
		const { cancelled } = Context.current();
		const waits = stage.step?.(step, step.on);
		const answer = await (stage.isDeaf === true
			? waits
			: Promise.race([waits, cancelled]));
		const ran: RanStep = {
			outcome: "done",
			effect: "changed",
			reached: "",
			says: textOf(step),
			startedAtMs: Date.now(),
			endedAtMs: Date.now(),
			...answer,
		};
		if (isGood(ran)) stage.picture = afterStep(stage.picture, step);
		return ran;
	};

	const planOn = (
		stage: Stage,
		request: OperationRequest,
		done: Parameters<typeof planRequest>[0]["done"],
	) =>
		planRequest({
			request,
			snapshot: stage.picture,
			done,
			settings: { ...PROMOTION, ...stage.settings },
			analysis: ANALYSIS,
		});

	const runPhases = async (
		stage: Stage,
		{ phases, onwards }: Pick<PhasesInput, "phases" | "onwards">,
	): Promise<PhasesOutput> => {
		const ran = await runInOneGo(
			phases,
			({ steps: each }) =>
				Promise.all(each.map((step) => runStep(stage, step))),
			async ({ to }) => {
				stage.calls.push(`primary ${to}`);
				return true;
			},
		);
		const done = doneInOneGo({ phases }, ran);
		if (onwards === undefined || done === undefined) return ran;
		const next = planOn(stage, onwards.request, [...onwards.done, ...done]);
		return ran.map((each, nth) =>
			nth === ran.length - 1 ? { ...each, next } : each,
		);
	};

	const runAhead = async (
		stage: Stage,
		request: OperationRequest,
		{ phases: [first] }: Plan,
	): Promise<PhasesOutput> => {
		if (stage.ahead === undefined || first === undefined) return [];
		const ahead = await runPhases(stage, {
			phases: [first],
			onwards: { request, done: [] },
		});
		await stage.ahead();
		return ahead;
	};

	const steps: StepActivities = {
		runPhases: (input) =>
			beating(() => runPhases(on(input.claim.identity), input)),
		account: async ({ claim, on: server }) => {
			const stage = on(claim.identity);
			stage.calls.push(`account ${server}`);
			const where = stage.account?.(server) ?? "closed";
			return { where, says: `${server} is ${where}` };
		},
	};

	const operations: OperationActivities = {
		begin: async ({ identity, request, runId, workflowId, preempt, asked }) => {
			const stage = on(identity);
			tryNear(stage, "begin");
			if (asked !== undefined) {
				const before = stage.begun.get(asked) ?? runId;
				if (before !== runId)
					throw ApplicationFailure.nonRetryable(
						`was begun before, by run ${before}`,
						"Refused",
					);
				stage.begun.set(asked, runId);
			}
			stage.calls.push(`begin ${request.kind}`);
			stage.claims.push({
				runId,
				...(preempt === undefined ? {} : { preempt }),
			});
			stage.picture = stage.look();
			const plan = planOn(stage, request, []);
			const subject = subjectIn(request, plan);
			const lists = stage.hookLists ?? [];
			const ahead = await runAhead(stage, request, plan);
			return {
				ahead,
				restored: [],
				claim: {
					identity,
					epoch: stage.claims.length,
					uid: identity,
					workflowId,
					runId,
				},
				clusterName: "p:3306",
				clusterAlias: identity,
				plan,
				subject,
				before: hookPlanOf(request).before.filter((each) =>
					lists.includes(each),
				),
				...(subject === ""
					? {}
					: {
							context: {
								...hookContextOf(request, subject, stage.picture, identity),
								clusterAlias: identity,
							},
						}),
			};
		},
		replan: async ({ claim, request, done }) =>
			planOn(on(claim.identity), request, done),
		openRecovery: async ({ claim, context }) => {
			const stage = on(claim.identity);
			await stage.openRecovery?.();
			stage.calls.push(`openRecovery ${context.failed}`);
		},
		runHooks: async ({ list, context }) => {
			const stage = on(context.clusterAlias);
			stage.calls.push(list);
			const { cancelled } = Context.current();
			return beating(async () =>
				Promise.race([
					stage.hooks?.(list) ?? { succeeded: true, says: `ran ${list}` },
					cancelled,
				]),
			);
		},
		primaryChanged: async ({ claim, change }) => {
			on(claim.identity).calls.push(`primary ${change.to}`);
		},
		conclude: async (input) => {
			const { claim, request, about, ending, context } = input;
			const stage = on(claim.identity);
			tryNear(stage, "conclude");
			const outcome = outcomeOf(
				request,
				{ ...claim, ...about, replicas: context?.replicas ?? [] },
				ending,
				stage.picture,
			);
			stage.calls.push("conclude");
			stage.concluded.push({ ...input, outcome });
			const isPromoted = "successor" in outcome && outcome.successor !== "";
			const plan = hookPlanOf(request);
			const lists = (isPromoted ? plan.promoted : plan.unsuccessful).filter(
				(each) => stage.hookLists?.includes(each),
			);
			return {
				outcome,
				...(lists.length === 0 || context === undefined || !input.isRecorded
					? {}
					: { afterwards: { uid: claim.uid, lists, context } }),
			};
		},
		release: async ({ identity, runId }) => {
			on(identity).calls.push(
				`release ${runId === on(identity).claims.at(-1)?.runId ? "own" : runId}`,
			);
		},
	};

	return {
		activities: { ...operations, ...steps },
		weigh: async (input: {
			identity: string;
			finding: Finding;
		}): Promise<Weighed> => {
			const stage = on(input.identity);
			tryNear(stage, "weigh");
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
		checkRequest: async ({
			identity,
			asked,
		}: Parameters<ClusterActivities["checkRequest"]>[0]): Promise<void> => {
			const stage = on(identity);
			stage.calls.push("checkRequest");
			await stage.checkRequest?.();
			const before = stage.begun.get(asked ?? "");
			if (before !== undefined)
				throw ApplicationFailure.nonRetryable(
					`was begun before, by run ${before}`,
					"Refused",
				);
		},
		on,
		/** As a server of that name stands in some cluster. */
		known: (name: string) =>
			[...stages.values()]
				.flatMap((stage) => stage.look().instances)
				.find((each) => each.name === name),
		/** The run that has begun what goes by that hash in the store. */
		begunAs: (
			hash: string,
			hashOf: (identity: string, asked: string) => string,
		): { readonly runId: string } | undefined => {
			for (const { identity, begun } of stages.values())
				for (const [asked, runId] of begun)
					if (hashOf(identity, asked) === hash) return { runId };
			return undefined;
		},
		/** A new cluster; its identity is also its alias and the uid of its operations. */
		stage: (identity: string, behaviour: Behaviour): Stage => {
			const look = (): Snapshot => ({ ...behaviour.look(), identity });
			const stage: Stage = {
				...behaviour,
				look,
				identity,
				calls: [],
				concluded: [],
				claims: [],
				begun: new Map(),
				picture: look(),
			};
			stages.set(identity, stage);
			return stage;
		},
	};
};

export const failed = (
	says: string,
	effect: Answer["effect"] = "unchanged",
): Partial<Answer> => ({ outcome: "failed", effect, says });

import { randomBytes } from "node:crypto";
import { planSettings } from "../src/config/promotion-settings.ts";
import type { Begun, Claim } from "../src/engine/contract.ts";
import { hookContextOf, subjectIn } from "../src/engine/hook-context.ts";
import type { RanStep } from "../src/engine/run-steps.ts";
import { errors } from "../src/errors.ts";
import { hookPlanOf } from "../src/operations/hook-lists.ts";
import {
	startingFirst,
	stoppedByCutOff,
	takenUp,
} from "../src/planning/cut-off.ts";
import { explainCluster } from "../src/planning/explain.ts";
import {
	instancesNamedBy,
	isForced,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { Done, Plan } from "../src/planning/plan.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { createPlanning } from "./planning.ts";

export const createClaimActivities = (deps: ActivityDeps) => {
	const { store } = deps;

	const claim = async (input: {
		readonly identity: string;
		readonly kind: string;
		readonly workflowId: string;
		readonly runId: string;
		readonly preempt?: string;
	}): Promise<Claim> => {
		const ask = {
			identity: input.identity,
			workflowId: input.workflowId,
			runId: input.runId,
			kind: input.kind,
			nowMs: deps.nowMs(),
		};
		let claimed = await store.operations.claim({
			...ask,
			...(input.preempt === undefined ? {} : { preempt: input.preempt }),
		});
		// A run that was terminated, or is gone with its Temporal, never let go.
		if (
			!claimed.claimed &&
			!(await deps.isRunning(claimed.holder.workflowId, claimed.holder.runId))
		)
			claimed = await store.operations.claim({
				...ask,
				preempt: claimed.holder.runId,
			});
		if (!claimed.claimed) {
			const { kind, workflowId, startedAtMs } = claimed.holder;
			throw errors.busy(kind, startedAtMs, workflowId);
		}
		return {
			identity: input.identity,
			epoch: claimed.epoch,
			// The form of the reference (recovery.md §2.1). A claim that is asked again answers with another one: nothing stands under the first.
			uid: `${BigInt(deps.nowMs()) * 1_000_000n}:${input.runId.replaceAll("-", "")}${randomBytes(16).toString("hex")}`,
			workflowId: input.workflowId,
			runId: input.runId,
		};
	};

	const plan = createPlanning(deps);

	/** The snapshot says who may have been opened by an operation before. */
	const withUnaccounted = async (snapshot: Snapshot): Promise<Snapshot> => ({
		...snapshot,
		unaccounted: (await store.fences.open())
			.filter(
				(each) =>
					each.state === "unaccounted" && each.identity === snapshot.identity,
			)
			.map((each) => each.instance),
	});

	/** A first phase that changes nothing needs no go of its own. */
	const readAhead = async (
		held: Claim,
		{ phases }: Plan,
	): Promise<readonly RanStep[] | undefined> => {
		const steps = phases[0]?.steps ?? [];
		if (
			steps.length === 0 ||
			steps.some((each) => each.do !== "findCredential")
		)
			return undefined;
		const answers = await deps.runSteps(held.uid, steps, {
			guard: (on) => ({
				isCurrent: () =>
					store.operations.isCurrent({
						identity: held.identity,
						epoch: held.epoch,
						step: `begin@${on}`,
						attempt: 1,
					}),
			}),
			beat: () => undefined,
		});
		for (const [at, { says, endedAtMs }] of answers.entries())
			await store.recoveries.addStep(
				held.uid,
				`${steps[at]?.do ?? ""}: ${says}`,
				endedAtMs,
			);
		return answers;
	};

	return {
		/** Takes the cluster (epoch + 1), looks at it and plans. @throws Busy when another operation holds it */
		begin: async (input: {
			readonly identity: string;
			readonly request: OperationRequest;
			readonly workflowId: string;
			readonly runId: string;
			readonly preempt?: string;
		}): Promise<Begun> => {
			const { identity, request } = input;
			const suspect =
				request.kind === "recovery" && !isForced(request)
					? request.instance
					: undefined;
			const [held, seen, cutOff] = await Promise.all([
				claim({ ...input, kind: request.kind }),
				freshSnapshot(deps, identity, {
					named: instancesNamedBy(request),
					...(suspect === undefined ? {} : { suspect }),
				}),
				deps.pictures.left(identity),
			]);
			const stopped = stoppedByCutOff(seen, cutOff);
			const snapshot = await withUnaccounted(takenUp(seen, stopped));
			const config = deps.config();
			const planned = startingFirst(plan(request, snapshot, []), stopped);
			if (planned.phases.length > 0)
				await deps.pictures.keep(held.uid, snapshot);
			const answers = await readAhead(held, planned);
			const subject = subjectIn(request, planned);
			return {
				claim: held,
				clusterName: snapshot.clusterName,
				clusterAlias: snapshot.clusterAlias,
				plan: planned,
				...(answers === undefined ? {} : { answers }),
				subject,
				before: hookPlanOf(request).before.filter(
					(list) => config[list].length > 0,
				),
				...(subject === ""
					? {}
					: {
							context: hookContextOf(request, subject, snapshot, held.uid),
						}),
			};
		},

		/** Plans anew from what the steps have seen since. */
		replan: async (input: {
			readonly claim: Claim;
			readonly request: OperationRequest;
			readonly done: readonly Done[];
		}): Promise<Plan> =>
			plan(input.request, await deps.pictures.of(input.claim.uid), input.done),

		/** What would be done if the primary died now, in words; nothing is taken or touched. */
		rehearse: async (input: { readonly identity: string }): Promise<string> => {
			const snapshot = await freshSnapshot(deps, input.identity);
			return explainCluster(
				snapshot,
				{},
				planSettings(
					deps.config(),
					snapshot.instances.map((each) => each.name),
				),
			);
		},
	};
};

import { randomBytes } from "node:crypto";
import type { Begun, Claim } from "../src/engine/contract.ts";
import { hookContextOf, subjectIn } from "../src/engine/hook-context.ts";
import { errors } from "../src/errors.ts";
import { hookPlanOf } from "../src/operations/rules.ts";
import { runInUid } from "../src/operations/uid.ts";
import { leftByCutOff, takenUp } from "../src/planning/cut-off.ts";
import {
	instancesNamedBy,
	isForced,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { Done, Plan } from "../src/planning/plan.ts";
import { freshSnapshot } from "./cluster-view.ts";
import { createCutOffFences } from "./cut-off-fences.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { checkCluster } from "./own-cluster.ts";
import { createPlanRecord } from "./plan-record.ts";
import { createPlanning } from "./planning.ts";
import { hashOf } from "./request-hash.ts";
import { createWithTheClaim } from "./with-the-claim.ts";

/** What may come about while an operation begins. */
interface BeginEnds {
	/** For whatever reason: nothing is begun then. */
	readonly ended?: AbortSignal;
	/** Another try has the place of this one: it stops wherever it is. */
	readonly overtaken?: AbortSignal;
}

export const createClaimActivities = (deps: ActivityDeps) => {
	const { store } = deps;

	/** Of which epoch the run has the cluster, 0 for none. */
	const heldBy = async (identity: string, runId: string): Promise<number> => {
		const held = await store.operations.current(identity);
		return held?.runId === runId ? held.epoch : 0;
	};

	const claim = async (
		input: {
			readonly identity: string;
			readonly kind: string;
			readonly workflowId: string;
			readonly runId: string;
			readonly heldAt: number;
			readonly preempt?: string;
			readonly asked?: string;
		},
		goOn: () => void,
	): Promise<Claim> => {
		const ask = {
			...(input.asked === undefined
				? {}
				: { request: hashOf(input.identity, input.asked) }),
			identity: input.identity,
			workflowId: input.workflowId,
			runId: input.runId,
			kind: input.kind,
			heldAt: input.heldAt,
			nowMs: deps.nowMs(),
		};
		let claimed = await store.operations.claim({
			...ask,
			...(input.preempt === undefined ? {} : { preempt: input.preempt }),
		});
		const isOvertaken = () =>
			"holder" in claimed && claimed.holder.runId === input.runId;
		// A run that was terminated, or is gone with its Temporal, never let go.
		if (
			"holder" in claimed &&
			!isOvertaken() &&
			!(await deps.isRunning(claimed.holder.workflowId, claimed.holder.runId))
		) {
			goOn();
			claimed = await store.operations.claim({
				...ask,
				preempt: claimed.holder.runId,
			});
		}
		if (isOvertaken()) throw errors.overtaken({ cluster: input.identity });
		if ("begun" in claimed)
			throw errors.begunBefore({
				runId: claimed.begun.runId,
				at: new Date(claimed.begun.atMs),
			});
		if ("holder" in claimed) {
			const { kind, workflowId, startedAtMs } = claimed.holder;
			throw errors.busy({
				kind,
				startedAt: new Date(startedAtMs),
				workflow: workflowId || "it",
			});
		}
		return {
			identity: input.identity,
			epoch: claimed.epoch,
			// The form of the reference. A claim that is asked again answers with another one: nothing stands under the first.
			uid: `${BigInt(deps.nowMs()) * 1_000_000n}:${runInUid(input.runId)}${randomBytes(16).toString("hex")}`,
			workflowId: input.workflowId,
			runId: input.runId,
		};
	};

	const plan = createPlanning(deps);
	const recordPlan = createPlanRecord(deps);
	const fencing = createCutOffFences(deps);
	const { restore, runAhead } = createWithTheClaim(deps);

	return {
		/** Takes the cluster (epoch + 1), looks at it and plans. @throws Busy when another operation holds it, BadInput when it is another's, Refused when it was begun before, Superseded when another try or operation has taken the cluster since */
		begin: async (
			input: {
				readonly identity: string;
				readonly request: OperationRequest;
				readonly workflowId: string;
				readonly runId: string;
				readonly preempt?: string;
				/** Id of the update by which a person has asked for it. */
				readonly asked?: string;
			},
			{ ended, overtaken }: BeginEnds = {},
		): Promise<Begun> => {
			const { identity, request } = input;
			// A try that stood still takes the cluster from none after it, and touches nothing of it.
			const goOn = () => overtaken?.throwIfAborted();
			const [heldAt] = await Promise.all([
				heldBy(identity, input.runId),
				checkCluster(deps, identity, request),
			]);
			ended?.throwIfAborted();
			goOn();
			const suspect =
				request.kind === "recovery" && !isForced(request)
					? request.instance
					: undefined;
			const claiming = claim({ ...input, kind: request.kind, heldAt }, goOn);
			// Whom it pushes aside may act until then, and is looked at when it cannot any more.
			if (input.preempt !== undefined) await claiming;
			const [held, seen, cutOff, fences] = await Promise.all([
				claiming,
				freshSnapshot(deps, identity, {
					named: instancesNamedBy(request),
					...(suspect === undefined ? {} : { suspect }),
				}),
				deps.pictures.left(identity),
				fencing.openOf(identity),
			]);
			goOn();
			const left = leftByCutOff(seen, cutOff, fences.fenced);
			await fencing.opened(held, left, seen);
			// Also where nothing will come of it: what is left is always of the newest operation.
			const taken = takenUp(seen, left);
			await deps.pictures.begin(held, {
				...taken,
				unaccounted: [
					...new Set([...(taken.unaccounted ?? []), ...fences.unaccounted]),
				],
			});
			const restored = [
				...(await restore(held, request.kind === "recovery", left, overtaken)),
				...(await fencing.strayed(held, request, left)),
			];
			goOn();
			const snapshot = await deps.pictures.of(held.uid);
			const config = deps.config();
			const planned = plan(request, snapshot, []);
			const before = hookPlanOf(request).before.filter(
				(list) => config[list].length > 0,
			);
			const [, ahead] = await Promise.all([
				recordPlan(held.uid, planned),
				runAhead(
					held,
					request,
					{ plan: planned, before, isBehindOther: cutOff !== undefined },
					overtaken,
				),
			]);
			const subject = subjectIn(request, planned);
			return {
				claim: held,
				clusterName: snapshot.clusterName,
				clusterAlias: snapshot.clusterAlias,
				plan: planned,
				restored,
				ahead,
				subject,
				before,
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
		}): Promise<Plan> => {
			const { uid } = input.claim;
			const anew = plan(input.request, await deps.pictures.of(uid), input.done);
			await recordPlan(uid, anew);
			return anew;
		},
	};
};

import type { Claim, Concluded, Conclusion } from "../src/engine/contract.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import { outcomeOf } from "../src/engine/outcome.ts";
import { errors } from "../src/errors.ts";
import type {
	OperationOutcome,
	OperationRequest,
	PrimaryChanged,
} from "../src/planning/operation.ts";
import { PLANNED } from "../src/store/recovery/planned.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { createCutOffRecords } from "./cut-off-records.ts";
import type { ActivityDeps } from "./dependencies.ts";
import {
	afterChangeOfPlace,
	afterwardsOf,
	letGo,
	record,
	tell,
	tellDetection,
	withLeftStopped,
} from "./ended-operation.ts";
import { createFenceKeeping } from "./fence-keeping.ts";
import { createGoneAgain } from "./gone-again.ts";
import { createLeftRecords, isChange } from "./left-records.ts";
import { createPrimaryChange } from "./primary-change.ts";

/** What is looked at again and again while it is seen on the servers is told when something comes of it. */
const isRepeated = (
	request: OperationRequest,
	{ attempted }: OperationOutcome,
): boolean =>
	request.kind === "adoption" && request.byServers === true && !attempted;

export const createRecordActivities = (deps: ActivityDeps) => {
	const { store } = deps;
	const fences = createFenceKeeping(deps);
	const { endCutOff, leave } = createLeftRecords(deps);
	const { closeCutOff } = createCutOffRecords(deps);
	const seenAgain = createGoneAgain(deps);

	/** The recovery's row gets its end: nobody else writes it, however late that is. */
	const resolve = async (
		outcome: PrimaryChanged,
		isIdle: boolean,
	): Promise<void> => {
		const nowMs = deps.nowMs();
		await store.recoveries.resolve(outcome.uid, {
			isSuccessful: outcome.successful,
			successor: outcome.successor,
			successorAlias: outcome.successorAlias,
			participating: outcome.participating,
			lostReplicas: outcome.left.map((each) => each.name),
			errors: outcome.errors,
			nowMs,
			isIdle,
		});
		if (outcome.kind === "takeover")
			await store.recoveries.acknowledge({
				uid: outcome.uid,
				...PLANNED,
				nowMs,
			});
	};

	/** What was told once is not told again by a second try. */
	const tellOnce = async (
		{ request, ending }: Conclusion,
		outcome: OperationOutcome,
	): Promise<void> => {
		if (isRepeated(request, outcome)) return;
		if (!(await fences.isNews(outcome, ending))) return;
		await record(deps, outcome, ending.notes, () =>
			tell(deps, outcome, ending.notes),
		);
	};

	/** All that the end of an operation leaves, and the claim last. */
	const close = async (
		input: Conclusion,
		outcome: OperationOutcome,
		{
			isGone,
			isIdle,
			picture,
		}: {
			readonly isGone: boolean;
			readonly isIdle: boolean;
			readonly picture: Snapshot | undefined;
		},
	): Promise<void> => {
		const { claim, request, ending } = input;
		if (input.isRecorded && isChange(outcome)) await resolve(outcome, isIdle);
		await leave(input, outcome, isGone, picture);
		await tellOnce(input, outcome);
		// Behind what it says: by the fence the next try knows that it was told.
		const isSettled = await store.underEpoch(claim, async (own) => {
			await fences.settle(own, ending);
			await fences.undecided(own, outcome, ending);
		});
		if (!isSettled)
			deps.log.warn(
				{ uid: claim.uid },
				"a newer operation has taken the cluster: fences and downtimes are left to it",
			);
		await tellDetection(deps, request, outcome);
		// The last of what may fail: with the claim goes what the end is judged by.
		await letGo(deps, claim, outcome, ending);
	};

	return {
		/** Registers the recovery's row: what the audit pages and the anti-flapping rule read. */
		openRecovery: async (input: {
			readonly claim: Claim;
			readonly context: OperationHookContext;
			readonly detectionId: number;
		}): Promise<void> => {
			const { claim, context } = input;
			const isOpen = await store.underEpoch(claim, async (own) => {
				await endCutOff(own, claim);
				await own.recoveries.open({
					uid: claim.uid,
					identity: claim.identity,
					instance: context.failed,
					analysis: context.failureType,
					clusterName: context.cluster,
					clusterAlias: context.clusterAlias,
					replicas: context.replicas,
					detectionId: input.detectionId,
					nowMs: deps.nowMs(),
				});
			});
			if (!isOpen) throw errors.overtaken({ cluster: claim.identity });
		},

		primaryChanged: createPrimaryChange(deps),

		/** Ends the operation: its record, downtimes of what was lost, the claim. What hooks are left to run comes back. */
		conclude: async (input: Conclusion): Promise<Concluded> => {
			const { claim, request, ending, context } = input;
			const { successor, unsettled = [] } = ending;
			const picture =
				successor === "" && unsettled.length === 0
					? undefined
					: await deps.pictures.find(claim.uid);
			const seen = await seenAgain(
				outcomeOf(
					request,
					{
						uid: claim.uid,
						identity: claim.identity,
						workflowId: claim.workflowId,
						runId: claim.runId,
						replicas: context?.replicas ?? [],
						...input.about,
					},
					ending,
					picture,
				),
			);
			const { isGone, isIdle } = seen;
			const outcome = withLeftStopped(seen.outcome, ending, picture);
			const isHeld =
				(await store.operations.current(claim.identity)) !== undefined;
			// A try before this one came to its end, and its answer was lost: what it went by is gone.
			if (isHeld) await close(input, outcome, { isGone, isIdle, picture });
			// One that changed no primary has hooks as well, and no row.
			const afterwards =
				context === undefined || (isChange(outcome) && !input.isRecorded)
					? undefined
					: isChange(outcome)
						? afterwardsOf(deps, request, outcome, {
								context,
								hasPromoted: outcome.successor !== "" && !isGone,
							})
						: afterChangeOfPlace(deps, request, outcome, context);
			return { outcome, ...(afterwards === undefined ? {} : { afterwards }) };
		},

		/** Lets go of the cluster when the operation broke off; what was opened of its record is closed. */
		release: async (input: {
			readonly identity: string;
			readonly runId: string;
			readonly uid: string;
			readonly says: string;
		}): Promise<void> => {
			if (input.uid !== "") {
				const [row] = await store.recoveries.list({ uid: input.uid });
				if (row !== undefined) await closeCutOff(row, input.says);
				deps.credentials.drop(input.uid);
			}
			await store.operations.release(input.identity, input.runId);
			deps.log.warn(
				{ cluster: input.identity, runId: input.runId },
				`an operation broke off: ${input.says}`,
			);
		},
	};
};

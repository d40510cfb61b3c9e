import { Context } from "@temporalio/activity";
import type { Concluded, ResultOf } from "../src/engine/contract.ts";
import type {
	OperationOutcome,
	OperationRequest,
	Operator,
} from "../src/planning/operation.ts";
import { aborted } from "../temporal/aborted.ts";
import { createAskedRequests } from "./asked-requests.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { nearOrFar } from "./near-or-far.ts";
import {
	createOperationWatch,
	type OperationWatchDeps,
} from "./operation-watch.ts";
import { seeingStore } from "./store-sight.ts";
import {
	createStuckOperations,
	type StuckOperationsDeps,
} from "./stuck-operations.ts";
import { tellingUnweighed } from "./unweighed.ts";
import { createWeighing } from "./weighing.ts";

/**
 * Stuck for a minute: a node that restarts, and a store that is away for a while, are no reason to give an operation up. Quiet for
 * two: no statement of a step is given more than half a minute, and what waits for longer says how far it is.
 */
const LOOKS = { everyMs: 5_000, stuckLooks: 12, quietLooks: 24 };

/** The entity's own activities: registering, weighing, resolving. None touches a mysqld. */
export const createClusterActivities = (
	deps: ActivityDeps &
		Pick<StuckOperationsDeps, "end"> &
		Pick<OperationWatchDeps, "lookAt" | "findRunning"> & {
			readonly operator: () => Operator;
			readonly resultOf: ResultOf;
		},
) => {
	const stuck = createStuckOperations(deps);
	const { watchOperation, ...looks } = createOperationWatch({
		...deps,
		...LOOKS,
		...stuck,
	});
	return translated({
		...nearOrFar({
			...seeingStore(deps.sight, {
				...stuck,
				...createAskedRequests(deps),
			}),
			weigh: tellingUnweighed(
				deps,
				seeingStore(deps.sight, { weigh: createWeighing(deps) }).weigh,
			),
			...looks,
		}),
		watchOperation,

		/** Waits for an operation that the entity has not started by itself. */
		awaitOperation: ({
			identity,
			runId,
		}: {
			readonly identity: string;
			readonly runId: string;
		}): Promise<Concluded> => {
			const context = Context.current();
			const { cancellationSignal } = context;
			const cancel = new AbortController();
			const leave = new AbortController();
			const abort = () =>
				// Else this node is being stopped, which is no reason to end a failover.
				(context.cancellationDetails?.cancelRequested === true
					? cancel
					: leave
				).abort();
			if (cancellationSignal.aborted) abort();
			else cancellationSignal.addEventListener("abort", abort);
			return beating(() =>
				deps.resultOf(identity, runId, {
					cancel: cancel.signal,
					leave: leave.signal,
				}),
			);
		},

		/** For operations that were started by their workflow type and not through the entity: asks the entity. */
		askEntity: (input: OperationRequest): Promise<OperationOutcome> => {
			const { workflowExecution } = Context.current().info;
			// When its node is being stopped the next attempt asks by the same id, and is told the same end.
			return beating(() =>
				Promise.race([
					deps.operator().run(input, workflowExecution?.runId),
					aborted(Context.current().cancellationSignal),
				]),
			);
		},
	});
};

export type ClusterActivities = ReturnType<typeof createClusterActivities>;

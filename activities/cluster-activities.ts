import { Context } from "@temporalio/activity";
import type { Concluded, ResultOf } from "../src/engine/contract.ts";
import type {
	OperationOutcome,
	OperationRequest,
	Operator,
} from "../src/planning/operation.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { createWeighing } from "./weighing.ts";

/** The entity's own activities: registering, weighing, resolving. None touches a mysqld. */
export const createClusterActivities = (
	deps: ActivityDeps & {
		readonly operator: () => Operator;
		readonly resultOf: ResultOf;
	},
) => {
	return translated({
		weigh: createWeighing(deps),

		/** Waits for an operation that the entity has not started by itself. */
		awaitOperation: ({
			identity,
			runId,
		}: {
			readonly identity: string;
			readonly runId: string;
		}): Promise<Concluded> => {
			const context = Context.current();
			const cancel = new AbortController();
			const leave = new AbortController();
			context.cancellationSignal.addEventListener("abort", () =>
				// Else this node is being stopped, which is no reason to end a failover.
				(context.cancellationDetails?.cancelRequested === true
					? cancel
					: leave
				).abort(),
			);
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
			return beating(() =>
				deps.operator().run(input, workflowExecution?.runId),
			);
		},
	});
};

export type ClusterActivities = ReturnType<typeof createClusterActivities>;

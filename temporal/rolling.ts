import {
	type Client,
	WithStartWorkflowOperation,
	WorkflowNotFoundError,
} from "@temporalio/client";
import { errors } from "../src/errors.ts";
import type { Rolling } from "../src/rolling/port.ts";
import type { RollingStatus, RollingWord } from "../src/rolling/status.ts";
import { asBatonError } from "./client-failure.ts";
import { asSummary } from "./markdown.ts";
import { QUEUES, rollingWorkflowId, UPDATES } from "./names.ts";
import { TASK_TIMEOUTS } from "./task-timeouts.ts";

/** The first look at a cluster takes a few seconds at most; a node that is busy may take longer to begin. Milliseconds. */
const ANSWER_WITHIN_MS = 60_000;

/** Whether the cluster has one that goes on. @throws BatonError TemporalUnavailable */
export const isRollingRunning = async (
	client: Client,
	identity: string,
): Promise<boolean> => {
	try {
		const { status } = await client.workflow
			.getHandle(rollingWorkflowId(identity))
			.describe();
		return status.name === "RUNNING";
	} catch (error) {
		if (error instanceof WorkflowNotFoundError) return false;
		throw asBatonError(error);
	}
};

interface RollingDeps extends Pick<Rolling, "plan"> {
	readonly client: Client;
	/** Has the store say of one that runs, as far as that knows, that it does not: Temporal has none. */
	readonly onGone: (identity: string) => Promise<void>;
}

/** Rolling maintenances over Temporal. */
export const createRolling = ({
	client,
	plan,
	onGone,
}: RollingDeps): Rolling => {
	const answered = <T>(work: () => Promise<T>): Promise<T> =>
		client.withDeadline(Date.now() + ANSWER_WITHIN_MS, work);
	return {
		plan,
		begin: async ({ identity, ...request }) => {
			try {
				return await answered(() =>
					client.workflow.executeUpdateWithStart<never, RollingStatus, []>(
						UPDATES.beginRolling,
						{
							startWorkflowOperation: new WithStartWorkflowOperation(
								"rollingMaintenance",
								{
									workflowId: rollingWorkflowId(identity),
									taskQueue: QUEUES.operate,
									workflowIdConflictPolicy: "USE_EXISTING",
									workflowTaskTimeout: TASK_TIMEOUTS.entity,
									staticSummary: asSummary(
										`rolling maintenance of ${identity}`,
									),
									args: [{ identity, ...request }],
								},
							) as never,
						},
					),
				);
			} catch (error) {
				throw asBatonError(error);
			}
		},
		tell: async ({ identity, clusterName }, word) => {
			try {
				return await answered(() =>
					client.workflow
						.getHandle(rollingWorkflowId(identity))
						.executeUpdate<RollingStatus, [RollingWord]>(UPDATES.tellRolling, {
							args: [word],
						}),
				);
			} catch (error) {
				if (!(error instanceof WorkflowNotFoundError))
					throw asBatonError(error);
				await onGone(identity);
				throw errors.noRolling({ cluster: clusterName });
			}
		},
	};
};

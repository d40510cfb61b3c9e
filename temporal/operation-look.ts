import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { operationWorkflowId } from "./names.ts";

/** How an operation stands with Temporal, whatever its history says. */
interface OperationLook {
	readonly isOver: boolean;
	/** Why its workflow cannot go on; empty while it can. */
	readonly stuck: string;
}

/** Tries of a workflow task: after so many the code cannot go on with the history, or nobody works it off. */
const MOST_TRIES = 3;

export type LookAtOperation = (
	identity: string,
	runId: string,
) => Promise<OperationLook>;

export const createOperationLook =
	(client: Client): LookAtOperation =>
	async (identity, runId) => {
		try {
			const { status, raw } = await client.workflow
				.getHandle(operationWorkflowId(identity), runId)
				.describe();
			const tries = Number(raw.pendingWorkflowTask?.attempt ?? 0);
			return {
				isOver: status.name !== "RUNNING" && status.name !== "PAUSED",
				// A person who has paused it knows why.
				stuck:
					tries < MOST_TRIES || status.name === "PAUSED"
						? ""
						: `its workflow task was tried ${tries} times and does not come to its end`,
			};
		} catch (error) {
			if (error instanceof WorkflowNotFoundError)
				return { isOver: true, stuck: "" };
			throw error;
		}
	};

export type EndOperation = (
	identity: string,
	runId: string,
	says: string,
) => Promise<void>;

/** Ends the run as it is: nothing of it is taken back. One that is over already stays as it is. */
export const createOperationEnd =
	(client: Client): EndOperation =>
	async (identity, runId, says) => {
		try {
			await client.workflow
				.getHandle(operationWorkflowId(identity), runId)
				.terminate(says);
		} catch (error) {
			if (!(error instanceof WorkflowNotFoundError)) throw error;
		}
	};

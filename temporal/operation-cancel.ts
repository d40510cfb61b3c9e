import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { operationWorkflowId, QUERIES } from "./names.ts";

/** Asks a run to end. @returns why that changes nothing any more; empty when it was asked */
export type CancelOperation = (
	identity: string,
	runId: string,
) => Promise<string>;

/** Nobody may be there to answer for it: then it is asked to end, and knows itself whether it can. Milliseconds. */
const ANSWER_WITHIN_MS = 1_000;
/** It has been asked to end by then. A node at work takes so long. Milliseconds. */
const HEARD_WITHIN_MS = 3_000;

export const createOperationCancel =
	(client: Client): CancelOperation =>
	async (identity, runId) => {
		const operation = client.workflow.getHandle(
			operationWorkflowId(identity),
			runId,
		);
		const isPast = (withinMs: number): Promise<boolean> =>
			client
				.withDeadline(Date.now() + withinMs, () =>
					operation.query<boolean>(QUERIES.isPastReturn),
				)
				.catch(() => false);
		if (await isPast(ANSWER_WITHIN_MS)) return PAST_RETURN;
		try {
			await operation.cancel();
		} catch (error) {
			if (!(error instanceof WorkflowNotFoundError)) throw error;
			return "";
		}
		// Its node was at work, and heard of neither until that was done: one that had gone on meanwhile was asked too late.
		return (await isPast(HEARD_WITHIN_MS)) ? PAST_RETURN : "";
	};

/** In words, for whoever has asked for its end. */
const PAST_RETURN =
	"it is at its point of no return, or past it, and goes on to its end";

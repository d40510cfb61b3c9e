import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { operationWorkflowId, QUERIES } from "./names.ts";

/** Asks a run to end. @returns why that changes nothing any more; empty when it was asked */
export type CancelOperation = (
	identity: string,
	runId: string,
) => Promise<string>;

/** Nobody may be there to answer for it: then it is asked to end, and knows itself whether it can. Milliseconds. */
const ANSWER_WITHIN_MS = 1_000;

export const createOperationCancel =
	(client: Client): CancelOperation =>
	async (identity, runId) => {
		const operation = client.workflow.getHandle(
			operationWorkflowId(identity),
			runId,
		);
		const isPast = await client
			.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
				operation.query<boolean>(QUERIES.isPastReturn),
			)
			.catch(() => false);
		if (isPast) return PAST_RETURN;
		try {
			await operation.cancel();
		} catch (error) {
			if (!(error instanceof WorkflowNotFoundError)) throw error;
		}
		return "";
	};

/** In words, for whoever has asked for its end. */
const PAST_RETURN =
	"it is at its point of no return, or past it, and goes on to its end";

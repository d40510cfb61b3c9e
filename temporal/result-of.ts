import {
	type Client,
	WorkflowFailedError,
	WorkflowNotFoundError,
} from "@temporalio/client";
import {
	ActivityFailure,
	ApplicationFailure,
	CancelledFailure,
	TerminatedFailure,
} from "@temporalio/common";
import type { ResultOf } from "../src/engine/contract.ts";
import { errorText } from "../src/errors.ts";
import { aborted } from "./aborted.ts";
import { operationWorkflowId, TERMINATED } from "./names.ts";
import { concludedIn, ENDED_AS_IT_BEGAN } from "./outcome-failure.ts";

const typeOf = (cause: unknown): string => {
	if (cause instanceof TerminatedFailure) return TERMINATED;
	return cause instanceof ApplicationFailure
		? (cause.type ?? "OperationFailed")
		: "OperationFailed";
};

/** An activity's failure says no more than that: its cause has the words. */
const causeOf = ({ cause }: WorkflowFailedError): unknown => {
	let at: unknown = cause;
	while (at instanceof ActivityFailure && at.cause !== undefined) at = at.cause;
	return at;
};

/** How an operation ended, successfully or not; of one that broke off its failure in the words of its cause. */
export const createResultOf =
	(client: Client): ResultOf =>
	async (identity, runId, { cancel, leave }) => {
		const operation = client.workflow.getHandle(
			operationWorkflowId(identity),
			runId,
		);
		const end = (): void => {
			// It ends by itself when it cannot be told: the wait goes on either way.
			operation.cancel().catch(() => undefined);
		};
		if (cancel.aborted) end();
		cancel.addEventListener("abort", end, { once: true });
		try {
			return await Promise.race([operation.result(), aborted(leave)]);
		} catch (error) {
			if (error instanceof WorkflowNotFoundError)
				throw ApplicationFailure.nonRetryable(
					`Temporal knows no run ${runId} of ${operationWorkflowId(identity)}: nobody can tell how it ended`,
					"OperationFailed",
				);
			if (!(error instanceof WorkflowFailedError)) throw error;
			const concluded = concludedIn(error);
			if (concluded !== undefined) return concluded;
			const cause = causeOf(error);
			throw ApplicationFailure.nonRetryable(
				cause instanceof CancelledFailure
					? ENDED_AS_IT_BEGAN
					: errorText(cause ?? error),
				typeOf(cause),
			);
		} finally {
			cancel.removeEventListener("abort", end);
		}
	};

import { CancellationScope, isCancellation } from "@temporalio/workflow";
import { requestText } from "../src/operations/recovery-request.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import { asSummary } from "../temporal/markdown.ts";
import { ending, forwarding } from "./activities.ts";
import { failureOf } from "./failures.ts";

/** An operation that the cluster's entity was asked for, and how it ended. */
export interface Asked {
	readonly outcome: OperationOutcome;
	/** Why it was not cancelled though that was asked for; empty where it was not, or where it was. */
	readonly notCancelled: string;
}

/** Said to whoever cancels what is done. */
export const TOO_LATE = "it had reached its end already";

/** What an activity ended with: a person who looks at the workflow reads the sentence, and not that an activity has failed. */
export const inOwnWords = async <T>(asked: Promise<T>): Promise<T> => {
	try {
		return await asked;
	} catch (error) {
		throw isCancellation(error) ? error : failureOf(error);
	}
};

/**
 * Asks the cluster's entity for it, and waits for its end. Whoever cancels the workflow that asks means the operation: that is taken back
 * where it still can be, and is waited for in any case.
 * @param onNotCancelled told at once why a cancellation changes nothing
 */
export const askEntity = async (
	request: OperationRequest,
	onNotCancelled: (says: string) => void,
): Promise<Asked> => {
	let isAsked = false;
	let refusal = "";
	const line = requestText(request);
	const whole = CancellationScope.current();
	const outcome = await CancellationScope.nonCancellable(async () => {
		const cancelling = new CancellationScope();
		whole.cancelRequested.catch(() => {
			isAsked = true;
			cancelling
				.run(() =>
					ending.endAsked.executeWithOptions(
						{ summary: asSummary(`ask ${line} to end`) },
						[request],
					),
				)
				.then((says) => {
					refusal = says;
					if (says !== "") onNotCancelled(says);
				})
				// It has ended by itself, or whoever waits for it sees that it has not.
				.catch(() => undefined);
		});
		try {
			return await inOwnWords(
				forwarding.askEntity.executeWithOptions(
					{ summary: asSummary(`ask the cluster's entity for ${line}`) },
					[request],
				),
			);
		} finally {
			cancelling.cancel();
		}
	});
	return {
		outcome,
		notCancelled:
			refusal === "" && isAsked && outcome.successful ? TOO_LATE : refusal,
	};
};

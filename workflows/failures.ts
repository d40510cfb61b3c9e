import {
	ActivityFailure,
	ApplicationFailure,
	ChildWorkflowFailure,
	isCancellation,
} from "@temporalio/workflow";
import { BatonError, errorText } from "../src/errors.ts";

/** What went wrong, in the words of the innermost failure. */
export const textOf = (error: unknown): string => {
	let at: unknown = error;
	while (at instanceof ActivityFailure && at.cause !== undefined) at = at.cause;
	return errorText(at);
};

/** What the work has against its input is told to whoever sent it. @throws ApplicationFailure with the catalogue's code as type */
export const throwsAsFailure = (work: () => unknown): void => {
	try {
		work();
	} catch (error) {
		if (!(error instanceof BatonError)) throw error;
		throw ApplicationFailure.nonRetryable(error.message, error.code);
	}
};

/** A failed child as the failure that its caller is told: the catalogue's code as type. */
export const failureOf = (error: unknown): ApplicationFailure => {
	let at: unknown = error;
	while (
		(at instanceof ChildWorkflowFailure || at instanceof ActivityFailure) &&
		at.cause !== undefined
	)
		at = at.cause;
	if (at instanceof ApplicationFailure)
		return ApplicationFailure.nonRetryable(
			at.message,
			at.type ?? "OperationFailed",
		);
	return ApplicationFailure.nonRetryable(
		isCancellation(error)
			? "a failover of the cluster took precedence"
			: textOf(at),
		isCancellation(error) ? "Superseded" : "OperationFailed",
	);
};

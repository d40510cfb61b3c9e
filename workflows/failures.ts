import {
	ActivityFailure,
	ApplicationFailure,
	ChildWorkflowFailure,
	isCancellation,
	TerminatedFailure,
	TimeoutFailure,
} from "@temporalio/workflow";
import { BatonError, errors, errorText } from "../src/errors.ts";
import { TERMINATED } from "../temporal/names.ts";
import { ENDED_AS_IT_BEGAN } from "../temporal/outcome-failure.ts";

/** What went wrong, in the words of the innermost failure. */
export const textOf = (error: unknown): string => {
	let at: unknown = error;
	while (at instanceof ActivityFailure && at.cause !== undefined) at = at.cause;
	return errorText(at);
};

/** An error of the catalogue as whoever waits for a workflow is told it: its code as the type. */
export const asFailure = ({ message, code }: BatonError): ApplicationFailure =>
	ApplicationFailure.nonRetryable(message, code);

/** What the work has against its input is told to whoever sent it. @throws ApplicationFailure with the catalogue's code as type */
export const throwsAsFailure = (work: () => unknown): void => {
	try {
		work();
	} catch (error) {
		if (!(error instanceof BatonError)) throw error;
		throw asFailure(error);
	}
};

const causeOf = (error: unknown): unknown => {
	let at: unknown = error;
	while (
		(at instanceof ChildWorkflowFailure || at instanceof ActivityFailure) &&
		at.cause !== undefined
	)
		at = at.cause;
	return at;
};

/** An operation was ended from outside: it has not let go of its cluster by itself. */
export const isTerminated = (error: unknown): boolean => {
	const cause = causeOf(error);
	return (
		cause instanceof TerminatedFailure ||
		(cause instanceof ApplicationFailure && cause.type === TERMINATED)
	);
};

/** Who waited for an operation is gone: whether that goes on is not known. */
export const isLostSight = (error: unknown): boolean =>
	error instanceof ActivityFailure && causeOf(error) instanceof TimeoutFailure;

/** What it asks for cannot be had now: the store says nothing, or there was no answer in time. */
export const isUndone = (error: unknown): boolean => {
	const cause = causeOf(error);
	return (
		cause instanceof TimeoutFailure ||
		(cause instanceof ApplicationFailure && cause.type === "StoreUnavailable")
	);
};

/** A check that came to no answer. */
export const notChecked = (error: unknown): ApplicationFailure =>
	asFailure(errors.notChecked({ why: textOf(error) }));

/** A failed child as the failure that its caller is told: the catalogue's code as type. */
export const failureOf = (error: unknown): ApplicationFailure => {
	const at = causeOf(error);
	if (at instanceof ApplicationFailure)
		return ApplicationFailure.nonRetryable(
			at.message,
			at.type ?? "OperationFailed",
		);
	return ApplicationFailure.nonRetryable(
		isCancellation(error) ? ENDED_AS_IT_BEGAN : textOf(at),
		isCancellation(error) ? "Superseded" : "OperationFailed",
	);
};

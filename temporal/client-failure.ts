import {
	isGrpcServiceError,
	ServiceError,
	WorkflowUpdateFailedError,
	WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import {
	BatonError,
	ERROR_KINDS,
	type ErrorCode,
	errors,
	errorText,
} from "../src/errors.ts";

// What the client throws, as errors of the catalogue.

const isCode = (text: string): text is ErrorCode => text in ERROR_KINDS;

const applicationFailureIn = (
	error: unknown,
): ApplicationFailure | undefined => {
	let at: unknown = error;
	for (let depth = 0; depth < 10 && at instanceof Error; depth++) {
		if (at instanceof ApplicationFailure) return at;
		at = at.cause;
	}
	return undefined;
};

/** Temporal has not answered, or who was asked there has not. */
export const isUnanswered = (error: unknown): boolean =>
	isGrpcServiceError(error) ||
	error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
	// The client's own words, around what the server did not say.
	(error instanceof ServiceError && isUnanswered(error.cause));

export const asBatonError = (error: unknown): BatonError => {
	if (error instanceof BatonError) return error;
	const failure =
		error instanceof WorkflowUpdateFailedError ||
		error instanceof ApplicationFailure
			? applicationFailureIn(error)
			: undefined;
	if (failure !== undefined)
		return new BatonError(
			isCode(failure.type ?? "")
				? (failure.type as ErrorCode)
				: "OperationFailed",
			failure.message,
		);
	return isUnanswered(error)
		? errors.temporalNotAnswering({ why: errorText(error) }, { cause: error })
		: new BatonError("Internal", errorText(error), { cause: error });
};

import { AnswerError } from "../compat/answer-error.ts";
import { errorJson } from "../compat/json/envelope.ts";
import { BatonError, errorText } from "../errors.ts";

export interface FailureAnswer {
	readonly status: number;
	readonly envelope: ReturnType<typeof errorJson>;
}

const TEMPORAL_AWAY =
	"Temporal cannot be reached, so nothing was changed; reads still work. Cause: ";

const messageOf = (error: unknown): string =>
	error instanceof BatonError && error.code === "TemporalUnavailable"
		? `${TEMPORAL_AWAY}${error.message}`
		: errorText(error);

/** The answer to a failed call. A failure that is not of the catalogue is ours: its text stays in the log. */
export const failureAnswer = (
	error: unknown,
	failures: "drop-in" | "by-kind",
): FailureAnswer => {
	const known = error instanceof BatonError;
	return {
		status: failures === "by-kind" && known ? error.kind.httpStatus : 500,
		envelope: errorJson(
			known ? messageOf(error) : "internal error; see the node's log",
			error instanceof AnswerError ? error.details : null,
		),
	};
};

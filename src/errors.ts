/**
 * The one catalogue of errors (style.md 8). Each has a code that clients, workflows (`ApplicationFailure.type`), logs
 * and exit codes share; the message names the thing, the reason and the remedy.
 */
interface ErrorKind {
	/** HTTP status of the answer. The drop-in API answers 500 for every failure (api.md §2); only new routes use this. */
	readonly httpStatus: number;
	/** Exit status of the command line: 1 failure, 2 wrong usage (cli.md §1.4). */
	readonly exitCode: 1 | 2;
	/** Whether the same call may succeed later without anything else being changed. */
	readonly retryable: boolean;
}

const kind = (
	httpStatus: number,
	exitCode: 1 | 2,
	retryable: boolean,
): ErrorKind => ({ httpStatus, exitCode, retryable });

export const ERROR_KINDS = {
	BadUsage: kind(400, 2, false),
	BadInput: kind(400, 1, false),
	BadConfiguration: kind(500, 1, false),
	UnknownInstance: kind(404, 1, false),
	UnknownCluster: kind(404, 1, false),
	Unauthorized: kind(403, 1, false),
	/** The operation was looked at and declined: nothing was changed. */
	Refused: kind(409, 1, false),
	/** Another operation holds the cluster. */
	Busy: kind(409, 1, true),
	/** Work of an older epoch or attempt met a newer one. */
	Superseded: kind(409, 1, false),
	/** A mysqld answered with an error, or did not answer in time. */
	ServerUnreachable: kind(502, 1, true),
	ServerError: kind(502, 1, false),
	/** A step did not reach its goal; what was changed is in the message. */
	OperationFailed: kind(500, 1, false),
	TemporalUnavailable: kind(503, 1, true),
	StoreUnavailable: kind(503, 1, true),
	StoreVersion: kind(500, 1, false),
	SetupMissing: kind(500, 1, false),
	Internal: kind(500, 1, false),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** An error of the catalogue. `message` is safe to show: it holds no secret and no SQL text. */
export class BatonError extends Error {
	override readonly name = "BatonError";
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}

	get kind(): ErrorKind {
		return ERROR_KINDS[this.code];
	}
}

/** One readable line for any thrown value. */
export const errorText = (error: unknown): string =>
	error instanceof Error ? error.message : String(error);

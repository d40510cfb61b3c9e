/** What each code of an error means for whoever asked. Clients, workflows (`ApplicationFailure.type`), logs and exit codes share it. */
export interface ErrorKind {
	/** HTTP status of the answer. The drop-in API answers 500 for every failure; only new routes use this. */
	readonly httpStatus: number;
	/** Exit status of the command line: 1 failure, 2 wrong usage. */
	readonly exitCode: 1 | 2;
	/** Whether the same call may succeed later without anything else being changed. */
	readonly retryable: boolean;
	/** What such an error is about. */
	readonly says: string;
}

const kind = (
	httpStatus: number,
	exitCode: 1 | 2,
	retryable: boolean,
	says: string,
): ErrorKind => ({ httpStatus, exitCode, retryable, says });

export const ERROR_KINDS = {
	BadUsage: kind(400, 2, false, "the command line cannot be read like this"),
	BadInput: kind(400, 1, false, "what was given cannot be used"),
	BadConfiguration: kind(500, 1, false, "the configuration cannot be used"),
	UnknownInstance: kind(404, 1, false, "no instance is known by that name"),
	UnknownCluster: kind(404, 1, false, "no cluster is known by that name"),
	UnknownOperation: kind(404, 1, false, "no operation is known by that id"),
	TooManyListeners: kind(429, 1, true, "as many listen as are served at once"),
	Unauthorized: kind(403, 1, false, "whoever asked may not do that"),
	Refused: kind(
		409,
		1,
		false,
		"it was looked at and declined: nothing was changed",
	),
	Busy: kind(409, 1, true, "another operation holds the cluster"),
	Superseded: kind(
		409,
		1,
		false,
		"work of an older epoch or attempt met a newer one",
	),
	ServerUnreachable: kind(502, 1, true, "a server could not be looked at"),
	ServerError: kind(502, 1, false, "a mysqld answered with an error"),
	OperationFailed: kind(
		500,
		1,
		false,
		"a step did not reach its goal; what was changed is in the message",
	),
	TemporalUnavailable: kind(503, 1, true, "Temporal cannot be used"),
	StoreUnavailable: kind(503, 1, true, "the store cannot be used"),
	StoreVersion: kind(
		500,
		1,
		false,
		"the store and this program do not fit together",
	),
	SetupMissing: kind(500, 1, false, "a program that is needed is not there"),
	Internal: kind(500, 1, false, "a fault of Baton itself: report it"),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

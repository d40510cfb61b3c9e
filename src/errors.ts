/**
 * The one catalogue of errors. Each has a code that clients, workflows (`ApplicationFailure.type`), logs
 * and exit codes share; the message names the thing, the reason and the remedy.
 */
interface ErrorKind {
	/** HTTP status of the answer. The drop-in API answers 500 for every failure; only new routes use this. */
	readonly httpStatus: number;
	/** Exit status of the command line: 1 failure, 2 wrong usage. */
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

const error =
	<Values extends readonly unknown[]>(
		code: ErrorCode,
		says: (...values: Values) => string,
	) =>
	(...values: Values): BatonError =>
		new BatonError(code, says(...values));

/** What more than one place says, by its template. What only one place says is written there, beside the reason. */
export const errors = {
	instanceNotGiven: error("BadInput", () => "cannot deduce instance: give -i"),
	/** @param flag that held the text, where it was one */
	noInstance: error(
		"BadInput",
		(text: string, flag = "") =>
			`cannot read ${flag === "" ? "" : `${flag} `}${JSON.stringify(text)} as an instance; give host or host:port`,
	),
	noDuration: error(
		"BadInput",
		(text: string, flag = "") =>
			`cannot read ${flag || "duration"} ${JSON.stringify(text)}; give digits and one of s, m, h, d, w`,
	),
	noPromotionRule: error(
		"BadInput",
		(text: string, rules: readonly string[]) =>
			`invalid -promotion-rule ${JSON.stringify(text)}; give one of ${rules.join(", ")}`,
	),
	unresolvedHost: (
		host: string,
		why: string,
		options: { cause?: unknown } = {},
	): BatonError =>
		new BatonError(
			"BadInput",
			`cannot resolve host ${JSON.stringify(host)}: ${why}`,
			options,
		),
	unreadableConfiguration: error(
		"BadConfiguration",
		(file: string, why: string) => `cannot read config file ${file}: ${why}`,
	),
	/** @param more what the name may have been short for */
	unknownInstance: error("UnknownInstance", (name: string, more = "") =>
		[
			`instance not found: ${name}`,
			more,
			"all-instances lists those that are known, discover adds one",
		]
			.filter((each) => each !== "")
			.join("; "),
	),
	unknownCluster: error(
		"UnknownCluster",
		(identity: string) =>
			`no cluster is known as ${identity}; clusters-alias lists those that are`,
	),
	clusterNotSelected: error(
		"UnknownCluster",
		() => "no cluster is selected; give -alias or -i",
	),
	busy: error(
		"Busy",
		(kind: string, startedAtMs: number, workflowId = "") =>
			`a ${kind} of this cluster is running since ${new Date(startedAtMs).toISOString()}: wait for its end, or look at ${workflowId || "it"} in the Temporal UI`,
	),
	noDomain: error(
		"Refused",
		(clusterName: string) =>
			`cluster ${clusterName} has no domain; DetectClusterDomainQuery gives it one`,
	),
	unreachable: error(
		"ServerUnreachable",
		(server: string, why: string, remedy: string) =>
			`${server}: ${why}; ${remedy}`,
	),
} as const;

/** One readable line for any thrown value. */
export const errorText = (error: unknown): string => {
	if (!(error instanceof Error)) return String(error);
	if (error.message !== "") return error.message;
	// One address of several refused each, or something was thrown that says nothing but what kind it is.
	if (error instanceof AggregateError && error.errors.length > 0)
		return [...new Set(error.errors.map(errorText))].join("; ");
	return error.cause === undefined ? error.name : errorText(error.cause);
};

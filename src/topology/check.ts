// What a look at a server came to.

/** How the last probe went. A server that answered with an error packet is alive though it was not seen. */
export type ProbeOutcome =
	/** Never probed, or known only from a store. */
	| "unknown"
	| "ok"
	/** The host refused the connection: nothing listens there. */
	| "connection-refused"
	/** No answer within the deadline, or no route. */
	| "timeout"
	/** The connection broke while in use. */
	| "lost"
	/** mysqld answered, but would not let us in: access denied, too many connections, host blocked … Such a server is alive. */
	| "refused-by-server"
	/** Our side cannot look: name resolution, no local port, TLS set-up. Says nothing about the server. */
	| "own-fault";

/** When and how an instance was last looked at. Times are milliseconds since the epoch, 0 for never. */
export interface Check {
	readonly outcome: ProbeOutcome;
	/** Last finished check, good or bad. */
	readonly checkedAtMs: number;
	/** Start of the last attempt. */
	readonly attemptedAtMs: number;
	/** Last good check. */
	readonly seenAtMs: number;
	/** The last check reached the server but could not be completed. */
	readonly partialSuccess: boolean;
	/** Why the last check failed; empty when it did not. No secret, no SQL. */
	readonly error: string;
	/** How long the last good probe took. */
	readonly latencyMs: number;
}

/** Something that a probe could not find out, and what would let it: a missing privilege, a query that failed, a plugin that is not loaded. */
export interface ProbeFinding {
	/** What is not known: `replicas`, `semi-sync`, `lag`, `cluster alias` … */
	readonly about: string;
	/** The privilege that is missing, as GRANT names it; empty when it is something else. */
	readonly privilege: string;
	/** One sentence: what failed and what to do. No SQL, no secret. */
	readonly says: string;
	/** Nothing is unknown: something that was seen needs attention, and has no analysis code. */
	readonly isWarning?: boolean;
}

/** What is found out by comparing servers, which no look at one of them tells. */
export const HOST_NAME = "host name";
export const SERVER_UUID = "server UUID";

export const isOfNames = ({ about }: ProbeFinding): boolean =>
	about === HOST_NAME || about === SERVER_UUID;

export const NEVER_CHECKED: Check = {
	outcome: "unknown",
	checkedAtMs: 0,
	attemptedAtMs: 0,
	seenAtMs: 0,
	partialSuccess: false,
	error: "",
	latencyMs: 0,
};

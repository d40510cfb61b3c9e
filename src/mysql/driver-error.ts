import { type BatonError, errors } from "../errors.ts";
import type { Check, ProbeOutcome } from "../topology/check.ts";

/**
 * What a failed call to a mysqld means. Error packets are told apart from silence and from faults of our own side, since
 * only some of them say that a server is gone. The text never holds SQL: a CHANGE REPLICATION
 * SOURCE statement carries a password.
 */
export class ServerFault extends Error {
	override readonly name = "ServerFault";
	readonly outcome: Exclude<ProbeOutcome, "ok" | "unknown">;
	/** MySQL error number, 0 when the server sent none. */
	readonly errno: number;

	constructor(
		outcome: ServerFault["outcome"],
		message: string,
		errno = 0,
		options?: { cause?: unknown },
	) {
		super(message, options);
		this.outcome = outcome;
		this.errno = errno;
	}

	/** The same as an error of the catalogue, naming the server. */
	toBatonError(server: string): BatonError {
		return this.outcome === "refused-by-server"
			? errors.serverError({ server, why: this.message })
			: unreachable(server, { outcome: this.outcome, error: this.message });
	}
}

/** What is said of a server that was not seen, by how the look ended. */
const UNSEEN = {
	unknown: errors.notSeen,
	ok: errors.notSeen,
	"connection-refused": errors.connectionRefused,
	timeout: errors.noAnswerInTime,
	lost: errors.connectionLost,
	"refused-by-server": errors.notLetIn,
	"own-fault": errors.cannotLook,
} as const satisfies Record<ProbeOutcome, unknown>;

export const unreachable = (
	server: string,
	{ outcome, error }: Pick<Check, "outcome" | "error">,
): BatonError => UNSEEN[outcome]({ server, why: error });

/** MySQL goes on stopping the thread, and waits no longer for that (rpl_stop_replica_timeout). */
const STOPS_STILL: ReadonlySet<number> = new Set([1875, 1876]);

export const stopsStill = ({ errno }: ServerFault): boolean =>
	STOPS_STILL.has(errno);

const OWN_FAULTS = new Set([
	"ENOTFOUND",
	"EAI_AGAIN",
	"EADDRNOTAVAIL",
	"EMFILE",
	"ENFILE",
	"ENETUNREACH",
	"ENETDOWN",
	"HANDSHAKE_NO_SSL_SUPPORT",
	"HANDSHAKE_SSL_ERROR",
]);

const LOST = new Set([
	"PROTOCOL_CONNECTION_LOST",
	"ECONNRESET",
	"EPIPE",
	"ECONNABORTED",
	"ER_SERVER_SHUTDOWN",
	"ER_NORMAL_SHUTDOWN",
	"PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
]);

interface DriverError {
	readonly code?: unknown;
	readonly errno?: unknown;
	readonly sqlMessage?: unknown;
	readonly message?: unknown;
}

const outcomeOf = (code: string, errno: number): ServerFault["outcome"] => {
	if (code === "ECONNREFUSED") return "connection-refused";
	if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "EHOSTDOWN")
		return "timeout";
	if (LOST.has(code)) return "lost";
	if (OWN_FAULTS.has(code) || code.startsWith("ERR_") || code.includes("CERT"))
		return "own-fault";
	return errno > 0 ? "refused-by-server" : "lost";
};

/** Node puts negative numbers into `errno` for socket errors; only positive ones come from mysqld. */
export const serverFault = (error: unknown): ServerFault => {
	if (error instanceof ServerFault) return error;
	const driver = (error ?? {}) as DriverError;
	const code = typeof driver.code === "string" ? driver.code : "";
	const errno =
		typeof driver.errno === "number" && driver.errno > 0 ? driver.errno : 0;
	const outcome = outcomeOf(code, errno);
	const text =
		typeof driver.sqlMessage === "string" && driver.sqlMessage !== ""
			? driver.sqlMessage
			: String(driver.message ?? error);
	const says = withoutSecrets(text);
	return new ServerFault(outcome, says === "" ? code : says, errno);
};

/** Syntax errors quote the statement near the fault: everything behind "near" goes. MariaDB quotes a password that is too long. */
const withoutSecrets = (text: string): string =>
	text
		.replace(/^String '[\s\S]*' is too long/i, "a value is too long")
		.replace(/ near '[\s\S]*$/i, "")
		.replace(/(password\s*=\s*)'[^']*'/gi, "$1'…'")
		.slice(0, 500);

/** 1317: its statement was, and 1927, of MariaDB: its connection. */
const ENDED_BY_KILL = new Set([1317, 1927]);

/** The session was ended, or its statement, by whoever may: the server itself may well live. */
export const isCutOff = ({ outcome, errno }: ServerFault): boolean =>
	outcome === "lost" || ENDED_BY_KILL.has(errno);

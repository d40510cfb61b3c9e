import { BatonError, type ErrorCode, errorText } from "../../errors.ts";

/** A call to the server took longer than it may. */
export class DeadlineError extends Error {
	override readonly name = "DeadlineError";
	readonly code = "BATON_DEADLINE";

	constructor(deadlineMs: number) {
		super(`no answer within ${deadlineMs} ms`);
	}
}

interface DriverError {
	readonly code?: unknown;
	readonly errno?: unknown;
	readonly sqlMessage?: unknown;
}

interface Fault {
	/** Codes of mysql2 and Node, and error numbers of the server (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html). */
	readonly codes: readonly (string | number)[];
	readonly says: string;
	/** Default: StoreUnavailable. */
	readonly as?: ErrorCode;
	/** The server's own sentence says what is wrong; it holds no SQL. */
	readonly quotes?: true;
	readonly is?: "busy" | "lost" | "read-only";
}

const FAULTS: readonly Fault[] = [
	{
		codes: ["ECONNREFUSED"],
		says: "refuses connections; check that the server runs, and MySQLOrchestratorHost and MySQLOrchestratorPort",
	},
	{
		codes: ["ENOTFOUND", "EAI_AGAIN"],
		says: "has a host name that cannot be resolved; check MySQLOrchestratorHost",
	},
	{
		codes: ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
		says: "cannot be reached over the network; check MySQLOrchestratorHost and the network",
	},
	{
		codes: ["BATON_DEADLINE", "ETIMEDOUT", "BATON_POOL"],
		says: "does not answer in time; check its load and the network",
		quotes: true,
	},
	{
		codes: [1044, 1045, 1130, 1142, 1143, 1227, 1396, 1698, 1862],
		says: "denies access; check MySQLOrchestratorUser and its password, and that the account has ALL on the store's database, and MySQLOrchestratorUseMutualTLS when it requires TLS or a certificate",
	},
	{
		codes: [1049],
		says: "has no such database; create it, or let the account create it",
	},
	{
		codes: [1290, 1792, 1836, 3032],
		says: "is read-only here; name a server that takes writes",
		is: "read-only",
	},
	{
		codes: [1021, 1030, 1114, 3170],
		says: "could not grow: its disk or table space is full; free some space",
	},
	{
		codes: [1040, 1203, 1226],
		says: "has too many connections; raise its max_connections, or lower MySQLOrchestratorMaxPoolConnections",
	},
	{
		codes: [1205, 1213],
		says: "is locked by another program; try again in a moment",
		is: "busy",
	},
	{
		codes: [
			"PROTOCOL_CONNECTION_LOST",
			"ECONNRESET",
			"EPIPE",
			"ECONNABORTED",
			"PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
			1053,
			1077,
			1079,
			1152,
			1158,
			1159,
			1160,
			1161,
			1317,
			1927,
			4031,
		],
		says: "ended the connection; it is opened anew with the next call",
		is: "lost",
	},
	{
		codes: [1153],
		says: "takes no statement of this size; raise its max_allowed_packet",
	},
	{
		codes: [3159, "HANDSHAKE_NO_SSL_SUPPORT", "HANDSHAKE_SSL_ERROR"],
		says: "and MySQLOrchestratorUseMutualTLS do not agree about TLS",
		quotes: true,
	},
	{
		codes: [1047],
		says: "is not part of its cluster at present; try again in a moment",
	},
	{
		codes: [1054, 1146],
		says: "lacks a table or a column; run redeploy-internal-db",
		as: "StoreVersion",
		quotes: true,
	},
	{
		// Texts against the ascii columns of a database that the reference made are among these.
		codes: [1264, 1265, 1267, 1292, 1366, 1406, 3854, 3988],
		says: "cannot hold or compare a given value",
		as: "BadInput",
		quotes: true,
	},
];

/** `1045`, `ECONNREFUSED`: Node puts negative numbers into `errno` for socket errors; only positive ones come from mysqld. */
const codeOf = (error: unknown): string | number | undefined => {
	const { code, errno } = (error ?? {}) as DriverError;
	if (typeof errno === "number" && errno > 0) return errno;
	return typeof code === "string" ? code : undefined;
};

/** The driver gives every failure of a handshake the one code; Node's own text is left. */
const isCertificateFault = (error: unknown): boolean =>
	codeOf(error) === "HANDSHAKE_SSL_ERROR" &&
	/certificate/i.test(errorText(error));

const CERTIFICATE: Fault = {
	codes: [],
	says: "shows a certificate that is not trusted; set MySQLOrchestratorSSLCAFile, or MySQLOrchestratorSSLSkipVerify",
	quotes: true,
};

const faultOf = (error: unknown): Fault | undefined => {
	const code = codeOf(error);
	if (code === undefined) return undefined;
	return isCertificateFault(error)
		? CERTIFICATE
		: FAULTS.find((fault) => fault.codes.includes(code));
};

const own = (error: unknown): string => {
	const { sqlMessage } = error as DriverError;
	return typeof sqlMessage === "string" ? sqlMessage : errorText(error);
};

/**
 * @param place the store, as people know it
 * @returns the error of the catalogue for what the driver threw; what is no failure of the store comes back as it is.
 */
export const storeError = (error: unknown, place: string): unknown => {
	const code = codeOf(error);
	if (error instanceof BatonError || code === undefined) return error;
	const fault = faultOf(error);
	if (fault === undefined)
		return new BatonError(
			"Internal",
			`the store ${place} refused a statement (${code}); if redeploy-internal-db does not help, report it`,
			{ cause: error },
		);
	return new BatonError(
		fault.as ?? "StoreUnavailable",
		`the store ${place} ${fault.says} (${fault.quotes ? own(error) : code})`,
		{ cause: error },
	);
};

const isFault =
	(kind: NonNullable<Fault["is"]>) =>
	(error: unknown): boolean =>
		faultOf(error instanceof BatonError ? error.cause : error)?.is === kind;

/** Another session holds the lock, or stood in the way of ours: the same work may succeed in a moment. */
export const isBusy = isFault("busy");
/** The session is gone, and its transaction with it. */
export const isLost = isFault("lost");
export const isReadOnly = isFault("read-only");
export const errnoOf = (error: unknown): number => {
	const code = codeOf(error instanceof BatonError ? error.cause : error);
	return typeof code === "number" ? code : 0;
};

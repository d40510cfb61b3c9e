import { BatonError, errors, errorText } from "../../errors.ts";

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
	readonly error: typeof errors.storeRefused;
	/** The server's own sentence says what is wrong; it holds no SQL. */
	readonly quotes?: true;
	readonly is?: "busy" | "lost" | "read-only";
}

const FAULTS: readonly Fault[] = [
	{
		codes: ["ECONNREFUSED"],
		error: errors.storeNotListening,
	},
	{
		codes: ["ENOTFOUND", "EAI_AGAIN"],
		error: errors.storeNotResolved,
	},
	{
		codes: ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
		error: errors.storeNotReached,
	},
	{
		codes: ["BATON_DEADLINE", "ETIMEDOUT", "BATON_POOL"],
		error: errors.storeTooSlow,
		quotes: true,
	},
	{
		codes: [1044, 1045, 1130, 1142, 1143, 1227, 1396, 1698, 1862],
		error: errors.storeDeniesAccess,
	},
	{
		codes: [1049],
		error: errors.storeNoDatabase,
	},
	{
		codes: [1290, 1792, 1836, 3032],
		error: errors.storeReadOnly,
		is: "read-only",
	},
	{
		codes: [1021, 1030, 1114, 3170],
		error: errors.storeFull,
	},
	{
		codes: [1040, 1203, 1226],
		error: errors.storeCrowded,
	},
	{
		codes: [1205, 1213],
		error: errors.storeLocked,
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
		error: errors.storeLost,
		is: "lost",
	},
	{
		codes: [1153],
		error: errors.storeStatementTooBig,
	},
	{
		codes: [3159, "HANDSHAKE_NO_SSL_SUPPORT", "HANDSHAKE_SSL_ERROR"],
		error: errors.storeTlsDiffers,
		quotes: true,
	},
	{
		codes: [1047],
		error: errors.storeOutsideCluster,
	},
	{
		codes: [1054, 1146],
		error: errors.storeLacksTable,
		quotes: true,
	},
	{
		// Texts against the ascii columns of a database that the reference made are among these.
		codes: [1264, 1265, 1267, 1292, 1366, 1406, 3854, 3988],
		error: errors.storeCannotHold,
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
	error: errors.storeNotTrusted,
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
	const says = fault?.error ?? errors.storeRefused;
	const detail = fault?.quotes ? own(error) : code;
	return says({ place, detail }, { cause: error });
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

import { SqliteError } from "better-sqlite3";
import { BatonError, errors, errorText } from "../../errors.ts";

const isCode = (code: string, prefix: string): boolean =>
	code === prefix || code.startsWith(`${prefix}_`);

/** What is said by SQLite's result code (https://www.sqlite.org/rescode.html); extended codes share their primary's. */
const FAULTS = [
	["SQLITE_BUSY", errors.storeLocked],
	["SQLITE_LOCKED", errors.storeLocked],
	["SQLITE_FULL", errors.fileDiskFull],
	["SQLITE_READONLY", errors.fileReadOnly],
	["SQLITE_IOERR", errors.fileDiskFault],
	["SQLITE_CANTOPEN", errors.fileNotOpened],
	["SQLITE_PERM", errors.fileNotPermitted],
	["SQLITE_CORRUPT", errors.fileDamaged],
	["SQLITE_NOTADB", errors.fileNoDatabase],
] as const;

/** @returns the error of the catalogue for what the driver threw; anything else comes back as it is. */
export const storeError = (error: unknown, file: string): unknown => {
	if (!(error instanceof SqliteError)) return error;
	const found = FAULTS.find(([code]) => isCode(error.code, code));
	const says = found?.[1] ?? errors.storeRefused;
	return says({ place: file, detail: error.code }, { cause: error });
};

/** The file could not be opened at all. */
export const openError = (error: unknown, file: string): unknown => {
	const known = storeError(error, file);
	if (known instanceof BatonError) return known;
	return errors.fileFailedToOpen(
		{ place: file, why: errorText(error) },
		{ cause: error },
	);
};

/** Another process holds the lock: the same work may succeed in a moment. */
export const isBusy = (error: unknown): boolean =>
	error instanceof BatonError &&
	error.cause instanceof SqliteError &&
	(isCode(error.cause.code, "SQLITE_BUSY") ||
		isCode(error.cause.code, "SQLITE_LOCKED"));

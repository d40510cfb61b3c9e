import { SqliteError } from "better-sqlite3";
import { BatonError, errorText } from "../../errors.ts";

const isCode = (code: string, prefix: string): boolean =>
	code === prefix || code.startsWith(`${prefix}_`);

/** Plain sentences by SQLite's result code (https://www.sqlite.org/rescode.html); extended codes share their primary's. */
const SENTENCES: readonly (readonly [string, string])[] = [
	["SQLITE_BUSY", "is locked by another program; try again in a moment"],
	["SQLITE_LOCKED", "is locked by another program; try again in a moment"],
	["SQLITE_FULL", "could not grow: the disk is full; free some space"],
	[
		"SQLITE_READONLY",
		"is read-only here; use an account that may write the file and its directory",
	],
	[
		"SQLITE_IOERR",
		"could not be read or written: the disk reports an error; look at the system's log",
	],
	[
		"SQLITE_CANTOPEN",
		"could not be opened; check that the directory exists and that this account may use it",
	],
	[
		"SQLITE_PERM",
		"may not be used by this account; check the file's permissions",
	],
	["SQLITE_CORRUPT", "is damaged; restore it from a backup, or move it away"],
	[
		"SQLITE_NOTADB",
		"is not a SQLite database; name another file, or move it away",
	],
];

/** @returns the error of the catalogue for what the driver threw; anything else comes back as it is. */
export const storeError = (error: unknown, file: string): unknown => {
	if (!(error instanceof SqliteError)) return error;
	const found = SENTENCES.find(([code]) => isCode(error.code, code));
	if (found)
		return new BatonError(
			"StoreUnavailable",
			`the store ${file} ${found[1]} (${error.code})`,
			{ cause: error },
		);
	return new BatonError(
		"Internal",
		`the store ${file} refused a statement (${error.code}); if redeploy-internal-db does not help, report it`,
		{ cause: error },
	);
};

/** The file could not be opened at all. */
export const openError = (error: unknown, file: string): unknown => {
	const known = storeError(error, file);
	if (known instanceof BatonError) return known;
	return new BatonError(
		"StoreUnavailable",
		`the store ${file} could not be opened: ${errorText(error)}; check that the directory exists and that this account may use it`,
		{ cause: error },
	);
};

/** Another process holds the lock: the same work may succeed in a moment. */
export const isBusy = (error: unknown): boolean =>
	error instanceof BatonError &&
	error.cause instanceof SqliteError &&
	(isCode(error.cause.code, "SQLITE_BUSY") ||
		isCode(error.cause.code, "SQLITE_LOCKED"));

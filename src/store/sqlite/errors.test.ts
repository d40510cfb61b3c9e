import { SqliteError } from "better-sqlite3";
import { expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import { isBusy, openError, storeError } from "./errors.ts";

it.each([
	["SQLITE_BUSY_SNAPSHOT", "is locked by another program", true],
	["SQLITE_LOCKED", "is locked by another program", true],
	["SQLITE_FULL", "the disk is full", false],
	["SQLITE_READONLY_DBMOVED", "is read-only here", false],
	["SQLITE_IOERR_FSYNC", "the disk reports an error", false],
])("%s is a plain sentence", (code, sentence, busy) => {
	const error = storeError(new SqliteError("raw text", code), "/data/b.db");
	expect(error).toBeInstanceOf(BatonError);
	expect(error).toMatchObject({
		code: "StoreUnavailable",
		kind: { retryable: true },
		message: expect.stringContaining("the store /data/b.db"),
	});
	expect((error as BatonError).message).toContain(sentence);
	expect(isBusy(error)).toBe(busy);
});

it("another failure shows no SQL, and what is no failure of the store stays itself", () => {
	const error = storeError(
		new SqliteError("near SELEC: syntax", "SQLITE_ERROR"),
		"f",
	);
	expect(error).toMatchObject({ code: "Internal" });
	expect((error as BatonError).message).not.toContain("SELEC");
	const other = new TypeError("x");
	expect(storeError(other, "f")).toBe(other);
	expect(openError(other, "f")).toMatchObject({ code: "StoreUnavailable" });
});

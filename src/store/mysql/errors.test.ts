import { expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import {
	DeadlineError,
	isBusy,
	isLost,
	isReadOnly,
	storeError,
} from "./errors.ts";

/** As mysql2 throws what the server sends, and what Node's sockets say. */
const server = (errno: number, sqlMessage = "raw text") =>
	Object.assign(new Error(sqlMessage), { code: "ER_X", errno, sqlMessage });
const socket = (code: string, message = "raw text") =>
	Object.assign(new Error(message), { code, errno: -104 });

it.each([
	[socket("ECONNREFUSED"), "refuses connections"],
	[socket("ENOTFOUND"), "cannot be resolved"],
	[socket("EHOSTUNREACH"), "cannot be reached"],
	[
		new DeadlineError(1500),
		"does not answer in time; check its load and the network (no answer within 1500 ms)",
	],
	[server(1045), "denies access"],
	[server(1049), "has no such database"],
	[server(1290), "is read-only here"],
	[server(1114), "its disk or table space is full"],
	[server(1021), "its disk or table space is full"],
	[server(1040), "has too many connections"],
	[server(1213), "is locked by another program"],
	[socket("ECONNRESET"), "ended the connection"],
	[server(1053), "ended the connection"],
	[server(1153), "raise its max_allowed_packet"],
	[
		server(3159, "insecure transport"),
		"do not agree about TLS (insecure transport)",
	],
	[
		socket("HANDSHAKE_SSL_ERROR", "self-signed certificate in the chain"),
		"MySQLOrchestratorSSLCAFile",
	],
	[socket("HANDSHAKE_SSL_ERROR", "wrong version number"), "do not agree"],
])("%o is a plain sentence, and may pass", (thrown, sentence) => {
	const error = storeError(thrown, "MySQL db:3306/orc");
	expect(error).toMatchObject({
		code: "StoreUnavailable",
		kind: { retryable: true },
		message: expect.stringContaining(`the store MySQL db:3306/orc `),
	});
	expect((error as BatonError).message).toContain(sentence);
});

it("a value that does not fit is the caller's, a table that is missing the installation's", () => {
	expect(
		storeError(server(1406, "Data too long for column 'owner'"), "p"),
	).toMatchObject({
		code: "BadInput",
		message: expect.stringContaining("column 'owner'"),
	});
	expect(storeError(server(1146), "p")).toMatchObject({ code: "StoreVersion" });
});

it("another failure shows no SQL, and what is no failure of the store stays itself", () => {
	const error = storeError(server(1064, "near 'SELEC'"), "p");
	expect(error).toMatchObject({ code: "Internal" });
	expect((error as BatonError).message).not.toContain("SELEC");
	const other = new TypeError("x");
	expect(storeError(other, "p")).toBe(other);
	const known = new BatonError("Refused", "no");
	expect(storeError(known, "p")).toBe(known);
});

it("work is done again after a deadlock, a lock and a lost session alone", () => {
	const kinds = (thrown: unknown) => {
		const error = storeError(thrown, "p");
		return [isBusy(error), isLost(error), isReadOnly(error)];
	};
	expect(kinds(server(1205))).toEqual([true, false, false]);
	expect(kinds(server(1213))).toEqual([true, false, false]);
	expect(kinds(socket("EPIPE"))).toEqual([false, true, false]);
	expect(kinds(server(1836))).toEqual([false, false, true]);
	expect(kinds(new DeadlineError(1))).toEqual([false, false, false]);
});

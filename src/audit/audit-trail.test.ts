import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults, withValues } from "../config/keys.ts";
import { openStore } from "../store/open-store.ts";
import { createAuditTrail } from "./audit-trail.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "baton-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = {
	atMs: Date.UTC(2026, 10, 23, 4, 5, 6),
	type: "takeover",
	instance: "db1:3306",
	clusterName: "db1:3306",
	message: "one\ttwo\nthree",
};

it("writes one tab-separated line and one row, as configured", async () => {
	const store = await openStore({ file: join(folder, "store.sqlite3") });
	try {
		const AuditLogFile = join(folder, "audit.log");
		const config = withValues(documentedDefaults(), {
			AuditLogFile,
			AuditToBackendDB: true,
		});
		await createAuditTrail(store, () => config)(entry);
		expect(readFileSync(AuditLogFile, "utf8")).toBe(
			"2026-11-23 04:05:06\ttakeover\tdb1\t3306\t[db1:3306]\tone two three\n",
		);
		expect(
			(await store.audit.page({ page: 0 })).map((each) => each.message),
		).toEqual(["one\ttwo\nthree"]);
	} finally {
		await store.close();
	}
});

it("writes nothing where nothing is configured", async () => {
	const store = await openStore({ file: join(folder, "store.sqlite3") });
	try {
		const config = withValues(documentedDefaults(), {
			AuditLogFile: "",
			AuditToBackendDB: false,
		});
		await createAuditTrail(store, () => config)(entry);
		expect(await store.audit.page({ page: 0 })).toEqual([]);
	} finally {
		await store.close();
	}
});

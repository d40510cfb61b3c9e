import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localTimeText } from "../compat/text/local-time.ts";
import { documentedDefaults, withValues } from "../config/keys.ts";
import type { AuditRecord } from "../store/contract.ts";
import { openStore } from "../store/open-store.ts";
import { unknownInstance } from "../topology/instance.ts";
import { createAuditTrail } from "./audit-trail.ts";
import { createSyslog } from "./syslog.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "baton-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry: Omit<AuditRecord, "id"> = {
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
			`${localTimeText(entry.atMs)}\ttakeover\tdb1\t3306\t[db1:3306]\tone two three\t\n`,
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

it("goes to the log where there is no file, and knows the instance's cluster", async () => {
	const store = await openStore({ file: join(folder, "store.sqlite3") });
	try {
		await store.inventory.save([
			{ ...unknownInstance("db2", 3306), clusterName: "db1:3306" },
		]);
		const told: string[] = [];
		const log = { info: (text: string) => void told.push(text) };
		const config = withValues(documentedDefaults(), { AuditToBackendDB: true });
		const trail = createAuditTrail(store, () => config, log);
		await trail({ ...entry, instance: "db2:3306", clusterName: "" });
		await trail({ ...entry, instance: "", clusterName: "", message: "all" });
		expect(told).toEqual([
			"auditType:takeover instance:db2:3306 cluster:db1:3306 message:one\ttwo\nthree",
			"auditType:takeover instance::0 cluster: message:all",
		]);
		expect(
			(await store.audit.page({ page: 0 })).map((each) => each.clusterName),
		).toEqual(["", "db1:3306"]);
	} finally {
		await store.close();
	}
});

const HOSTILE = "gone\u001b[2J\0\u0085\u2028forged\u202e\u009b";

it("forges no line, and does nothing to a terminal", async () => {
	const store = await openStore({ file: join(folder, "store.sqlite3") });
	try {
		const AuditLogFile = join(folder, "audit.log");
		const config = withValues(documentedDefaults(), {
			AuditLogFile,
			AuditToSyslog: true,
		});
		const logger = join(folder, "logger");
		const syslog = join(folder, "syslog");
		writeFileSync(
			logger,
			`#!/bin/sh\nshift 5\nprintf '%s\n' "$1" >> ${syslog}\n`,
			{ mode: 0o755 },
		);
		const trail = createAuditTrail(
			store,
			() => config,
			undefined,
			createSyslog(logger),
		);
		await trail({ ...entry, message: HOSTILE });
		// Longer than one argument of a program may be.
		await trail({ ...entry, message: "é".repeat(100_000) });
		const shown = "gone\ufffd[2J\ufffd forged\ufffd\ufffd";
		expect(readFileSync(AuditLogFile, "utf8").split("\n")[0]).toBe(
			`${localTimeText(entry.atMs)}\ttakeover\tdb1\t3306\t[db1:3306]\t${shown}\t`,
		);
		const [first, second] = readFileSync(syslog, "utf8").split("\n");
		expect(first).toBe(
			`auditType:takeover instance:db1:3306 cluster:db1:3306 message:${shown}`,
		);
		expect(second?.length).toBeGreaterThan(20_000);
	} finally {
		await store.close();
	}
});

it("goes to the syslog on one line, and then not to the log", async () => {
	const store = await openStore({ file: join(folder, "store.sqlite3") });
	try {
		const told: string[] = [];
		const log = { info: (text: string) => void told.push(text) };
		const config = withValues(documentedDefaults(), { AuditToSyslog: true });
		const logger = join(folder, "logger");
		writeFileSync(
			logger,
			`#!/bin/sh\nprintf '%s|' "$@" >> ${join(folder, "syslog")}\n`,
			{ mode: 0o755 },
		);
		await createAuditTrail(
			store,
			() => config,
			log,
			createSyslog(logger),
		)(entry);
		expect(readFileSync(join(folder, "syslog"), "utf8")).toBe(
			"-t|orchestrator|-p|user.info|--|auditType:takeover instance:db1:3306 cluster:db1:3306 message:one two three|",
		);
		expect(told).toEqual([]);
		const missing = createSyslog(join(folder, "no-logger"));
		await expect(
			createAuditTrail(store, () => config, log, missing)(entry),
		).rejects.toThrow("no-logger");
	} finally {
		await store.close();
	}
});

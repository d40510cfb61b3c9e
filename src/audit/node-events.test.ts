import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults, withValues } from "../config/keys.ts";
import type { Store } from "../store/contract.ts";
import { openStore } from "../store/open-store.ts";
import {
	configurationReloaded,
	createNodeAudit,
	housekeepingDone,
	shutDown,
} from "./node-events.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

let folder: string;
let store: Store;
let warned: string[];
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "baton-audit-"));
	store = await openStore({ file: join(folder, "store.sqlite3") });
	warned = [];
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true, force: true });
});

const telling = (AuditLogFile: string) =>
	createNodeAudit({
		store,
		config: () =>
			withValues(documentedDefaults(), {
				AuditLogFile,
				AuditToBackendDB: true,
			}),
		nowMs: () => AT,
		log: { info: () => undefined, warn: (text) => void warned.push(text) },
	});

it("tells what a node did by itself, and nothing of what it found nothing of", async () => {
	const tell = telling("");
	await tell(configurationReloaded("SIGHUP"), shutDown("SIGTERM"));
	await tell(
		...housekeepingDone({
			purged: { downtimes: 2, clusterAliases: 1, audit: 9 },
			renamed: ["db1:3306"],
		}),
	);
	await tell(...housekeepingDone({ purged: {}, renamed: [] }));
	const rows = await store.audit.page({ page: 0 });
	expect(
		rows
			.toReversed()
			.map(({ type, instance, message }) => [type, instance, message]),
	).toEqual([
		["reload-configuration", "", "Triggered via SIGHUP"],
		["shutdown", "", "Triggered via SIGTERM"],
		["expire-downtime", "", "Expired downtimes: 2"],
		["forget-clustr-aliases", "", "Forgotten cluster aliases: 1"],
		["forget-unseen-differently-resolved", "", "Forgotten instances: 1"],
	]);
	expect(warned).toEqual([]);
});

it("goes on when the audit cannot be written, and says so", async () => {
	await telling("/no/such/folder/audit")(shutDown("SIGTERM"));
	expect(warned).toEqual([
		expect.stringContaining("the audit could not be written: "),
	]);
});

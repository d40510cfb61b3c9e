// A configuration with which a node must not begin to watch anything.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/baton", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "baton-refused-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const started = (config: Readonly<Record<string, unknown>>) => {
	const file = join(directory, "baton.conf.json");
	writeFileSync(
		file,
		JSON.stringify({
			BatonDataDirectory: directory,
			ListenAddress: "127.0.0.1:0",
			...config,
		}),
	);
	return new Promise<{ code: number | null; stderr: string }>(
		(resolve, reject) => {
			const child = spawn(PROGRAM, ["-config", file, "http"], {
				stdio: ["ignore", "ignore", "pipe"],
				// One that does start after all is ended.
				timeout: 30_000,
			});
			let stderr = "";
			child.stderr.on("data", (chunk: Buffer) => {
				stderr += chunk.toString("utf8");
			});
			child.on("error", reject);
			child.on("close", (code) => resolve({ code, stderr }));
		},
	);
};

const RAFT = {
	RaftEnabled: true,
	RaftDataDir: directory,
	RaftBind: "192.0.2.1",
	RaftNodes: ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
};
const SQLITE = {
	BackendDB: "sqlite",
	SQLite3DataFile: join(directory, "baton.sqlite3"),
};
const MYSQL = { BackendDB: "mysql", MySQLOrchestratorHost: "127.0.0.1" };
const SHARED_TEMPORAL = { BatonTemporalAddress: "192.0.2.9:7233" };

describe("a node of a raft group is refused at its start", () => {
	for (const [lacks, config] of [
		["no BatonTemporalAddress", { ...RAFT, ...SQLITE }],
		["BackendDB sqlite", { ...RAFT, ...SQLITE, ...SHARED_TEMPORAL }],
		[
			"a Temporal at 127.0.0.1:7233",
			{ ...RAFT, ...MYSQL, BatonTemporalAddress: "127.0.0.1:7233" },
		],
		["a store at 127.0.0.1", { ...RAFT, ...MYSQL, ...SHARED_TEMPORAL }],
	] as const)
		test(`when it would have ${lacks}`, { timeout: 60_000 }, async () => {
			const { code, stderr } = await started(config);
			expect(code, stderr).toBe(1);
			expect(stderr).toContain("RaftNodes names 3 nodes, and there is");
			expect(stderr).toContain(lacks);
			expect(stderr).toContain("each of them could promote a server");
			// Before it touches anything.
			expect(existsSync(SQLITE.SQLite3DataFile)).toBe(false);
			expect(existsSync(join(directory, "temporal"))).toBe(false);
		});
});

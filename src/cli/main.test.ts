import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lineOf } from "../../test/support/command-lines.ts";
import { openStore } from "../store/open-store.ts";
import { unknownInstance } from "../topology/instance.ts";
import { COMMANDS } from "./command-table.ts";
import { createCli } from "./run.ts";
import { createDependencies } from "./wiring.ts";

const SOURCE = fileURLToPath(new URL("main.ts", import.meta.url));

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "baton-main-"));
});
afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(directory, { recursive: true, force: true });
});

/** Of commands that are about a server: nobody listens there. */
const READS = COMMANDS.filter(
	({ access, name }) => access === "reads" && name !== "help",
).map((each) => lineOf(each).replaceAll(/-([id]) db\d/g, "-$1 127.0.0.1:1"));

it("reads, and what is asked in advance, make neither folders nor files", async () => {
	vi.stubEnv("HOME", directory);
	vi.stubEnv("XDG_STATE_HOME", "");
	vi.stubEnv("XDG_DATA_HOME", "");
	const config = join(directory, "baton.conf.json");
	writeFileSync(
		config,
		JSON.stringify({
			BackendDB: "sqlite",
			SQLite3DataFile: join(directory, "not", "there", "baton.sqlite3"),
			HostnameResolveMethod: "none",
			MySQLHostnameResolveMethod: "",
		}),
	);
	const entries = () => readdirSync(directory, { recursive: true }).sort();
	const cli = createCli(createDependencies("baton"));
	const run = async (line: string) => {
		let stdout = "";
		const code = await cli.run(["-config", config, "-c", ...line.split(" ")], {
			stdout: (text) => {
				stdout += text;
			},
			stderr: () => undefined,
		});
		return { code, stdout };
	};
	expect(READS.length).toBeGreaterThan(40);
	for (const line of [...READS, "forget -i db2 -dry-run"]) {
		await run(line);
		expect([line, entries()]).toEqual([line, ["baton.conf.json"]]);
	}
	expect(await run("clusters")).toEqual({ code: 0, stdout: "\n" });
	await run("disable-global-recoveries");
	expect(entries()).toContain(join("not", "there", "baton.sqlite3"));
}, 60_000);

it("ends when a slow reader has got all of it", async () => {
	const config = join(directory, "baton.conf.json");
	const file = join(directory, "baton.sqlite3");
	writeFileSync(
		config,
		JSON.stringify({ BackendDB: "sqlite", SQLite3DataFile: file }),
	);
	const instances = Array.from({ length: 5_000 }, (_, index) =>
		unknownInstance(`a-host-with-a-name-of-some-length-${index}`, 3306),
	);
	const store = await openStore({ file });
	await store.inventory.save(instances);
	await store.close();

	const program = `import("${SOURCE}").then(({ main }) => main("baton"))`;
	// A pipe of the shell: it holds 64 KiB.
	const lines = execFileSync(
		"sh",
		[
			"-c",
			'"$0" --import tsx -e "$1" -- baton -config "$2" -c all-instances | (sleep 3; wc -l)',
			process.execPath,
			program,
			config,
		],
		{ encoding: "utf8" },
	);
	expect(Number(lines)).toBe(instances.length);
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../store/open-store.ts";
import { unknownInstance } from "../topology/instance.ts";

const SOURCE = fileURLToPath(new URL("main.ts", import.meta.url));

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "baton-main-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

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

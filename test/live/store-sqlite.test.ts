// What the file system may do to a SQLite store.

import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const OPEN_STORE = fileURLToPath(
	new URL("../../src/store/open-store.ts", import.meta.url),
);

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "baton-disk-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A full disk needs a file system of its own, and a read-only folder a user who is not root: both in a user namespace. */
const hasNamespaces = (): boolean => {
	try {
		execFileSync("unshare", ["-Urm", "true"], { stdio: "ignore" });
		return true;
	} catch {
		// Another system, or one that does not allow it.
		return false;
	}
};

/** What the script says, as JSON, with the store's folder mounted as told. */
const onMount = async (mount: string, script: string): Promise<unknown> => {
	const program = `
		import { openStore } from ${JSON.stringify(OPEN_STORE)};
		const open = (more = {}) => openStore({ file: ${JSON.stringify(join(directory, "s", "baton.sqlite3"))}, ...more });
		const told = (error) => ({ code: error.code, message: error.message });
		${script}`;
	const { stdout } = await run("unshare", [
		"-Urm",
		"sh",
		"-c",
		`${mount} && exec "$0" "$@"`,
		process.execPath,
		"--import",
		"tsx",
		"--input-type=module",
		"-e",
		program,
	]);
	return JSON.parse(stdout);
};

test.runIf(hasNamespaces())(
	"a full disk refuses an operator's write whole, in plain words; what was written before stays, and space mends it",
	async () => {
		mkdirSync(join(directory, "s"));
		const said = await onMount(
			`mount -t tmpfs -o size=3m none ${join(directory, "s")}`,
			`
			import { rmSync, writeFileSync } from "node:fs";
			const store = await open();
			const filler = ${JSON.stringify(join(directory, "s", "filler"))};
			const put = (pairs) => store.keyValues.put(pairs, 0);
			await put([{ key: "before", value: "kept" }]);
			try { writeFileSync(filler, Buffer.alloc(8_000_000)); } catch {}
			const big = "x".repeat(3_000_000);
			const error = await put([{ key: "small", value: "v" }, { key: "big", value: big }]).then(() => ({}), told);
			const half = (await store.keyValues.get("small")) ?? "nothing";
			const kept = await store.keyValues.get("before");
			rmSync(filler);
			await put([{ key: "small", value: "v" }]);
			const after = await store.keyValues.get("small");
			await store.close();
			process.stdout.write(JSON.stringify({ error, half, kept, after }));`,
		);
		expect(said).toEqual({
			error: {
				code: "StoreUnavailable",
				message: expect.stringContaining("the disk is full; free some space"),
			},
			half: "nothing",
			kept: "kept",
			after: "v",
		});
	},
);

test.runIf(hasNamespaces())(
	"a read-only file system: opening is refused in plain words",
	async () => {
		const folder = join(directory, "s");
		mkdirSync(folder);
		const said = await onMount(
			`mount -t tmpfs none ${folder}`,
			`
			import { execFileSync } from "node:child_process";
			const store = await open();
			await store.keyValues.put([{ key: "k", value: "v" }], 0);
			await store.close();
			execFileSync("mount", ["-o", "remount,ro", ${JSON.stringify(folder)}]);
			const error = await open().then((writer) => writer.check(0)).then(() => ({}), told);
			process.stdout.write(JSON.stringify(error));`,
		);
		expect(said).toEqual({
			code: "StoreUnavailable",
			message: expect.stringMatching(/is read-only here|could not be opened/),
		});
	},
);

test("a folder that may not be written is named", async () => {
	const folder = join(directory, "locked");
	mkdirSync(folder);
	chmodSync(folder, 0o500);
	const { openStore } = await import(OPEN_STORE);
	// root may write anywhere: a file in the place of the folder stops everybody.
	const file =
		process.getuid?.() === 0
			? join("/proc/version", "baton.sqlite3")
			: join(folder, "baton.sqlite3");
	await expect(openStore({ file })).rejects.toMatchObject({
		code: "StoreUnavailable",
		message: expect.stringContaining(file),
	});
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addEntry, entries, withLock } from "./cache.mjs";

let folder;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "baton-cache-"));
	vi.stubEnv("BATON_CACHE", folder);
});

afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(folder, { recursive: true });
});

test("a failed build leaves no entry and no temporary folder", async () => {
	const build = async (temporary) => {
		writeFileSync(join(temporary, "half"), "");
		throw new Error("broken");
	};
	await expect(addEntry("thing", build)).rejects.toThrow("broken");
	expect(readdirSync(folder)).toEqual([]);
});

test("the entry of whoever was first stays", async () => {
	const build = (text) => (temporary) => {
		writeFileSync(join(temporary, text), "");
		return Promise.resolve("thing-1");
	};
	await addEntry("thing", build("first"));
	const entry = await addEntry("thing", build("second"));
	expect(readdirSync(entry)).toEqual(["first"]);
	expect(entries("thing-")).toEqual(["thing-1"]);
});

test("one lock holder at a time", async () => {
	let inside = 0;
	const work = async () => {
		inside++;
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(inside).toBe(1);
		inside--;
	};
	await Promise.all([withLock("one", work), withLock("one", work)]);
});

test("the lock of a process that is gone is taken over", async () => {
	writeFileSync(join(folder, "one.lock"), "999999999");
	await expect(withLock("one", async () => "done")).resolves.toBe("done");
});

import {
	mkdirSync,
	mkdtempSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isBuildStale } from "./stale.mjs";

let root = "";
const put = (path, seconds) => {
	const file = join(root, path);
	mkdirSync(join(file, ".."), { recursive: true });
	writeFileSync(file, "");
	utimesSync(file, seconds, seconds);
};

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "baton-stale-"));
	put("src/deep/a.ts", 100);
	put("dist/cli.js", 200);
	put("dist/workflow-bundle.js", 200);
	put("dist/web/index.html", 200);
});
afterEach(() => rmSync(root, { recursive: true }));

test("a build newer than every source is not stale", () => {
	expect(isBuildStale(root)).toBe(false);
});

test("one changed source makes it stale", () => {
	put("src/deep/b.ts", 300);
	expect(isBuildStale(root)).toBe(true);
});

test("a missing result makes it stale", () => {
	rmSync(join(root, "dist/workflow-bundle.js"));
	expect(isBuildStale(root)).toBe(true);
});

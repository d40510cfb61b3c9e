import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fullPath } from "../api/dispatch.ts";
import { servedRoutes } from "./api.ts";

const ROOT = new URL("../../", import.meta.url);

/** The page of routes has its own list of those that are not served. */
const PAGES = [
	"README.md",
	...readdirSync(new URL("docs/", ROOT))
		.filter((each) => each.endsWith(".md") && each !== "api.md")
		.map((each) => `docs/${each}`),
];

const beginningOf = (path: string): string =>
	path.split("/").slice(0, 3).join("/");

test("each route that a page names is served", async () => {
	const served = new Set(
		(await servedRoutes())
			.filter((each) => !each.isAbsent)
			.map((each) => beginningOf(fullPath(each, ""))),
	);
	expect(served).toContain("/api/discover");
	const named = PAGES.flatMap((page) =>
		[
			...readFileSync(new URL(page, ROOT), "utf8").matchAll(
				/(?<![\w/])\/api\/[a-z][\w./-]*/g,
			),
		].map(([path]) => `${page}: ${beginningOf(path)}`),
	);
	expect(named.length).toBeGreaterThan(0);
	expect(
		named.filter((each) => !served.has(each.split(": ")[1] ?? "")),
	).toEqual([]);
});

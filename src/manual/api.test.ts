import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiDocument, servedRoutes } from "./api.ts";

test("docs/api.md is what the route table says (npx tsx src/manual/api.ts)", async () => {
	const page = new URL("../../docs/api.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(apiDocument(await servedRoutes()));
});

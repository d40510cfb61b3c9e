import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configurationDocument } from "./configuration.ts";

test("docs/configuration.md is what the tables say (npx tsx src/manual/configuration.ts)", () => {
	const page = new URL("../../docs/configuration.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(configurationDocument());
});

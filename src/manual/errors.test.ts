import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorsDocument } from "./errors.ts";

test("docs/errors.md is what the catalogue says (npx tsx src/manual/errors.ts)", () => {
	const page = new URL("../../docs/errors.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(errorsDocument());
});

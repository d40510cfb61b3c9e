import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analysisDocument, wrongSamples } from "./analysis.ts";

test("docs/failure-analysis.md is what the taxonomy says (npx tsx src/manual/analysis.ts)", () => {
	const page = new URL("../../docs/failure-analysis.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(analysisDocument());
});

test("each sample has the code whose sentence it shows", () => {
	expect(wrongSamples()).toEqual([]);
});

import { expect, test } from "vitest";
import { formatSummary } from "./table.ts";

test("a summary is a table with numbers under each other", () => {
	expect(
		formatSummary({
			first_write_ms: { min: 190, median: 280.5, p95: 400, max: 1021.3 },
			lost: { min: 0, median: 0, p95: 0, max: 0 },
		}),
	).toEqual([
		"                min  median  p95     max",
		"first_write_ms  190   280.5  400  1021.3",
		"lost              0       0    0       0",
	]);
});

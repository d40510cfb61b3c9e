import { expect, test } from "vitest";
import { distributionOf, summarise } from "./statistics.ts";

test("the median of an even number is the mean of the middle two", () => {
	expect(distributionOf([40, 10, 30, 20])).toEqual({
		min: 10,
		median: 25,
		p95: 40,
		max: 40,
	});
});

test("p95 of twenty is the nineteenth, not the largest", () => {
	const values = Array.from({ length: 20 }, (_, index) => index + 1);
	expect(distributionOf(values)).toEqual({
		min: 1,
		median: 10.5,
		p95: 19,
		max: 20,
	});
});

test("nothing measured is no distribution, not zero", () => {
	expect(distributionOf([])).toBeUndefined();
	expect(summarise([{ lost: undefined, reason: "killed" }])).toEqual({});
});

test("columns are summarised over the runs that have them", () => {
	expect(
		summarise([{ first_write_ms: 200, lost: 0 }, { first_write_ms: 300 }]),
	).toEqual({
		first_write_ms: { min: 200, median: 250, p95: 300, max: 300 },
		lost: { min: 0, median: 0, p95: 0, max: 0 },
	});
});

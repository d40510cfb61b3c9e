import { expect, test } from "vitest";
import { compareSides, comparisonRows, comparisonSays } from "./comparison.ts";
import { comparedBy, pairOf } from "./pair.ts";

const compared = comparedBy("takeover").slice(0, 1);

const pair = (floor: number, baton: number, lost = 0) =>
	pairOf({ gap_ms: floor, lost: 0 }, { gap_ms: baton, lost }, compared);

test("the ratio is that of each pair: a slow hour slows both of its sides", () => {
	const runs = [pair(20, 30), pair(100, 110), pair(10, 35)];
	const [gap] = compareSides(runs, compared);
	// Of the medians it would be 35 / 20 = 1.75.
	expect(gap?.ratio).toEqual({ min: 1.1, median: 1.5, p95: 3.5, max: 3.5 });
	expect(gap?.floor.median).toBe(20);
	expect(gap?.baton.median).toBe(35);
});

test("a pair with a failed side counts for neither side", () => {
	const failed = pairOf({ failed: "x" }, { gap_ms: 999, lost: 1 }, compared);
	const runs = [pair(20, 30), failed];
	const [gap] = compareSides(runs, compared);
	expect(gap?.baton.max).toBe(30);
	expect(gap?.pairs).toBe(1);
	expect(comparisonSays(compareSides(runs, compared), runs)).toEqual([
		"gap in writes: 1.5 times the floor at the median, 1.5 at worst (1 of 2 pairs)",
		"lost acknowledged writes: 1 with Baton, 0 without a manager",
	]);
});

test("the table has the two sides and the ratio under each other", () => {
	expect(
		comparisonRows(compareSides([pair(20, 31)], compared)).slice(1),
	).toEqual([
		["gap in writes, bare SQL (ms)", "20", "20", "20"],
		["gap in writes, Baton (ms)", "31", "31", "31"],
		["gap in writes, ratio", "1.55", "1.55", "1.55"],
	]);
});

test("nothing is compared when no pair has both sides", () => {
	expect(compareSides([], compared)).toEqual([]);
});

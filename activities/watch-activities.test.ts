import fc from "fast-check";
import { expect, it } from "vitest";
import { groupOf } from "./watch-activities.ts";

it("puts every cluster into exactly one group, the same on every node and in every version", () => {
	expect(
		["shop", "db1.example:3306", "", "日本"].map((each) => groupOf(each, 16)),
	).toMatchInlineSnapshot(`
		[
		  9,
		  0,
		  5,
		  4,
		]
	`);
	fc.assert(
		fc.property(
			fc.string({ unit: "grapheme" }),
			fc.integer({ min: 1, max: 64 }),
			(identity, groups) => {
				const group = groupOf(identity, groups);
				expect(Number.isInteger(group)).toBe(true);
				expect(group).toBeGreaterThanOrEqual(0);
				expect(group).toBeLessThan(groups);
			},
		),
	);
});

it("spreads clusters over the groups", () => {
	const counts = new Array<number>(8).fill(0);
	for (let at = 0; at < 800; at++) {
		const group = groupOf(`cluster-${at}`, 8);
		counts[group] = (counts[group] ?? 0) + 1;
	}
	expect(Math.min(...counts)).toBeGreaterThan(60);
	expect(Math.max(...counts)).toBeLessThan(140);
});

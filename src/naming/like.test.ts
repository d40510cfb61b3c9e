import fc from "fast-check";
import { expect, test } from "vitest";
import { isLike } from "./like.ts";

test.each([
	["db1.ny", "db1.ny", true],
	["DB1.ny", "db1.NY", true],
	["db1.ny", "db1", false],
	["db1.ny", "db1%", true],
	["db1.ny", "%ny", true],
	["db1.ny", "%1.%", true],
	["db1.ny", "d_1.ny", true],
	["db.ny", "d_1.ny", false],
	["db1.ny", "%", true],
	["", "%%", true],
	["", "", true],
	["", "_", false],
	["db1", "db1_", false],
	["aab", "%ab", true],
	["d.1", "d%.1", true],
	["a+b", "a+b", true],
	["a%b", "a%b", true],
])("%j is like %j: %s", (text, pattern, is) => {
	expect(isLike(text, pattern)).toBe(is);
});

test("it is what an expression makes of it", () => {
	const some = fc.string({ unit: fc.constantFrom("a", "b", "%", "_") });
	fc.assert(
		fc.property(
			fc.string({ unit: fc.constantFrom("a", "b") }),
			some,
			(text, pattern) => {
				const source = pattern.replaceAll("%", ".*").replaceAll("_", ".");
				expect(isLike(text, pattern)).toBe(
					new RegExp(`^(?:${source})$`).test(text),
				);
			},
		),
	);
});

test("whatever is asked for, it takes no time", () => {
	const beganMs = performance.now();
	expect(isLike("a".repeat(300), `${"%a".repeat(500)}!`)).toBe(false);
	expect(isLike("a".repeat(300), `${"%".repeat(1_000)}!`)).toBe(false);
	expect(performance.now() - beganMs).toBeLessThan(2_000);
});

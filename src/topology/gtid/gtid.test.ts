import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replica } from "../../../test/support/made-up-servers.ts";
import { compare, contains, missing, received, union } from "./gtid.ts";

const A = "00000000-0000-0000-0000-00000000000a";
const B = "00000000-0000-0000-0000-00000000000b";

describe("one algebra for both families", () => {
	it.each([
		["mysql", `${A}:1-5`, `${A}:1-3:4-5`, "equal"],
		["mysql", `${A}:1-5,${B}:1`, `${A}:1-5`, "ahead"],
		["mysql", `${A}:1-5`, `${A}:1-6`, "behind"],
		["mysql", `${A}:1-5`, `${A}:1-4,${B}:1`, "diverged"],
		["mysql", "", "", "equal"],
		["mariadb", "0-1-100,1-1-1", "1-1-1,0-1-100", "equal"],
		["mariadb", "0-2-101", "0-1-100", "ahead"],
		["mariadb", "0-1-99", "0-1-100", "behind"],
		["mariadb", "0-1-100", "0-2-100", "diverged"],
		["mariadb", "0-1-101,1-1-1", "0-1-100,1-1-2", "diverged"],
	] as const)("%s: %s against %s is %s", (family, a, b, order) => {
		expect(compare(family, a, b)).toBe(order);
	});

	it("unites, contains and tells what is missing", () => {
		expect(union("mysql", `${B}:1`, `${A}:1\n`)).toBe(`${A}:1,${B}:1`);
		expect(union("mariadb", "0-1-5", "0-2-6,1-1-1")).toBe("0-2-6,1-1-1");
		expect(contains("mysql", `${A}:1-5`, `${A}:5`)).toBe(true);
		expect(contains("mysql", `${A}:5`, `${A}:1-5`)).toBe(false);
		expect(missing("mysql", `${A}:1-5`, `${A}:4-8`)).toBe(`${A}:6-8`);
		expect(missing("mariadb", "0-1-5", "0-1-8")).toBe("0-1-8 (after 0-1-5)");
	});

	it("counts the relay log as received", () => {
		expect(
			received(
				replica(
					"r",
					2,
					{ executedGtid: `${A}:1-5` },
					{ retrievedGtid: `${A}:3-9` },
				),
			),
		).toBe(`${A}:1-9`);
		expect(
			received(
				replica(
					"r",
					2,
					{ flavor: "MariaDB", executedGtid: "0-1-5,1-9-7" },
					{ retrievedGtid: "0-1-8" },
				),
			),
		).toBe("0-1-8,1-9-7");
	});

	const texts = {
		mysql: fc
			.array(
				fc.record({
					origin: fc.constantFrom(A, B, `${A}:t`),
					first: fc.integer({ min: 1, max: 4 }),
				}),
			)
			.map((all) => all.map((g) => `${g.origin}:${g.first}`).join(",")),
		mariadb: fc
			.array(
				fc.tuple(
					fc.constantFrom(0, 1),
					fc.constantFrom(1, 2),
					fc.integer({ min: 1, max: 4 }),
				),
				{ maxLength: 3 },
			)
			.map((all) => all.map((g) => g.join("-")).join(",")),
	};
	const mirrored = {
		equal: "equal",
		ahead: "behind",
		behind: "ahead",
		diverged: "diverged",
	} as const;

	it.each(["mysql", "mariadb"] as const)("%s: agrees with itself", (family) => {
		fc.assert(
			fc.property(texts[family], texts[family], (a, b) => {
				const order = compare(family, a, b);
				expect(compare(family, b, a)).toBe(mirrored[order]);
				expect(missing(family, a, b) === "").toBe(contains(family, a, b));
				expect(contains(family, union(family, a, b), a)).toBe(true);
				if (order === "equal")
					expect(union(family, a, "")).toBe(union(family, b, ""));
				if (order === "ahead")
					expect(union(family, a, b)).toBe(union(family, a, ""));
			}),
		);
	});

	it.each(["mysql", "mariadb"] as const)(
		"%s: refuses the other's texts and nonsense",
		(family) => {
			const foreign = family === "mysql" ? "0-1-5" : `${A}:1`;
			for (const bad of [foreign, "nonsense"])
				for (const operate of [union, contains, missing, compare])
					expect(() => operate(family, "", bad)).toThrow(/malformed.*is not/);
		},
	);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import {
	count,
	equals,
	intersect,
	isEmpty,
	isSubset,
	type MySqlGtidSet,
	parseGtidSet,
	printGtidSet,
	subtract,
	union,
	withoutUuids,
} from "./mysql-gtid-set.ts";

const A = "00000000-0000-0000-0000-00000000000a";
const B = "ffffffff-0000-0000-0000-00000000000b";
const canonical = (text: string) => printGtidSet(parseGtidSet(text));

/** A set as the plain list of its GTIDs, and the text that says it in arbitrary order. */
const gtids = fc.array(
	fc.record({
		origin: fc.constantFrom(A, B, `${A}:t`, `${B}:_u2`),
		first: fc.integer({ min: 1, max: 30 }),
		length: fc.integer({ min: 0, max: 6 }),
	}),
	{ maxLength: 12 },
);
type Pieces = { origin: string; first: number; length: number }[];
const textOf = (pieces: Pieces) =>
	pieces.map((p) => `${p.origin}:${p.first}-${p.first + p.length}`).join(",\n");
const modelOf = (pieces: Pieces) =>
	new Set(
		pieces.flatMap((p) =>
			Array.from(
				{ length: p.length + 1 },
				(_, i) => `${p.origin}:${p.first + i}`,
			),
		),
	);
const fromModel = (model: Iterable<string>) =>
	canonical([...model].toSorted().join(","));

describe("MySQL GTID sets", () => {
	it("reads what MySQL 9.7 accepts and prints as it does, in one line", () => {
		expect(
			canonical(
				`${B.toUpperCase()}:3:1-2:7-9, ${A}:b:5:4:A_x:1-3:9\n,${B}:_z:1:8`,
			),
		).toBe(`${A}:a_x:1-3:9:b:4-5,${B}:1-3:7-9:_z:1:8`);
		expect(canonical(`{${A.replaceAll("-", "")}}:1 - 5 : 3 ,,`)).toBe(
			`${A}:1-5`,
		);
		expect(canonical(`${A}:5-3,${B}:t`)).toBe("");
		expect(canonical(" \n")).toBe("");
	});

	it("keeps numbers above 2^53 exact", () => {
		const all = parseGtidSet(`${A}:1-9223372036854775806`);
		const rest = subtract(all, parseGtidSet(`${A}:9007199254740993`));
		expect(printGtidSet(rest)).toBe(
			`${A}:1-9007199254740992:9007199254740994-9223372036854775806`,
		);
		expect(count(rest)).toBe(9223372036854775805n);
	});

	it("accepts whatever else the server reads", () => {
		expect(canonical(`${A}:${"0".repeat(40)}1 -\t0002`)).toBe(`${A}:1-2`);
		expect(canonical(`${A}:3-0`)).toBe("");
		expect(canonical(`${A}:t:u:1,\n${A}\f:T:1`)).toBe(`${A}:t:1:u:1`);
	});

	it.each([
		["nonsense", "nonsense"],
		[`${A}:0`, '\\"0\\"|"0"'],
		[`${A}:1,${B}:1-x`, "1-x"],
		[`${A}:9223372036854775807`, "9223372036854775807"],
		[`${A}:1-99999999999999999999`, "99999999999999999999"],
		[`${A}::1`, A],
		[`:${A}:1`, A],
		[`${A}:t:`, A],
		[`${A}:1;2`, "1;2"],
		[`${A}:1:-2`, "-2"],
		[`${A}:1:${"a".repeat(33)}:1`, "a{33}"],
		[`{${A}:1`, `{${A}`],
		[`${A.replace("-", "")}:1`, A.replace("-", "")],
		[`${A}:1-5:\u00a07`, "\u00a07"],
	])("names the malformed part of %s", (text, part) => {
		const attempt = () => parseGtidSet(text);
		expect(attempt).toThrow(BatonError);
		expect(attempt).toThrow(new RegExp(part));
	});

	it("drops whole originators, tagged too", () => {
		const set = parseGtidSet(`${A}:1-5:t:1,${B}:1`);
		expect(printGtidSet(withoutUuids(set, new Set([A])))).toBe(`${B}:1`);
	});

	it("agrees with plain sets of GTIDs", () => {
		fc.assert(
			fc.property(gtids, gtids, (left, right) => {
				const [a, b] = [
					parseGtidSet(textOf(left)),
					parseGtidSet(textOf(right)),
				];
				const [m, n] = [modelOf(left), modelOf(right)];
				const [listM, listN] = [[...m], [...n]];
				const both = listM.filter((g) => n.has(g));
				const onlyM = listM.filter((g) => !n.has(g));
				expect(printGtidSet(union(a, b))).toBe(fromModel([...listM, ...listN]));
				expect(printGtidSet(subtract(a, b))).toBe(fromModel(onlyM));
				expect(printGtidSet(intersect(a, b))).toBe(fromModel(both));
				expect(isSubset(a, b)).toBe(onlyM.length === 0);
				expect(count(a)).toBe(BigInt(m.size));
				expect(equals(a, b)).toBe(m.size === n.size && onlyM.length === 0);
			}),
		);
	});

	it("obeys the laws of sets", () => {
		fc.assert(
			fc.property(gtids, gtids, gtids, (...pieces) => {
				const [a, b, c] = pieces.map((p) => parseGtidSet(textOf(p))) as [
					MySqlGtidSet,
					MySqlGtidSet,
					MySqlGtidSet,
				];
				expect(equals(parseGtidSet(printGtidSet(a)), a)).toBe(true);
				expect(equals(union(a, b), union(b, a))).toBe(true);
				expect(equals(union(union(a, b), c), union(a, union(b, c)))).toBe(true);
				expect(isEmpty(intersect(subtract(a, b), b))).toBe(true);
				expect(equals(union(subtract(a, b), intersect(a, b)), a)).toBe(true);
				expect(isSubset(a, union(a, b))).toBe(true);
				expect(isSubset(new Map(), a)).toBe(true);
				expect(equals(union(a, a), a)).toBe(true);
				expect(equals(intersect(a, b), intersect(b, a))).toBe(true);
				expect(
					equals(subtract(a, union(b, c)), subtract(subtract(a, b), c)),
				).toBe(true);
				expect(
					equals(
						intersect(a, union(b, c)),
						union(intersect(a, b), intersect(a, c)),
					),
				).toBe(true);
				expect(isSubset(a, b)).toBe(equals(union(a, b), b));
				expect(isSubset(a, b) && isSubset(b, a)).toBe(equals(a, b));
				expect(count(union(a, b)) + count(intersect(a, b))).toBe(
					count(a) + count(b),
				);
				expect(printGtidSet(a) === printGtidSet(b)).toBe(equals(a, b));
			}),
		);
	});

	it("reads any text or refuses it as bad input, naming a part of it", () => {
		const pieces = fc.array(
			fc.constantFrom(
				A,
				B,
				"t",
				"1",
				"5-9",
				"0",
				"{",
				"}",
				..."-:,_ \n\t\u00a0x",
			),
		);
		const texts = fc.oneof(
			fc.string({ unit: "binary", maxLength: 60 }),
			pieces.map((each) => each.join("")),
			pieces.map((each) => `${A}:${each.join(":")}`),
		);
		fc.assert(
			fc.property(texts, (text) => {
				let set: MySqlGtidSet;
				try {
					set = parseGtidSet(text);
				} catch (error) {
					expect(error).toMatchObject({ name: "BatonError", code: "BadInput" });
					const [, named = '""'] =
						/("(?:[^"\\]|\\.)*") is not/.exec((error as Error).message) ?? [];
					expect(named).not.toBe('""');
					expect(text).toContain(JSON.parse(named));
					return;
				}
				const printed = printGtidSet(set);
				expect(printGtidSet(parseGtidSet(printed))).toBe(printed);
			}),
			{ numRuns: 1000 },
		);
	});

	// Quadratic work on texts of this length would take minutes.
	it.each([
		["digits", `${A}:${"1".repeat(1e6)}`],
		["zeros", `${A}:${"0".repeat(1e6)}`],
		["spaces", `${A}:1${" ".repeat(1e6)}x`],
		["a long tag", `${A}:${"a".repeat(1e6)}`],
		["colons", `${A}${":".repeat(1e6)}`],
		["braces", "{".repeat(1e6)],
	])("refuses a million of %s at once", (_what, text) => {
		expect(() => parseGtidSet(text)).toThrow(/^.{0,160}$/);
	});

	it("takes time in proportion to the number of intervals", () => {
		const many = (from: number) =>
			`${A}:${Array.from({ length: 100_000 }, (_, i) => i * 4 + from).join(":")}`;
		const [a, b] = [parseGtidSet(many(1)), parseGtidSet(many(3))];
		const both = union(a, b);
		expect(count(both)).toBe(200_000n);
		expect(equals(subtract(both, b), a)).toBe(true);
		expect(equals(intersect(both, b), b)).toBe(true);
		expect(isSubset(a, both)).toBe(true);
		expect(equals(parseGtidSet(printGtidSet(both)), both)).toBe(true);
	});
});

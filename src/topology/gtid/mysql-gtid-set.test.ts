import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import {
	count,
	EMPTY_GTID_SET,
	equals,
	intersect,
	isEmpty,
	isSubset,
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
		const all = parseGtidSet(`${A}:1-9223372036854775807`);
		const rest = subtract(all, parseGtidSet(`${A}:9007199254740993`));
		expect(printGtidSet(rest)).toBe(
			`${A}:1-9007199254740992:9007199254740994-9223372036854775807`,
		);
		expect(count(rest)).toBe(9223372036854775806n);
	});

	it.each([
		["nonsense", "nonsense"],
		[`${A}:0`, '\\"0\\"|"0"'],
		[`${A}:1,${B}:1-x`, "1-x"],
		[`${A}:9223372036854775808`, "9223372036854775808"],
		[`${A}::1`, A],
		[`${A}:1;2`, "1;2"],
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
					typeof EMPTY_GTID_SET,
					typeof EMPTY_GTID_SET,
					typeof EMPTY_GTID_SET,
				];
				expect(equals(parseGtidSet(printGtidSet(a)), a)).toBe(true);
				expect(equals(union(a, b), union(b, a))).toBe(true);
				expect(equals(union(union(a, b), c), union(a, union(b, c)))).toBe(true);
				expect(isEmpty(intersect(subtract(a, b), b))).toBe(true);
				expect(equals(union(subtract(a, b), intersect(a, b)), a)).toBe(true);
				expect(isSubset(a, union(a, b))).toBe(true);
				expect(isSubset(EMPTY_GTID_SET, a)).toBe(true);
			}),
		);
	});
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import {
	covers,
	describeUnreached,
	furthestOf,
	type GtidPosition,
	parseBinlogState,
	parseGtidPosition,
	printGtidPosition,
	unmatched,
} from "./mariadb-gtid-position.ts";

const at = parseGtidPosition;
const gtid = fc
	.tuple(
		fc.integer({ min: 0, max: 2 }),
		fc.integer({ min: 1, max: 3 }),
		fc.oneof(
			fc.bigInt({ min: 1n, max: 4n }),
			fc.bigInt({ min: 1n, max: 18446744073709551615n }),
		),
	)
	.map((parts) => parts.join("-"));
/** Whether they gave one number of a domain to different transactions. */
const diverge = (a: GtidPosition, b: GtidPosition) =>
	[...a.values()].some(({ domain, server, sequence }) => {
		const other = b.get(domain);
		return other?.sequence === sequence && other.server !== server;
	});
const position = fc.array(gtid, { maxLength: 5 }).map((g) => at(g.join(", ")));

describe("MariaDB GTID positions", () => {
	it("keeps the furthest of a domain and prints by domain as a number", () => {
		expect(
			printGtidPosition(
				at("10-1-5, 2-3-18446744073709551615,\n0-1-99,0-2-100"),
			),
		).toBe("0-2-100,2-3-18446744073709551615,10-1-5");
		expect(printGtidPosition(at(" "))).toBe("");
		expect(printGtidPosition(at(`00-01-${"0".repeat(30)}5`))).toBe("0-1-5");
		expect(printGtidPosition(at("0-2-100,0-1-100"))).toBe("0-2-100");
	});

	it.each([
		"0-1",
		"0-1-x",
		"0--1",
		"0-1-5-6",
		"0-1-18446744073709551616",
		"4294967296-1-1",
		"0-4294967296-1",
	])("refuses %s and names it", (bad) => {
		expect(() => at(`0-1-5,${bad}`)).toThrow(BatonError);
		expect(() => at(`0-1-5,${bad}`)).toThrow(bad);
	});

	it("covers domain by domain", () => {
		expect(covers(at("0-1-100,1-2-5"), at("0-2-99"))).toBe(true);
		expect(covers(at("0-1-100"), at("0-1-100,1-2-5"))).toBe(false);
		expect(covers(at("0-1-100"), at("0-2-100"))).toBe(false);
		expect(describeUnreached(at("0-1-100"), at("0-2-120,1-2-5"))).toBe(
			"0-2-120 (after 0-1-100), 1-2-5",
		);
	});

	it("orders positions", () => {
		fc.assert(
			fc.property(position, position, position, (a, b, c) => {
				expect(covers(a, a)).toBe(true);
				if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true);
				if (covers(a, b) && covers(b, a)) expect(a).toEqual(b);
				expect(covers(furthestOf(a, b), a)).toBe(true);
				expect(at(printGtidPosition(a))).toEqual(a);
				expect(covers(a, b)).toBe(describeUnreached(a, b) === "");
			}),
		);
	});

	it("unites positions", () => {
		fc.assert(
			fc.property(position, position, position, (a, b, c) => {
				const both = furthestOf(a, b);
				expect(furthestOf(a, a)).toEqual(a);
				expect(furthestOf(both, c)).toEqual(furthestOf(a, furthestOf(b, c)));
				if (!diverge(a, b)) {
					expect(furthestOf(b, a)).toEqual(both);
					expect(covers(both, b)).toBe(true);
				}
				if (covers(a, b)) expect(both).toEqual(a);
			}),
		);
	});

	it("reads any text or refuses it as bad input, naming a part of it", () => {
		const texts = fc.oneof(
			fc.string({ unit: "binary", maxLength: 40 }),
			fc
				.array(fc.constantFrom(..."0129-, \nx", "18446744073709551615"))
				.map((each) => each.join("")),
		);
		fc.assert(
			fc.property(texts, (text) => {
				for (const parse of [parseGtidPosition, parseBinlogState])
					try {
						const printed = printGtidPosition(parse(text));
						expect(printGtidPosition(parse(printed))).toBe(printed);
					} catch (error) {
						expect(error).toMatchObject({
							name: "BatonError",
							code: "BadInput",
						});
						const [, named = '""'] =
							/("(?:[^"\\]|\\.)*") is not/.exec((error as Error).message) ?? [];
						expect(named).not.toBe('""');
						expect(text).toContain(JSON.parse(named));
					}
			}),
			{ numRuns: 1000 },
		);
	});

	it("handles very long text at once", () => {
		expect(() => at("1".repeat(1e6))).toThrow(BatonError);
		expect(() => at(`0-1-${"0".repeat(1e6)}x`)).toThrow(BatonError);
		const many = Array.from({ length: 100_000 }, (_, i) => `${i}-1-${i + 1}`);
		const position = at(many.join(","));
		expect(printGtidPosition(furthestOf(position, position))).toBe(
			many.join(","),
		);
		expect(covers(position, position)).toBe(true);
	});
});

describe("unmatched", () => {
	const standing = (positionText: string, state: string) => ({
		position: at(positionText),
		binlogState: parseBinlogState(state),
	});
	const extra = (
		of: ReturnType<typeof standing>,
		other: ReturnType<typeof standing>,
		trust = false,
	) =>
		unmatched(of, other, trust).map(
			(g) => `${g.domain}-${g.server}-${g.sequence}`,
		);

	it("finds what the other logged less of", () => {
		const old = standing("0-1-101", "0-1-101");
		const promoted = standing("0-2-150", "0-1-100,0-2-150");
		expect(extra(old, promoted)).toEqual(["0-1-101"]);
		expect(extra(old, promoted, true)).toEqual(["0-1-101"]);
		expect(extra(promoted, old)).toEqual(["0-2-150"]);
	});

	it("believes a position past an unlogged server only when told to", () => {
		const old = standing("0-1-101", "0-1-101");
		const provisionedLater = standing("0-2-150", "0-2-150");
		expect(extra(old, provisionedLater, true)).toEqual([]);
		expect(extra(old, provisionedLater)).toEqual(["0-1-101"]);
	});

	it("takes the server's own GTID in the position as there, logged or not", () => {
		const notLogging = standing("0-1-101", "");
		expect(extra(standing("0-1-101", "0-1-101"), notLogging)).toEqual([]);
		expect(extra(standing("0-1-102", "0-1-102"), notLogging)).toEqual([
			"0-1-102",
		]);
	});

	it("finds nothing that a server has more than itself, and only what is in its logs", () => {
		const standings = fc
			.tuple(fc.array(gtid, { maxLength: 4 }), fc.array(gtid, { maxLength: 6 }))
			.map(([own, state]) => standing(own.join(","), state.join(",")));
		fc.assert(
			fc.property(standings, standings, fc.boolean(), (a, b, trust) => {
				expect(extra(a, a, trust)).toEqual([]);
				const logged = printGtidPosition(a.binlogState).split(",");
				const found = extra(a, b, trust);
				for (const each of found) expect(logged).toContain(each);
				expect(extra(a, b, false)).toEqual(expect.arrayContaining(found));
			}),
		);
	});
});

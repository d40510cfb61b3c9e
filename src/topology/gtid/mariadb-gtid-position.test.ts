import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatonError } from "../../errors.ts";
import {
	covers,
	describeUnreached,
	furthestOf,
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
		fc.bigInt({ min: 1n, max: 18446744073709551615n }),
	)
	.map((parts) => parts.join("-"));
const position = fc.array(gtid, { maxLength: 5 }).map((g) => at(g.join(", ")));

describe("MariaDB GTID positions", () => {
	it("keeps the furthest of a domain and prints by domain as a number", () => {
		expect(
			printGtidPosition(
				at("10-1-5, 2-3-18446744073709551615,\n0-1-99,0-2-100"),
			),
		).toBe("0-2-100,2-3-18446744073709551615,10-1-5");
		expect(printGtidPosition(at(" "))).toBe("");
	});

	it.each(["0-1", "0-1-x", "0-1-18446744073709551616", "4294967296-1-1"])(
		"refuses %s and names it",
		(bad) => {
			expect(() => at(`0-1-5,${bad}`)).toThrow(BatonError);
			expect(() => at(`0-1-5,${bad}`)).toThrow(bad);
		},
	);

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
			}),
		);
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
});

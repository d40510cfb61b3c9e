import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	compareCoordinates,
	isBefore,
	isDetachedCoordinates,
	nextBinlogFile,
	parseCoordinates,
	reattachedCoordinates,
	sameBinlogBasename,
} from "./coordinates.ts";
import type { Coordinates } from "./instance.ts";

const at = (file: string, position = 4): Coordinates => ({ file, position });
const textOf = ({ file, position }: Coordinates) => `${file}:${position}`;

/** As servers number their files: six digits, more once those do not do. */
const fileOf = (basename: string, number: number) =>
	`${basename}.${String(number).padStart(6, "0")}`;
const basenames = fc.constantFrom("mysql-bin", "db.1-bin", "relay:1", "");
const numbers = fc.oneof(
	fc.integer({ min: 1, max: 12 }),
	fc.integer({ min: 999_990, max: 1_000_010 }),
	fc.integer({ min: 1, max: 2 ** 31 - 1 }),
);
const positions = fc.oneof(fc.integer({ min: 4, max: 9 }), fc.maxSafeNat());
const coordinates = fc
	.tuple(basenames, numbers, positions)
	.map(([basename, number, position]) =>
		at(fileOf(basename, number), position),
	);
const anyCoordinates = fc.oneof(
	coordinates,
	fc.record({ file: fc.string(), position: fc.maxSafeNat() }),
);

describe("order", () => {
	it("takes file numbers as numbers", () => {
		const sorted = [
			at("b.1000000"),
			at("b.999999", 500),
			at("b.999999", 70),
			at(""),
		].sort(compareCoordinates);
		expect(sorted.map(textOf)).toEqual([
			":4",
			"b.999999:70",
			"b.999999:500",
			"b.1000000:4",
		]);
	});

	it("is that of file numbers, then of positions", () => {
		fc.assert(
			fc.property(numbers, numbers, positions, positions, (m, n, p, q) => {
				const a = at(fileOf("b", m), p);
				const b = at(fileOf("b", n), q);
				expect(isBefore(a, b)).toBe(m < n || (m === n && p < q));
			}),
		);
	});

	it("is total, and finds only equal ones equal", () => {
		fc.assert(
			fc.property(anyCoordinates, anyCoordinates, anyCoordinates, (a, b, c) => {
				const order = compareCoordinates(a, b);
				expect(Math.sign(order)).toBe(-Math.sign(compareCoordinates(b, a)) + 0);
				expect(order === 0).toBe(
					a.file === b.file && a.position === b.position,
				);
				if (order <= 0 && compareCoordinates(b, c) <= 0)
					expect(compareCoordinates(a, c)).toBeLessThanOrEqual(0);
			}),
		);
	});

	it("is none between series", () => {
		expect(
			sameBinlogBasename(at("db.1-bin.000009"), at("db.1-bin.000010")),
		).toBe(true);
		expect(sameBinlogBasename(at("a-bin.000009"), at("b-bin.000009"))).toBe(
			false,
		);
		expect(isBefore(at("a-bin.000009"), at("b-bin.000010"))).toBe(false);
		expect(isBefore(at(""), at("b-bin.000010"))).toBe(false);
	});
});

describe("the file after one", () => {
	it.each([
		["mysql-bin.000009", "mysql-bin.000010"],
		["mysql-bin.999999", "mysql-bin.1000000"],
		["db.1-bin.099999", "db.1-bin.100000"],
		["b.0009999", "b.0010000"],
	])("%s is followed by %s", (file, next) => {
		expect(nextBinlogFile(file)).toBe(next);
	});

	it("is none without a number", () => {
		for (const file of [
			"",
			"mysql-bin",
			"b.index",
			"b.",
			`b.${"9".repeat(40)}`,
		])
			expect(nextBinlogFile(file)).toBeUndefined();
	});

	it("comes right behind it, in its series", () => {
		fc.assert(
			fc.property(basenames, numbers, (basename, number) => {
				const file = fileOf(basename, number);
				const next = nextBinlogFile(file) ?? "";
				expect(next).toBe(fileOf(basename, number + 1));
				expect(isBefore(at(file, 1e9), at(next))).toBe(true);
			}),
		);
	});
});

describe("reading", () => {
	it("reads what was printed", () => {
		fc.assert(
			fc.property(coordinates, (each) => {
				expect(parseCoordinates(textOf(each))).toEqual(each);
				expect(parseCoordinates(` ${textOf(each)}\n`)).toEqual(each);
			}),
		);
	});

	it.each(["", "b.000001", "b.000001:", ":4", "b.000001:-4", "b:4x", "b:1e3"])(
		"refuses %j and names it",
		(text) => {
			expect(() => parseCoordinates(text)).toThrow(
				`malformed coordinates: ${JSON.stringify(text)} is not file:position`,
			);
		},
	);

	it("reads any text or refuses it as bad input", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string({ unit: "binary" }),
					fc.string().map((s) => `${s}:99999999999999999999`),
					fc.nat().map((n) => `${"a:".repeat(n % 9)}${n}`),
				),
				(text) => {
					try {
						const read = parseCoordinates(text);
						expect(parseCoordinates(textOf(read))).toEqual(read);
					} catch (error) {
						expect(error).toMatchObject({
							name: "BatonError",
							code: "BadInput",
						});
					}
				},
			),
		);
		expect(() => parseCoordinates(":1".repeat(500_000))).not.toThrow();
		expect(() => parseCoordinates(`${":1".repeat(500_000)}x`)).toThrow();
	});
});

it("sees through the detached form", () => {
	const detached = at("//mysql-bin.000123:4567", 4);
	expect(isDetachedCoordinates(detached)).toBe(true);
	expect(reattachedCoordinates(detached)).toEqual(at("mysql-bin.000123", 4567));
	expect(parseCoordinates("//mysql-bin.000123:4567:4")).toEqual(detached);
	for (const attached of [at("mysql-bin.000123"), at("//host"), at("")]) {
		expect(isDetachedCoordinates(attached)).toBe(false);
		expect(reattachedCoordinates(attached)).toBe(attached);
	}
});

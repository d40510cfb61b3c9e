import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortened, withShortSets } from "./shortened.ts";

const LONG = Array.from(
	{ length: 5_000 },
	(_, at) => `${String(at).padStart(8, "0")}-0000-0000-0000-000000000001:1-3:5`,
).join(",");

describe("a sentence with GTID sets", () => {
	it("shows the beginning of those that are too long to be read", () => {
		expect(shortened(`a lacks ${LONG} and b has it, ${LONG}`)).toBe(
			`a lacks ${LONG.slice(0, 400)}… (${LONG.length} characters) and b has it, ${LONG.slice(0, 400)}… (${LONG.length} characters)`,
		);
	});

	it("stays as it is when it only is long", () => {
		const text = Array.from({ length: 1_000 }, (_, at) => `db${at}:3306`).join(
			", ",
		);
		expect(shortened(text)).toBe(text);
		expect(shortened(LONG.slice(0, 1_000))).toBe(LONG.slice(0, 1_000));
	});
});

it("data stays the same but for its long sets, and is small whatever those are", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			expect(withShortSets(value)).toEqual(value);
		}),
	);
	expect(
		withShortSets({ says: LONG, list: [{ says: LONG }, 1, null, true] }),
	).toEqual({
		says: shortened(LONG),
		list: [{ says: shortened(LONG) }, 1, null, true],
	});
});

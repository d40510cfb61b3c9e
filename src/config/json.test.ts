import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonSyntaxError, type JsonValue, readJsonObject } from "./json.ts";

const plain = (value: JsonValue): unknown => {
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== "object" || value === null) return value;
	if ("literal" in value) return Number(value.literal);
	if ("members" in value)
		return Object.fromEntries(
			value.members.map(([name, item]) => [name, plain(item)]),
		);
	return value;
};

test("reads whatever JSON.stringify writes, and ignores what follows", () => {
	fc.assert(
		fc.property(
			fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
			fc.constantFrom(0, 2, "\t"),
			fc.string(),
			(object, space, trailer) => {
				const text = JSON.stringify(object, null, space);
				expect(plain(readJsonObject(text + trailer))).toEqual(JSON.parse(text));
			},
		),
	);
});

test("throws nothing but JsonSyntaxError, and accepts nothing JSON.parse refuses", () => {
	const fragment = fc.constantFrom(
		...'{}[]:,"\\ \n0-.eE+'.split(""),
		"null",
		"true",
		'"a"',
		"\\u00",
	);
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.array(fragment).map((parts) => `{${parts.join("")}`),
			),
			(text) => {
				try {
					readJsonObject(text);
				} catch (error) {
					expect(error).toBeInstanceOf(JsonSyntaxError);
					return;
				}
				// It took a prefix of the text, which must be JSON by itself.
				const prefixes = [...text].map((_, end) => text.slice(0, end + 1));
				expect(
					prefixes.some((prefix) => {
						try {
							return typeof JSON.parse(prefix) === "object";
						} catch {
							return false;
						}
					}),
				).toBe(true);
			},
		),
		{ numRuns: 500 },
	);
});

test.each([
	["", "line 1, column 1: the file is empty"],
	["\uFEFF{}", "byte-order mark"],
	["[1]", "expected one object"],
	['{"a":1,}', "line 1, column 8: expected a key"],
	['{\n  "a": tru\n}', "line 2, column 8: expected a value"],
	['{"a":"x\ny"}', "control code"],
	['{"a" // no\n:1}', 'expected ":"'],
	[`{"a":${"[".repeat(100_000)}`, "nested too deeply"],
])("refuses %j", (text, message) => {
	expect(() => readJsonObject(text)).toThrow(message);
});

test("an error quotes nothing of the text", () => {
	expect(() => readJsonObject('{"Password": "s3cret" x}')).toThrow(
		/^(?!.*s3cret)/,
	);
});

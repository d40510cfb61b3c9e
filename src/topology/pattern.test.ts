import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { compilePattern, patternMatches, quickHostPattern } from "./pattern.ts";

test.each([
	["", "anything", true],
	["db[.]example", "x.db.example.org:3306", true],
	["(?i)DB-", "db-1", true],
	["DB-", "db-1", false],
	["\\Adb\\z", "db", true],
	["\\Adb\\z", "db1", false],
	["^(?P<dc>[a-z]+)-", "ams-db1", true],
	["^[[:alpha:]_]+$", "ab_c", true],
	["^[[:alpha:]]+$", "ab1", false],
	["^[]a]+$", "]a]", true],
	["^[^]]$", "]", false],
	["^[a[]+$", "[a", true],
	["^\\Qa.b\\E$", "a.b", true],
	["^\\Qa.b\\E$", "axb", false],
	["^\\x{64}b$", "db", true],
	["a\\-b\\_c\\:d", "a-b_c:d", true],
	["(?:a|b){2}", "ab", true],
	[":3307$", "host:3307", true],
])("%j in %j: %s", (pattern, text, expected) => {
	expect(patternMatches(pattern, text)).toBe(expected);
});

test("the first group of a pattern is at hand", () => {
	expect(compilePattern("db-([a-z]+)[.]")?.exec("x.db-ams.org")?.[1]).toBe(
		"ams",
	);
});

test.each([
	"*",
	"(",
	"[a",
	"a(?=b)",
	"a(?!b)",
	"(?<=a)b",
	"(?<!a)b",
	"(a)\\1",
	"a(?i)b",
	"(?i:a)",
	"\\pL",
	"[\\p{Greek}]",
	"[[:^alpha:]]",
	"[[:nosuch:]]",
	"\\",
])("%s is invalid here and never matches", (pattern) => {
	expect(compilePattern(pattern)).toBeUndefined();
	expect(patternMatches(pattern, "ab")).toBe(false);
});

test("no text makes compiling throw", () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc
					.array(fc.constantFrom(..."[](){}?*+|^$.\\:PQEaz-<>i,1".split("")))
					.map((parts) => parts.join("")),
			),
			(pattern) => {
				compilePattern(pattern);
			},
		),
		{ numRuns: 2000 },
	);
});

describe("a pattern that a node searches with", () => {
	const name = `${"a".repeat(128)}!:3306`;

	it.each([
		"db[23]",
		"^db-\\d+\\.example\\.com:3306$",
		"(?i)EU-.*-replica",
		"(eu|us)-west",
		"(?:db){2}",
		"db.*\\.(ny|la):33[0-9]{2}",
		"[[:alpha:]]+",
	])("is one: %s", (source) =>
		expect(quickHostPattern(source)).toBeInstanceOf(RegExp),
	);

	it.each([
		"(a+)+$",
		"(a|a)*$",
		"((a*)b?)*$",
		"((?:a{1,50})){1,50}$",
		".*.*.*.*.*.*x",
		`${"a?".repeat(30)}${"a".repeat(30)}`,
		"(?P<n>a+)*$",
		"(",
		"(?=a)",
		"\\Q[\\E(a+)+\\Q]\\E",
	])("is none: %s", (source) =>
		expect(quickHostPattern(source)).toBeUndefined(),
	);

	it("is through at once, whatever it is", () => {
		fc.assert(
			fc.property(
				fc.stringMatching(/^[a.()|*+?{}0-9,[\]^$]{1,24}$/),
				(source) => {
					const beganMs = performance.now();
					quickHostPattern(source)?.test(name);
					expect(performance.now() - beganMs).toBeLessThan(2_000);
				},
			),
			{ numRuns: 2_000 },
		);
	});
});

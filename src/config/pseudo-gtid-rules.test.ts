import { expect, test } from "vitest";
import { documentedDefaults, withValues } from "./keys.ts";
import { logChunkRows, markerRules } from "./pseudo-gtid-rules.ts";

const rules = (values: Parameters<typeof withValues>[1]) =>
	markerRules(withValues(documentedDefaults(), values));

test.each<[string, boolean, string, boolean]>([
	["a.c", false, "xabcx", true],
	["^a.c$", false, "xabcx", false],
	["a.c", true, "xabcx", false],
	["a.c", true, "xa.cx", true],
	["(?i)DROP VIEW", false, "drop view x", true],
	["DROP VIEW", false, "drop view x", false],
])("%s (text: %s) matches %s: %s", (pattern, isText, info, matches) => {
	expect(
		rules({
			PseudoGTIDPattern: pattern,
			PseudoGTIDPatternIsFixedSubstring: isText,
		}).isMarker(info),
	).toBe(matches);
});

test("what no marker is as long as is none, and is not searched for ever", () => {
	const { isMarker } = rules({ PseudoGTIDPattern: "a.*b.*c" });
	expect(isMarker("abc")).toBe(true);
	const beganMs = performance.now();
	expect(isMarker("ab".repeat(500_000))).toBe(false);
	expect(performance.now() - beganMs).toBeLessThan(1_000);
});

test("no pattern, or one that is none, is refused with what to do", () => {
	expect(() => rules({})).toThrow("set PseudoGTIDPattern to what");
	expect(() => rules({ PseudoGTIDPattern: "(?=x)" })).toThrow(
		'PseudoGTIDPattern "(?=x)" is no regular expression that RE2 takes',
	);
});

test("an empty text skips nothing", () => {
	expect(
		rules({
			PseudoGTIDPattern: "x",
			SkipBinlogEventsContaining: ["", "ANONYMOUS"],
		}).skipped,
	).toEqual(["ANONYMOUS"]);
});

test.each([
	[3, 3],
	[0, 10_000],
	[-1, 10_000],
])("a chunk of %d rows is one of %d", (BinlogEventsChunkSize, rows) => {
	expect(logChunkRows({ BinlogEventsChunkSize })).toBe(rows);
});

import { expect, test } from "vitest";
import {
	goTime,
	keyMap,
	nameJson,
	nullableInteger,
	quotedError,
	timestamp,
} from "./values.ts";

test("sorts a key map by host, then by port as a number", () => {
	expect(keyMap(["b:1", "a:10000", "a:3306", "b:1"])).toEqual([
		{ Hostname: "a", Port: 3306 },
		{ Hostname: "a", Port: 10000 },
		{ Hostname: "b", Port: 1 },
	]);
});

test("names nothing by the empty key", () => {
	expect(nameJson("")).toEqual({ Hostname: "", Port: 0 });
});

test("writes times in both forms, and never as such", () => {
	const at = Date.UTC(2026, 10, 22, 20, 49, 18, 5);
	expect(timestamp(at)).toBe("2026-11-22 20:49:18");
	expect(timestamp(0)).toBe("");
	expect(goTime(at)).toBe("2026-11-22T20:49:18.005Z");
	expect(goTime(0)).toBe("0001-01-01T00:00:00Z");
});

test("tells NULL from zero", () => {
	expect(nullableInteger(null)).toEqual({ Int64: 0, Valid: false });
	expect(nullableInteger(0)).toEqual({ Int64: 0, Valid: true });
});

test("quotes a server's error, leaves none blank", () => {
	expect(quotedError("")).toBe("");
	expect(quotedError('Could not "do"\n\u0001ä😀')).toBe(
		'"Could not \\"do\\"\\n\\x01\\u00e4\\U0001f600"',
	);
	// As orchestrator stored it.
	expect(quotedError('"Could not \\"do\\"\\n"')).toBe(
		'"Could not \\"do\\"\\n"',
	);
	expect(quotedError('"a" and "b"')).toBe('"\\"a\\" and \\"b\\""');
});

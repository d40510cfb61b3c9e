import { expect, test } from "vitest";
import { toGoJson } from "./go-json.ts";

test("escapes what the reference escapes, and stays the same after parsing", () => {
	const value = { Message: 'a<b> & \u2028 "c"\n', N: 1, L: [null, true] };
	const text = toGoJson(value);
	expect(text).toContain("a\\u003cb\\u003e \\u0026 \\u2028");
	expect(JSON.parse(text)).toEqual(value);
});

test("emits 64-bit integers unrounded", () => {
	expect(toGoJson({ T: 18446744073709551615n })).toBe(
		'{"T":18446744073709551615}',
	);
});

import { expect, test } from "vitest";
import { span } from "./words.ts";

test.each([
	[0, "0s"],
	[59.6, "1m"],
	[185, "3m 5s"],
	[90_061, "1d 1h"],
	[-3, "0s"],
])("%d seconds are %s", (seconds, text) => {
	expect(span(seconds)).toBe(text);
});

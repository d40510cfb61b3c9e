import { expect, test } from "vitest";
import { parseDurationMs } from "./duration.ts";

test.each([
	["59s", 59_000],
	["10m", 600_000],
	["2h", 7_200_000],
	["3d", 259_200_000],
	["1w", 604_800_000],
])("%s", (text, milliseconds) => {
	expect(parseDurationMs(text)).toBe(milliseconds);
});

test.each([
	"",
	"10",
	"m",
	"1h30m",
	"-5m",
	"5 m",
	"5M",
	"1.5h",
	"99999999999999w",
])("%j is no duration", (text) => {
	expect(parseDurationMs(text)).toBeUndefined();
});

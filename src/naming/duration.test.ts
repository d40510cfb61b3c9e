import { expect, test } from "vitest";
import { givenDurationMs, parseDurationMs } from "./duration.ts";

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
	["0s", "none"],
	["99999999999999w", "too long"],
])("%s was read, but is no time that can be: %s", (text, why) => {
	expect(() => givenDurationMs("-duration", text)).toThrow(
		`cannot read -duration "${text}" as a time: it is ${why}; give 1s at least, and at most 104249991d`,
	);
	expect(parseDurationMs("104249991d")).toBeDefined();
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

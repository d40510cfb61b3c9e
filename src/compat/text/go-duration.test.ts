import { expect, test } from "vitest";
import { goDurationText } from "./go-duration.ts";

test.each([
	[0, "0s"],
	[0.0005, "500ns"],
	[0.0571, "57.1µs"],
	[8.929389, "8.929389ms"],
	[10, "10ms"],
	[1500, "1.5s"],
	[123_500, "2m3.5s"],
	[3_605_000, "1h0m5s"],
])("%d ms is %s", (durationMs, text) => {
	expect(goDurationText(durationMs)).toBe(text);
});

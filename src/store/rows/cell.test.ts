import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NEVER, preciseTime, timeCell, timeText } from "./cell.ts";

describe("time cells", () => {
	it("hold whole seconds, UTC", () => {
		expect(timeText(Date.UTC(2026, 1, 3, 4, 5, 6, 999))).toBe(
			"2026-02-03 04:05:06",
		);
		fc.assert(
			fc.property(
				fc.integer({ min: 40_000_000, max: 2 ** 31 - 1 }),
				(seconds) => {
					expect(timeCell(timeText(seconds * 1000))).toBe(seconds * 1000);
				},
			),
		);
	});

	it("go as far as every database can", () => {
		expect(timeText(Date.UTC(2999, 0, 1))).toBe("2038-01-19 03:14:07");
	});

	it("say never for what is no time", () => {
		expect(timeText(0)).toBe(NEVER);
		expect(timeText(Number.NaN)).toBe(NEVER);
		for (const value of [NEVER, "", null, 7, "0000-00-00 00:00:00", "soon"])
			expect(timeCell(value)).toBe(0);
	});

	it("take the forms that other drivers write", () => {
		const ms = Date.UTC(2026, 0, 1, 0, 0, 1, 500);
		expect(timeCell("2026-01-01T00:00:01.5Z")).toBe(ms);
		expect(timeCell("2026-01-01 00:00:01.500000000+00:00")).toBe(ms);
	});

	it("believe the milliseconds only while the second agrees", () => {
		const ms = Date.UTC(2026, 0, 1, 0, 0, 1, 500);
		expect(preciseTime("2026-01-01 00:00:01", ms)).toBe(ms);
		expect(preciseTime("2026-01-01 00:00:02", ms)).toBe(ms + 500);
		expect(preciseTime("2026-01-01 00:00:02", null)).toBe(ms + 500);
	});
});

import { describe, expect, test } from "vitest";
import { compareWrites } from "./checker.ts";
import {
	firstAcknowledgedAfter,
	type Outcome,
	reportWrites,
	type WriteRecord,
	writeGaps,
} from "./writes.ts";

function write(
	id: number,
	outcome: Outcome,
	settledAtMs: number,
	server = "a:1",
): WriteRecord {
	return { id, outcome, server, sentAtMs: settledAtMs - 1, settledAtMs };
}

describe("what is said about writes", () => {
	const records = [
		write(1, "acknowledged", 10),
		write(2, "unknown", 500),
		write(3, "failed", 600, "b:1"),
		write(4, "acknowledged", 900, "b:1"),
	];

	test("outcomes are counted, and the gap runs between acknowledgements", () => {
		const report = reportWrites(records);
		expect(report).toMatchObject({ acknowledged: 2, failed: 1, unknown: 1 });
		expect(report.byServer).toEqual({ "a:1": 1, "b:1": 1 });
		expect(report.longestGap).toMatchObject({
			lengthMs: 890,
			before: "a:1",
			after: "b:1",
		});
	});

	test("gaps below the threshold are left out", () => {
		expect(writeGaps(records, 890)).toEqual([]);
		expect(writeGaps(records, 889)).toHaveLength(1);
	});

	test("the first acknowledgement after a moment counts from when it was sent", () => {
		expect(firstAcknowledgedAfter(records, 9)?.id).toBe(1);
		expect(firstAcknowledgedAfter(records, 9.5)?.id).toBe(4);
		expect(firstAcknowledgedAfter(records, 0, "a:1")?.id).toBe(4);
	});
});

describe("comparing writes with a table", () => {
	test("each kind of surprise is named", () => {
		const records = [
			write(1, "acknowledged", 1),
			write(2, "acknowledged", 2),
			write(3, "failed", 3),
			write(4, "unknown", 4),
			write(5, "unknown", 5),
		];
		expect(compareWrites([1, 1, 3, 4, 9], records)).toEqual({
			rows: 5,
			missingAcknowledged: [2],
			presentFailed: [3],
			presentUnknown: [4],
			duplicated: [1],
			strangers: [9],
		});
	});
});

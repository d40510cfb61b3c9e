import { expect, test } from "vitest";
import type { OperationRecord } from "./operation-record.ts";
import { columnsOf, formatTimeline, timelineOf } from "./timeline.ts";

const activity = (name: string, on: string[], from: number, to: number) => ({
	name,
	on,
	scheduledAtMs: from,
	startedAtMs: from + 1,
	endedAtMs: to,
});

const record = {
	noticedAtMs: 1010,
	declaredAtMs: 1050,
	toldAtMs: 1060,
	startedAtMs: 1100,
	endedAtMs: 1400,
	activities: [
		activity("stopReceiver", ["b:1"], 1120, 1150),
		activity("open", ["b:1"], 1160, 1200),
		activity("moveBelow", ["c:1"], 1160, 1230),
		activity("moveBelow", ["d:1"], 1160, 1260),
	],
} as unknown as OperationRecord;

test("a timeline is in the order of time, with the first write among the steps", () => {
	const entries = timelineOf({
		record,
		failedAtMs: 1000,
		firstWriteAtMs: 1210,
		says: "killed a:1",
	});
	expect(formatTimeline(entries)).toEqual([
		"      0 ms  killed a:1",
		"     10 ms  noticed",
		"     50 ms  declared dead",
		"    100 ms  operation started",
		"    150 ms    stop receiving: b:1  (29 ms)",
		"    200 ms    make writable: b:1  (39 ms)",
		"    210 ms  FIRST SUCCESSFUL WRITE on the new primary",
		"    230 ms    move below the new primary: c:1  (69 ms)",
		"    260 ms    move below the new primary: d:1  (99 ms)",
		"    260 ms  all replicas repointed",
		"    400 ms  operation ended",
	]);
});

test("columns count from the failure, and steps side by side are one column", () => {
	expect(columnsOf(record, 1000)).toMatchObject({
		noticed_ms: 10,
		detect_ms: 50,
		started_ms: 100,
		stop_receiver_took_ms: 30,
		move_below_asked_ms: 160,
		move_below_done_ms: 260,
		move_below_took_ms: 100,
		repointed_ms: 260,
	});
});

test("what was not recorded is left out", () => {
	const { noticedAtMs: _, ...rest } = record;
	const columns = columnsOf(rest as OperationRecord, 1000);
	expect(columns).not.toHaveProperty("noticed_ms");
});

test("every step is told in words, none by its name in the program", () => {
	const one = (name: string) =>
		timelineOf({
			record: {
				...record,
				activities: [activity(name, ["b:1"], 1120, 1150)],
			},
			failedAtMs: 1000,
			firstWriteAtMs: undefined,
			says: "killed a:1",
		}).map(({ says }) => says);
	expect(one("fitSemiSync")).toContain(
		"  see that enough replicas acknowledge: b:1",
	);
	expect(one("account")).toContain("  find out whether it is writable: b:1");
});

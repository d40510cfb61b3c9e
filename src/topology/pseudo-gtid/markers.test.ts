import { describe, expect, test } from "vitest";
import { memoryLog, type Told } from "../../../test/support/memory-logs.ts";
import type { EventLog } from "./event-log.ts";
import {
	findMarker,
	lastEntry,
	lastMarker,
	type MarkerRules,
} from "./markers.ts";

const rules = (monotonicHint = "asc:"): MarkerRules => ({
	isMarker: (info) => info.includes("asc:"),
	monotonicHint,
	skipped: [],
});

const queries = (...infos: string[]): Told[] =>
	infos.map((info) => ["Query", info]);

/** Which files were read, in order, and how many events of each. */
const watched = (log: EventLog) => {
	const reads: [string, number][] = [];
	return {
		reads,
		log: {
			...log,
			read: async function* (file: string, from?: number) {
				const read: [string, number] = [file, 0];
				reads.push(read);
				for await (const event of log.read(file, from)) {
					read[1]++;
					yield event;
				}
			},
		} satisfies EventLog,
	};
};

const logOf = (files: Record<string, Told[]>) =>
	watched(memoryLog("db1:3306", "binary", files));

describe("the last marker", () => {
	const files = {
		"bin.000001": queries("asc:1", "x", "asc:2"),
		"bin.000002": queries("y"),
		"bin.000003": queries("z"),
	};

	test("is searched from the newest file back, as far as asked", async () => {
		const { log, reads } = logOf(files);
		expect(await lastMarker(log, rules(), {})).toEqual({
			coordinates: { file: "bin.000001", position: 24 },
			text: "asc:2",
		});
		expect(reads.map(([file]) => file)).toEqual([
			"bin.000003",
			"bin.000002",
			"bin.000001",
		]);
		expect(await lastMarker(log, rules(), { files: 2 })).toBeUndefined();
	});

	test("before a place ends there", async () => {
		const { log } = logOf(files);
		for (const [position, found] of [
			[34, 24],
			[24, 4],
			[14, 4],
			[4, undefined],
		] as const)
			expect(
				(
					await lastMarker(log, rules(), {
						end: { file: "bin.000001", position },
					})
				)?.coordinates.position,
			).toBe(found);
	});

	test.each([
		[
			5,
			"bin.000001:5 is no place in the binary log bin.000001 of db1:3306: one begins at 4, before it",
		],
		[
			35,
			"bin.000001:35 is no place in the binary log bin.000001 of db1:3306: the log ends at 34",
		],
		[3, "no event can be at bin.000001:3: events begin at position 4"],
	])("before %s is refused", async (position, reason) => {
		const { log } = logOf(files);
		await expect(
			lastMarker(log, rules(), { end: { file: "bin.000001", position } }),
		).rejects.toThrow(reason);
	});

	test("before a file that there is not is refused", async () => {
		const end = { file: "bin.000009", position: 4 };
		await expect(
			lastMarker(logOf(files).log, rules(), { end }),
		).rejects.toThrow(
			'db1:3306 has no binary log "bin.000009"; it has bin.000001 to bin.000003',
		);
		await expect(lastMarker(logOf({}).log, rules(), { end })).rejects.toThrow(
			"db1:3306 has no binary log",
		);
	});

	test("is no event about the log itself", async () => {
		const { log } = logOf({ "bin.000001": [["Rotate", "asc:000002;pos=4"]] });
		expect(await lastMarker(log, rules(), {})).toBeUndefined();
	});
});

test("an entry is its whole text, with or without what the server appended", async () => {
	const { log } = logOf({
		"bin.000001": queries("drop a /* xid=3 */", "drop a and b"),
		"bin.000002": queries("other", "drop a /* xid=9 */", "x"),
	});
	const placeOf = async (text: string) =>
		(await lastEntry(log, text))?.coordinates;
	expect(await placeOf("drop a")).toEqual({ file: "bin.000002", position: 14 });
	expect(await placeOf("drop a /* xid=3 */")).toEqual({
		file: "bin.000001",
		position: 4,
	});
	expect(await placeOf("drop")).toBeUndefined();
});

describe("a marker of another server", () => {
	const files = {
		"bin.000001": queries("asc:1", "asc:2 /* xid=7 */"),
		"bin.000002": queries("asc:3", "a", "b", "asc:4"),
		"bin.000003": queries("asc:5", "c", "d"),
	};

	test("is found; files that begin later are not read to the end", async () => {
		const { log, reads } = logOf(files);
		expect(await findMarker(log, "asc:2 /* xid=1 */", rules())).toEqual({
			coordinates: { file: "bin.000001", position: 14 },
			text: "asc:2",
		});
		expect(reads).toEqual([
			["bin.000003", 1],
			["bin.000002", 1],
			["bin.000001", 2],
		]);
	});

	test("is found where markers do not sort", async () => {
		const { log, reads } = logOf(files);
		expect(await findMarker(log, "asc:2", rules(""))).toBeDefined();
		expect(reads[0]).toEqual(["bin.000003", 3]);
	});

	test("is found behind a later one, which a slower clock wrote", async () => {
		const { log } = logOf({
			"bin.000001": queries("asc:1"),
			"bin.000002": queries("asc:9", "asc:3"),
		});
		expect((await findMarker(log, "asc:3", rules()))?.coordinates).toEqual({
			file: "bin.000002",
			position: 14,
		});
	});

	test("is not found when it is in no file", async () => {
		expect(
			await findMarker(logOf(files).log, "asc:6", rules()),
		).toBeUndefined();
	});
});

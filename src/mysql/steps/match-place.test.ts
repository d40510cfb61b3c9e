import { expect, test } from "vitest";
import {
	EVENT_BYTES,
	memoryLog,
	type Told,
} from "../../../test/support/memory-logs.ts";
import type { EventLog } from "../../topology/pseudo-gtid/event-log.ts";
import { awaitPlace } from "./match-place.ts";

const RULES = {
	isMarker: (info: string) => info.startsWith("marker"),
	monotonicHint: "",
	skipped: [],
};

const MARKER: Told = ["Query", "marker 1"];
const A: Told = ["Query", "insert a"];
const B: Told = ["Query", "insert b"];

const own = {
	log: memoryLog("a:3306", "binary", { "a.1": [MARKER, A] }),
	marker: {
		text: MARKER[1],
		coordinates: { file: "a.1", position: 4 },
	},
};

const other = (...told: Told[]) =>
	memoryLog("b:3306", "binary", { "b.1": told });

/** A log that has got one event more each time that it is asked. */
const growing = (...told: Told[]): EventLog => {
	let asked = 0;
	const now = () => other(...told.slice(0, asked));
	return {
		...now(),
		files: () => {
			asked++;
			return now().files();
		},
		read: (file, from) => now().read(file, from),
	};
};

const place = (log: EventLog, connectWithinMs = 0) =>
	awaitPlace(
		{ nowMs: Date.now, beat: () => undefined, connectWithinMs },
		own,
		log,
		RULES,
		() => undefined,
	);

test("the place is behind the last that both have", async () => {
	expect(await place(other(MARKER, A, B))).toEqual({
		at: { file: "b.1", position: 4 + 2 * EVENT_BYTES },
	});
});

test("a log that has yet to get it is waited for, and not for ever", async () => {
	expect(await place(growing(B, MARKER, A, B), 30_000)).toEqual({
		at: { file: "b.1", position: 4 + 3 * EVENT_BYTES },
	});
	expect(await place(other(B))).toEqual({
		why: expect.stringContaining("is in no binary log of b:3306"),
	});
	expect(await place(other(MARKER))).toEqual({
		why: expect.stringContaining("a:3306 is ahead of b:3306"),
	});
});

test("logs that differ are not waited for", async () => {
	expect(await place(other(MARKER, B), 30_000)).toEqual({
		why: expect.stringContaining("the logs differ"),
	});
});

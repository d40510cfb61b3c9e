import { describe, expect, it } from "vitest";
import { NOW, replica } from "../../test/support/made-up-servers.ts";
import { hearingMark, withSilence } from "./silence.ts";

const undated = replica(
	"a",
	2,
	{ flavor: "MariaDB" },
	{
		silentForMs: null,
		heartbeats: 7,
	},
);
const known = (mark: string) => ({
	"a:3306": { mark, sinceMs: NOW - 4_000 },
});

describe("the mark of what a receiver heard", () => {
	it.each([
		["a heartbeat", { heartbeats: 8 }],
		["an event", { readCoordinates: { file: "bin.1", position: 4 } }],
		["a transaction", { retrievedGtid: "0-1-9" }],
	])("changes with %s", (_, heard) => {
		const after = replica("a", 2, {}, { ...undated.replication, ...heard });
		expect(hearingMark(after)).not.toBe(hearingMark(undated));
	});
});

describe("withSilence", () => {
	it("dates the silence as long as nothing was heard", () => {
		expect(
			withSilence(undated, known(hearingMark(undated)), NOW).replication
				.silentForMs,
		).toBe(4_000);
	});

	it.each([
		["something was heard since", undated, known("other")],
		["nobody watched", undated, {}],
		[
			"the server dates it itself",
			replica("a", 2, {}, { silentForMs: 50 }),
			known("other"),
		],
	])("leaves it alone when %s", (_, instance, silence) => {
		expect(withSilence(instance, silence, NOW)).toBe(instance);
	});
});

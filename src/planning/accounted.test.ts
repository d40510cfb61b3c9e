import { describe, expect, it } from "vitest";
import type { InstanceName } from "../topology/instance-name.ts";
import { keptNow, unsettledIn } from "./accounted.ts";
import type { Done } from "./plan.ts";
import type { Answer, Step } from "./step.ts";

const moved = (on: InstanceName): Step => ({
	do: "moveBelow",
	on,
	channel: "",
	source: "p:3306",
	sourceUuid: "",
	sourceId: 1,
});
const matched: Step = {
	do: "matchBelow",
	on: "b:3306",
	channel: "",
	source: "c:3306",
	sourceUuid: "",
	sourceId: 3,
	by: { way: "pair", of: "c:3306", ofChannel: "", applies: true } as never,
};
const stopped: Step = { do: "stopReceiver", on: "b:3306", channel: "" };
const started: Step = { do: "startReceiver", on: "b:3306", channel: "" };

const done = (
	step: Step,
	outcome: Answer["outcome"],
	effect: Answer["effect"],
): Done => ({
	phase: "move",
	step,
	answer: { outcome, effect, reached: "", says: "" },
});
const lost = done(moved("b:3306"), "failed", "unknown");

describe("a server of which an operation does not know how it stands", () => {
	it("said nothing any more, or refused to go on and to go back", () => {
		expect(unsettledIn([lost])).toEqual(["b:3306"]);
		const unreached = done(moved("b:3306"), "failed", "unchanged");
		expect(unsettledIn([lost, unreached])).toEqual(["b:3306"]);
		expect(
			unsettledIn([
				done(stopped, "done", "changed"),
				done(started, "failed", "unchanged"),
			]),
		).toEqual(["b:3306"]);
	});

	it.each<[string, Step, Step]>([
		[
			"its delay",
			{ do: "setDelay", on: "b:3306", channel: "", seconds: 5 },
			{ do: "setDelay", on: "b:3306", channel: "", seconds: 0 },
		],
		[
			"how it acknowledges",
			{ do: "setSemiSync", on: "b:3306", side: "replica", enabled: true },
			{ do: "setSemiSync", on: "b:3306", side: "replica", enabled: false },
		],
	])(
		"may have been left stopped by a change of %s that was not taken back",
		(_, step, back) => {
			const failed = done(step, "failed", "unknown");
			expect(unsettledIn([failed, done(back, "failed", "unknown")])).toEqual([
				"b:3306",
			]);
			expect(unsettledIn([failed, done(back, "done", "changed")])).toEqual([]);
		},
	);

	it("is none that stands where it was to go, was put back, was never touched, or is stopped on purpose", () => {
		const well = done(moved("b:3306"), "done", "changed");
		expect(unsettledIn([lost, well])).toEqual([]);
		expect(unsettledIn([done(moved("b:3306"), "failed", "unchanged")])).toEqual(
			[],
		);
		expect(unsettledIn([done(stopped, "done", "changed")])).toEqual([]);
	});

	it("may be one that stood still for the move of another", () => {
		const unclear = done(matched, "failed", "unknown");
		expect(unsettledIn([unclear])).toEqual(["b:3306", "c:3306"]);
		expect(unsettledIn([done(matched, "failed", "changed")])).toEqual([
			"b:3306",
		]);
	});
});

describe("of what was done and has no way back", () => {
	const skip: Step = {
		do: "skipTransaction",
		on: "b:3306",
		channel: "",
		at: { file: "binlog.000001", position: 4 },
	};
	const close: Step = { do: "setReadOnly", on: "b:3306", readOnly: true };
	const saying = (each: Done, says: string): Done => ({
		...each,
		answer: { ...each.answer, says },
	});

	it("it is said that it stays, or that nobody knows whether it was done", () => {
		expect(
			keptNow(
				[
					saying(done(close, "done", "changed"), "b:3306 is read-only"),
					saying(done(skip, "failed", "unknown"), "cut off"),
				],
				"it was cancelled",
			),
		).toEqual([
			"it stays that b:3306 is read-only",
			"whether this was done is not known: let b:3306 skip the transaction that its applier failed on (cut off)",
		]);
	});

	it("nothing is said twice, nor of what changed nothing, is taken back, or moves a server", () => {
		const failed = saying(done(skip, "failed", "unknown"), "no answer");
		expect(keptNow([failed], "skip: no answer")).toEqual([]);
		const back: Step & { readonly undo: Step } = { ...stopped, undo: started };
		expect(
			keptNow(
				[
					done(skip, "refused", "unchanged"),
					done(back, "done", "changed"),
					{ ...done(started, "done", "changed"), isUndo: true },
					lost,
				],
				"",
			),
		).toEqual([]);
	});
});

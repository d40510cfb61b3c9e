import { describe, expect, it } from "vitest";
import type { StepReport } from "../planning/operation.ts";
import type { LeftBehind } from "../planning/plan.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { type About, type Ending, outcomeOf } from "./outcome.ts";

const ABOUT: About = {
	uid: "1",
	identity: "p:1",
	clusterName: "p:1",
	clusterAlias: "",
	workflowId: "operate/p:1",
	runId: "run",
	subject: "p:1",
	replicas: ["a:1", "b:1"],
};

const ENDING: Ending = {
	state: "succeeded",
	says: "a:1 is the primary",
	changed: true,
	left: [],
	failed: [],
	notes: [],
	errors: [],
	loss: "",
	successor: "a:1",
	steps: [],
};

const ended = (left: readonly LeftBehind[], failed: readonly LeftBehind[]) =>
	outcomeOf(
		{
			kind: "recovery",
			cluster: "p:1",
			instance: "p:1",
			analysis: "DeadMaster",
		},
		ABOUT,
		{ ...ENDING, left, failed },
		undefined,
	);

it("a failover is complete when nobody was left but who could not come, or was not to", () => {
	const b: LeftBehind = { name: "b:1", reason: "it stays" };
	const away: LeftBehind = { ...b, isExpected: true };
	expect(ended([], [])).toMatchObject({ successful: true, complete: true });
	expect(ended([away], [])).toMatchObject({ successful: true, complete: true });
	expect(ended([b], [])).toMatchObject({ successful: true, complete: false });
	expect(ended([away], [b])).toMatchObject({ complete: false });
});

it.each([
	["rejoined", true],
	["removed", true],
	["fenced", false],
] as const)(
	"a rejoin whose fence reads %s at its end: success %s",
	(state, isReached) => {
		expect(
			outcomeOf(
				{ kind: "rejoin", cluster: "a:1", instance: "p:1" },
				ABOUT,
				{
					...ENDING,
					successor: "",
					settlesFence: { instance: "p:1", state, note: "" },
				},
				undefined,
			),
		).toMatchObject({ successful: isReached, attempted: true, state });
	},
);

describe("moves of several replicas", () => {
	const report = (
		name: string,
		on: InstanceName,
		outcome: StepReport["outcome"],
		effect: StepReport["effect"] = "changed",
	): StepReport => ({
		name,
		on,
		outcome,
		effect,
		reached: "",
		says: "",
		startedAtMs: 0,
		endedAtMs: 0,
	});
	const b: LeftBehind = { name: "b:1", reason: "no answer" };
	const movesOf = (ending: Partial<Ending>) =>
		outcomeOf(
			{ kind: "moves", instance: "p:1", below: "a:1", way: "replicas" },
			ABOUT,
			{ ...ENDING, ...ending },
			undefined,
		);

	it("name those that stand where they were to go", () => {
		expect(
			movesOf({
				left: [b],
				failed: [b],
				steps: [
					report("applyReceived", "a:1", "already", "unchanged"),
					report("moveBelow", "c:1", "done"),
					report("moveBelow", "b:1", "failed", "unknown"),
					report("undo:moveBelow", "b:1", "done"),
					report("moveBelow", "d:1", "already", "unchanged"),
				],
			}),
		).toMatchObject({
			moved: ["c:1", "d:1"],
			below: "a:1",
			successful: true,
			complete: false,
		});
	});

	it("have failed when nobody came, unless there was nobody to come", () => {
		expect(movesOf({ left: [b], failed: [b] })).toMatchObject({
			moved: [],
			successful: false,
		});
		expect(movesOf({})).toMatchObject({ moved: [], successful: true });
		expect(
			movesOf({ state: "refused", says: "no", successor: "" }),
		).toMatchObject({ successful: false, attempted: false, below: "a:1" });
	});

	it("do not name who came half of its way, and could not be put back", () => {
		expect(
			movesOf({
				left: [b],
				failed: [b],
				steps: [
					report("matchBelow", "b:1", "done"),
					report("matchBelow", "b:1", "refused", "unchanged"),
					report("undo:matchBelow", "b:1", "refused", "unchanged"),
				],
			}),
		).toMatchObject({ moved: [], successful: false });
	});

	it("do not name who was moved and put back", () => {
		expect(
			movesOf({
				state: "undone",
				steps: [
					report("moveBelow", "c:1", "done"),
					report("undo:moveBelow", "c:1", "done"),
				],
			}),
		).toMatchObject({ moved: [], successful: false });
	});
});

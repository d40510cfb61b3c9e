import { expect, it } from "vitest";
import type { LeftBehind } from "../planning/plan.ts";
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

import { expect, it } from "vitest";
import type { LeftBehind } from "../planning/plan.ts";
import { outcomeOf } from "./outcome.ts";

const ended = (left: readonly LeftBehind[], failed: readonly LeftBehind[]) =>
	outcomeOf(
		{
			kind: "recovery",
			cluster: "p:1",
			instance: "p:1",
			analysis: "DeadMaster",
		},
		{
			uid: "1",
			identity: "p:1",
			clusterName: "p:1",
			clusterAlias: "",
			workflowId: "operate/p:1",
			runId: "run",
			subject: "p:1",
			replicas: ["a:1", "b:1"],
		},
		{
			state: "succeeded",
			says: "a:1 is the primary",
			changed: true,
			left,
			failed,
			notes: [],
			errors: [],
			loss: "",
			successor: "a:1",
			steps: [],
		},
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

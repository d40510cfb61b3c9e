import { expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { outlineOf, planText } from "./plan-text.ts";

const PLAN: Plan = {
	title: "takeover of db1:3306: db2:3306 becomes the primary",
	loss: { says: "", isCertain: true } as unknown as Plan["loss"],
	notes: ["a note: with a colon"],
	left: [],
	says: "done",
	phases: [
		{
			name: "close (the old one)",
			onFailure: "undo",
			steps: [{ do: "close", on: "db1:3306", because: "first: before" }],
		},
		{
			name: "open",
			onFailure: "undo",
			noReturn: true,
			steps: [{ do: "open", on: "db2:3306", because: "it is the one" }],
		},
	] as unknown as Plan["phases"],
};

test("the outline of a plan is read from its text", () => {
	expect(outlineOf(planText(PLAN))).toEqual({
		title: PLAN.title,
		phases: [
			{
				name: "close (the old one)",
				steps: ["end the clients of db1:3306 and make it read-only"],
			},
			{ name: "open", steps: ["make db2:3306 writable"] },
		],
	});
	const cut = planText(PLAN).slice(0, 80);
	expect(outlineOf(cut).phases.length).toBeLessThan(2);
	expect(outlineOf("")).toEqual({ title: "", phases: [] });
});

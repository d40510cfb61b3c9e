import { describe, expect, it } from "vitest";
import { NOTHING_LOST, type Plan, type PlannedStep, phase } from "./plan.ts";
import { searchIn, withoutAccount } from "./sought-account.ts";

const SEARCH: PlannedStep = {
	do: "findCredential",
	on: "a:3306",
	from: ["a:3306", "b:3306"],
	because: "",
};
const OPENING: PlannedStep = { do: "open", on: "a:3306", because: "" };

const planOf = (...steps: readonly PlannedStep[]): Plan => ({
	title: "takeover of p:3306",
	loss: NOTHING_LOST,
	phases: steps.map((step) => phase(step.do, [step], "undo")),
	notes: ["a note"],
	left: [],
	says: "done",
});

describe("the replication account that a plan looks for", () => {
	it("is asked of the servers of the search; a plan without one asks nobody", () => {
		expect(searchIn(planOf(OPENING, SEARCH))).toEqual(SEARCH);
		expect(searchIn(planOf(OPENING))).toBeUndefined();
	});

	it("is not known: a plan that begins with the search is refused, as its run is", () => {
		expect(withoutAccount(planOf(SEARCH, OPENING), "not known")).toMatchObject({
			refusal: "not known",
			phases: [],
			notes: ["a note"],
		});
	});

	it("is not known: a plan that has changed something by then goes so far", () => {
		const plan = planOf(OPENING, SEARCH);
		expect(withoutAccount(plan, "not known")).toEqual({
			...plan,
			notes: [
				"a note",
				'what follows "findCredential" would not be done: not known',
			],
		});
		expect(withoutAccount(planOf(OPENING), "not known")).toEqual(
			planOf(OPENING),
		);
	});
});

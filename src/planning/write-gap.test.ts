import { expect, test } from "vitest";
import { phase } from "./plan.ts";
import { writeGapText } from "./write-gap.ts";

const close = { do: "close", on: "p:1", because: "" } as const;
const open = { do: "open", on: "a:1", because: "" } as const;
const other = { do: "endSemiSync", on: "p:1", because: "" } as const;

const gapOf = (...steps: readonly Parameters<typeof phase>[1][]) =>
	writeGapText({ phases: steps.map((each) => phase("x", each, "undo")) });

test("a hand-over has a deadline, behind which it is taken back", () => {
	expect(
		gapOf(
			[other],
			[
				{
					do: "handOver",
					on: "a:1",
					from: "p:1",
					catchUpMs: 60_000,
					transactionsMs: 20_000,
					gapMs: 10_000,
					because: "",
				},
			],
		),
	).toBe(
		"while phase 2 runs: as long as a:1 takes to apply the last writes of p:1, at most 10 s; then it is taken back",
	);
});

test("who is closed, and who is opened, by phases", () => {
	expect(gapOf([close], [other], [open])).toBe(
		"from phase 1 until phase 3 has opened a:1",
	);
	expect(gapOf([other], [open], [close])).toBe(
		"where nobody takes writes now, until phase 2 has opened a:1",
	);
	expect(
		gapOf([{ do: "setReadOnly", on: "p:1", readOnly: true, because: "" }]),
	).toBe("where p:1 takes writes now, from phase 1 on");
	expect(gapOf([other])).toBe("none");
	expect(
		gapOf([{ do: "setReadOnly", on: "p:1", readOnly: false, because: "" }]),
	).toBe("none");
});

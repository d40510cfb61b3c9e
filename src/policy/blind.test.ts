import { expect, test } from "vitest";
import { blindBecause } from "./blind.ts";

const there = { address: "127.0.0.1:7233", trouble: "" };

test("with Temporal and a node something would be started; where Temporal could not be asked that is supposed", () => {
	expect(blindBecause({ temporal: there, nodes: [{}] })).toBeUndefined();
	expect(blindBecause({ temporal: undefined, nodes: [{}] })).toBeUndefined();
});

test("without Temporal nothing is, and what does without it is named", () => {
	expect(
		blindBecause({
			temporal: { ...there, trouble: "no answer within 1000 ms" },
			nodes: [{}],
		}),
	).toBe(
		"Temporal does not answer at 127.0.0.1:7233 (no answer within 1000 ms), and nothing is started until it does; a command with -break-glass does without it",
	);
});

test("without a node nobody would notice", () => {
	for (const temporal of [there, undefined])
		expect(blindBecause({ temporal, nodes: [] })).toMatch(/^no node tells/);
});

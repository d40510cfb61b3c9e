import { expect, it, vi } from "vitest";
import type { Step } from "../planning/step.ts";
import type { RanSteps, RunPhase } from "./contract.ts";
import { doneInOneGo, runInOneGo } from "./one-go.ts";

const step: Step = { do: "startReceiver", on: "a:1", channel: "" };
const CHANGE = { from: "p:1", to: "a:1", fence: true } as const;

const phase = (name: string, rest: Partial<RunPhase> = {}): RunPhase => ({
	name,
	steps: [step],
	...rest,
});

const answer = (outcome: "done" | "failed"): RanSteps["answers"][number] => ({
	outcome,
	effect: "changed",
	reached: "",
	says: outcome,
	startedAtMs: 1,
	endedAtMs: 2,
});

it("runs each phase when the one before it has come through whole, and tells a change of primary beside the next", async () => {
	const calls: string[] = [];
	let hasTold = (): void => undefined;
	const telling = new Promise<void>((resolve) => {
		hasTold = resolve;
	});
	const phases = [phase("open", { changesPrimary: CHANGE }), phase("follow")];
	const ran = await runInOneGo(
		phases,
		async ({ name }) => {
			calls.push(name);
			// It would wait for ever were the telling waited for.
			if (name === "follow") hasTold();
			return [answer("done")];
		},
		async ({ to }) => {
			calls.push(`tell ${to}`);
			await telling;
			return true;
		},
	);
	expect(calls).toEqual(["open", "tell a:1", "follow"]);
	expect(ran.map(({ isTold }) => isTold)).toEqual([true, undefined]);
	expect(doneInOneGo({ phases }, ran)?.map((each) => each.phase)).toEqual([
		"open",
		"follow",
	]);
});

it("ends behind a phase that did not come through, whose change of primary it does not tell", async () => {
	const phases = [phase("open", { changesPrimary: CHANGE }), phase("follow")];
	const ran = await runInOneGo(
		phases,
		async () => [answer("done"), answer("failed")],
		async () => {
			throw new Error("it was told");
		},
	);
	expect(ran).toEqual([{ answers: [answer("done"), answer("failed")] }]);
	expect(doneInOneGo({ phases }, ran)).toBeUndefined();
});

it("says when a change could not be told, and ends when it has lasted long", async () => {
	const clock = vi.spyOn(performance, "now");
	let nowMs = 0;
	clock.mockImplementation(() => nowMs);
	const ran = await runInOneGo(
		[phase("open", { changesPrimary: CHANGE }), phase("follow")],
		async () => {
			nowMs += 501;
			return [answer("done")];
		},
		async () => false,
	);
	clock.mockRestore();
	expect(ran).toEqual([{ answers: [answer("done")] }]);
});

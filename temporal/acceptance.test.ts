import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createAcceptance } from "./acceptance.ts";

/** @param answers whether Temporal answers, one question after the other; the last holds from then on */
const scene = (answers: readonly boolean[]) => {
	const aborted: boolean[] = [];
	let nth = 0;
	const accepted = createAcceptance({
		client: {
			withAbortSignal: (signal, work) => {
				signal.addEventListener("abort", () => aborted.push(true));
				return work();
			},
		},
		isReachable: async () =>
			answers[Math.min(nth++, answers.length - 1)] ?? false,
		pause: async () => setImmediate(undefined),
	});
	return { accepted, aborted };
};

const never = () => new Promise<string>(() => undefined);

test("nothing is sent to a Temporal that does not answer", async () => {
	let sent = 0;
	const { accepted } = scene([false]);
	await expect(
		accepted(async () => {
			sent++;
		}),
	).rejects.toMatchObject({
		code: "TemporalUnavailable",
		message: expect.stringMatching(
			/not handed to it, and nothing is changed;.*-break-glass/,
		),
	});
	expect(sent).toBe(0);
});

test("one that falls silent before it has accepted is not waited for, and is asked no more", async () => {
	const { accepted, aborted } = scene([true, true, false]);
	await expect(accepted(never)).rejects.toMatchObject({
		code: "TemporalUnavailable",
		message: expect.stringMatching(/is not known.*-break-glass/),
	});
	expect(aborted).toEqual([true]);
});

test("a missed answer is no silence, and what takes its time is waited for", async () => {
	const { accepted } = scene([true, false, true, false, true]);
	const slow = async () => {
		for (let turn = 0; turn < 50; turn++) await setImmediate();
		return "accepted";
	};
	expect(await accepted(slow)).toBe("accepted");
});

test("what it says is passed on", async () => {
	const { accepted } = scene([true]);
	await expect(
		accepted(async () => {
			throw new Error("refused");
		}),
	).rejects.toThrow("refused");
});

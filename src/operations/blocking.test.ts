import { expect, it } from "vitest";
import { blockingAmong, isAnswered } from "./blocking.ts";

const NOW = 10_000_000;
const settings = { RecoveryPeriodBlockSeconds: 60 };
const record = {
	analysis: "DeadMaster",
	startedAtMs: NOW - 60_000,
	blocksForMs: 60_000,
};
const ended = { ...record, id: 1, endedAtMs: NOW };
const running = { ...record, id: 2, endedAtMs: 0 };

it.each([
	["a takeover that runs", { kind: "takeover" }, [ended]],
	["a failover that runs", { kind: "recovery" }, [ended, running]],
	["nothing that runs", undefined, [ended, running]],
])(
	"a failover is held up by the recoveries before it, not by what it pushes aside: %s",
	(_, operation, blocking) => {
		expect(
			blockingAmong([ended, running], {
				running: operation,
				settings,
				nowMs: NOW,
			}),
		).toEqual(blocking);
	},
);

it("one that has ended holds up nothing once its period is over, one that runs does", () => {
	expect(
		blockingAmong([ended, running], {
			running: undefined,
			settings,
			nowMs: NOW + 1,
		}),
	).toEqual([running]);
});

it("a finding is not held up by the recovery that it led to, unless that failed", () => {
	const own = { detectionId: 7, isFailed: false };
	expect(isAnswered(own, 7)).toBe(true);
	expect(isAnswered({ ...own, isFailed: true }, 7)).toBe(false);
	expect(isAnswered(own, 8)).toBe(false);
	expect(isAnswered(undefined, 7)).toBe(false);
});

// How busy the machine is, all processes together.

import { type CpuInfo, cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** Answers the share of all cores, 0 to 1, that was in use since this was called. */
export const watchLoad = (): (() => number) => {
	const before = totals(cpus());
	return () => {
		const now = totals(cpus());
		const all = now.all - before.all;
		return all === 0
			? 0
			: Math.round((1 - (now.idle - before.idle) / all) * 100) / 100;
	};
};

/** Waits until the machine was nearly idle for two seconds; not for ever. Answers whether it was. */
export const waitIdle = async (
	busyAtMost: number,
	deadlineMs: number,
): Promise<boolean> => {
	const untilMs = performance.now() + deadlineMs;
	while (performance.now() < untilMs) {
		const busy = watchLoad();
		await delay(2_000);
		if (busy() <= busyAtMost) return true;
	}
	return false;
};

const totals = (each: readonly CpuInfo[]) => {
	const sum = (values: readonly number[]) =>
		values.reduce((total, value) => total + value, 0);
	return {
		idle: sum(each.map(({ times }) => times.idle)),
		all: sum(each.map(({ times }) => sum(Object.values(times)))),
	};
};

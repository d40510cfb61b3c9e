import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { inLanes } from "./in-lanes.ts";

it("does so many at once, each once, and goes past one that hangs", async () => {
	const begun: number[] = [];
	let end: () => void = () => undefined;
	const hanging = new Promise<void>((resolve) => {
		end = resolve;
	});
	const all = inLanes([1, 2, 3, 4, 5], 2, async (item) => {
		begun.push(item);
		if (item === 1) await hanging;
	});
	expect(begun).toEqual([1, 2]);
	await setImmediate();
	expect(begun).toEqual([1, 2, 3, 4, 5]);
	end();
	await all;
});

it("tells of the first failure when all are done", async () => {
	const done: number[] = [];
	const all = inLanes([1, 2, 3], 1, async (item) => {
		if (item < 3) throw new Error(`no ${item}`);
		done.push(item);
	});
	await expect(all).rejects.toThrow("no 1");
	expect(done).toEqual([3]);
});

import { describe, expect, it } from "vitest";
import { BatonError } from "../src/errors.ts";
import { createStoreSight } from "./store-sight.ts";

/** A store as this node sees it. */
const scene = () => {
	let asked = 0;
	const store = { answers: true, hangs: false };
	let free: (() => void)[] = [];
	const sight = createStoreSight({
		nowMs: Date.now,
		ask: async () => {
			asked += 1;
			if (store.hangs)
				await new Promise<void>((resolve) => {
					free.push(resolve);
				});
			if (!store.answers) throw new Error("connection refused");
		},
	});
	/** @returns why not, if so, and how long it took to tell, milliseconds */
	const check = async () => {
		const beganMs = performance.now();
		const took = () => performance.now() - beganMs;
		try {
			await sight.check();
			return { why: "", ms: took() };
		} catch (error) {
			if (!(error instanceof BatonError)) throw error;
			return { why: `${error.code}: ${error.message}`, ms: took() };
		}
	};
	return {
		store,
		check,
		asked: () => asked,
		release: () => {
			for (const each of free) each();
			free = [];
		},
	};
};

describe("whether a node reaches its store", () => {
	it("is told after about a second of tries, and then soon, until it does again", async () => {
		const { store, check } = scene();
		expect((await check()).why).toBe("");
		store.answers = false;
		const first = await check();
		expect(first.why).toMatch(/^StoreUnavailable: .*connection refused/);
		expect(first.ms).toBeGreaterThan(800);
		expect(first.ms).toBeLessThan(5_000);
		expect((await check()).ms).toBeLessThan(first.ms);
		store.answers = true;
		expect((await check()).why).toBe("");
		store.answers = false;
		expect((await check()).ms).toBeGreaterThan(800);
	});

	it("is told of one that says nothing, which is asked one question at a time", async () => {
		const { store, check, asked, release } = scene();
		store.hangs = true;
		const checks = [await check(), await check(), await check()];
		for (const { why } of checks)
			expect(why).toMatch(/^StoreUnavailable: .*it says nothing/);
		expect(checks[0]?.ms).toBeLessThan(5_000);
		expect(checks[2]?.ms).toBeLessThan(checks[0]?.ms ?? 0);
		expect(asked()).toBe(1);
		store.hangs = false;
		release();
		expect((await check()).why).toBe("");
	});
});

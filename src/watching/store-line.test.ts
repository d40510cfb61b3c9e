import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createStoreLine } from "./store-line.ts";

const lineOf = (hungMs?: number) => {
	let nowMs = 1_000;
	const said: string[] = [];
	const troubles: string[] = [];
	const line = createStoreLine({
		what: "write to the store",
		nowMs: () => nowMs,
		log: {
			warn: (text) => said.push(`warn ${text}`),
			info: (text) => said.push(`info ${text}`),
		},
		onTrouble: (text) => troubles.push(text),
		...(hungMs === undefined ? {} : { hungMs }),
	});
	return {
		line,
		said,
		troubles,
		pass: (ms: number) => {
			nowMs += ms;
		},
	};
};

const fails = () => Promise.reject(new Error("disk full"));
const works = () => Promise.resolve();

describe("trouble with the store", () => {
	it("is said when it begins and when it is over, not at each attempt", async () => {
		const { line, said, troubles, pass } = lineOf();
		for (let attempt = 0; attempt < 5; attempt++) {
			expect(await line.attempt(fails)).toBe(false);
			pass(1_000);
		}
		expect(line.trouble).toBe("cannot write to the store: disk full");
		expect(await line.attempt(works)).toBe(true);
		expect(said).toEqual([
			expect.stringMatching(/^warn cannot write to the store: disk full; /),
			"info can write to the store again, after 5 s",
		]);
		expect(troubles).toEqual(["cannot write to the store: disk full", ""]);
		expect(line.trouble).toBe("");
	});

	it("is said again each minute while it lasts", async () => {
		const { line, said, pass } = lineOf();
		for (let second = 0; second <= 120; second++) {
			await line.attempt(fails);
			pass(1_000);
		}
		expect(said).toHaveLength(3);
	});

	it("is there too when the store does not answer, and over when it does", async () => {
		const { line, said } = lineOf(10);
		let answer = (): void => undefined;
		const hung = line.attempt(
			() =>
				new Promise((resolve) => {
					answer = resolve;
				}),
		);
		await expect
			.poll(() => line.trouble, { timeout: 15_000 })
			.toContain("no answer within");
		answer();
		expect(await hung).toBe(true);
		expect(said).toHaveLength(2);
	});

	it("makes attempts rarer, and none after it", async () => {
		const { line } = lineOf();
		const { signal } = new AbortController();
		await line.attempt(fails);
		const fromMs = performance.now();
		await line.pause(signal);
		expect(performance.now() - fromMs).toBeGreaterThan(200);
		await line.attempt(works);
		const isOver = line.pause(signal).then(() => "at once");
		expect(await Promise.race([isOver, delay(100, "later")])).toBe("at once");
	});
});

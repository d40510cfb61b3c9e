import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { createPacer } from "./pacer.ts";

it("works once for all that ask in one turn, and again at once when that was quick", async () => {
	const done: string[] = [];
	const subject = { name: "c" };
	const pacer = createPacer(
		({ name }: { name: string }) => done.push(name),
		() => 0,
	);
	pacer.ask(subject);
	pacer.ask(subject);
	await delay(2);
	pacer.ask(subject);
	await delay(2);
	expect(done).toEqual(["c", "c"]);
});

it("waits in proportion to what the last work took, and asks nobody else to", async () => {
	let nowMs = 0;
	const done: string[] = [];
	const pacer = createPacer(
		({ name }: { name: string }) => {
			done.push(name);
			if (name === "big") nowMs += 10;
		},
		() => nowMs,
	);
	const big = { name: "big" };
	pacer.ask(big);
	await delay(5);
	pacer.ask(big);
	pacer.ask({ name: "small" });
	await delay(5);
	expect(done).toEqual(["big", "small"]);
	await delay(150);
	expect(done).toEqual(["big", "small", "big"]);
	pacer.ask(big);
	pacer.close();
	await delay(150);
	expect(done).toHaveLength(3);
});

import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";

it("runs once for each call, never two at a time, also after a failure", async () => {
	let running = 0;
	let runs = 0;
	const work = inTurn(async () => {
		runs += 1;
		running += 1;
		expect(running).toBe(1);
		await turn();
		running -= 1;
		if (runs === 2) throw new Error("second");
		return runs;
	});
	expect(await Promise.allSettled([work(), work(), work()])).toEqual([
		{ status: "fulfilled", value: 1 },
		{ status: "rejected", reason: new Error("second") },
		{ status: "fulfilled", value: 3 },
	]);
});

import { expect, it } from "vitest";
import { createDue } from "./due.ts";

it("is due once, and again when its time is over", () => {
	let nowMs = 0;
	const due = createDue(() => nowMs);
	expect([due.isDue("a", 10), due.isDue("a", 10)]).toEqual([true, false]);
	nowMs = 9;
	expect([due.isDue("a", 10), due.isDue("b", 10)]).toEqual([false, true]);
	nowMs = 10;
	expect([due.isDue("a", 10), due.isDue("b", 10)]).toEqual([true, false]);
	due.again("b", 1);
	nowMs = 11;
	expect(due.isDue("b", 1)).toBe(true);
});

it("asks for the time few times for each of very many", () => {
	let asked = 0;
	const due = createDue(() => {
		asked += 1;
		return asked;
	});
	for (let index = 0; index < 10_000; index += 1) due.isDue(`${index}`, 1e9);
	expect(asked).toBeLessThan(100_000);
});

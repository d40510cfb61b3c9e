import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { createProbeSlots } from "./probe-slots.ts";

/** A poll that lasts until it is told to end. */
const poll = () => {
	let end = (): void => undefined;
	let started = false;
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	return {
		work: () => {
			started = true;
			return ended;
		},
		end: () => end(),
		get started() {
			return started;
		},
	};
};

const slotsOf = (most: number, lateMs = 60_000, capacity = 100) =>
	createProbeSlots({ most: () => most, capacity: () => capacity, lateMs });

it("runs so many at once, the rest in their order as slots become free", async () => {
	const slots = slotsOf(2);
	const polls = [poll(), poll(), poll(), poll()];
	for (const each of polls) expect(slots.take(each.work)).toBe(true);
	expect(polls.map((each) => each.started)).toEqual([true, true, false, false]);
	expect([slots.running, slots.waiting]).toEqual([2, 2]);
	polls[1]?.end();
	await delay(1);
	expect(polls.map((each) => each.started)).toEqual([true, true, true, false]);
});

it("servers that hang hold no slot for long: the others are polled", async () => {
	const slots = slotsOf(2, 20);
	const hung = [poll(), poll()];
	const other = poll();
	for (const each of [...hung, other]) slots.take(each.work);
	expect(other.started).toBe(false);
	await delay(60);
	expect(other.started).toBe(true);
	expect(slots.running).toBe(0);
	// What ends later gives nothing back a second time.
	hung[0]?.end();
	await delay(1);
	expect(slots.running).toBe(0);
});

it("a poll that fails gives its slot back", async () => {
	const slots = slotsOf(1);
	slots.take(() => Promise.reject(new Error("gone")));
	const other = poll();
	slots.take(other.work);
	await delay(1);
	expect(other.started).toBe(true);
});

it("turns away what would wait beyond the capacity", () => {
	const slots = slotsOf(1, 60_000, 1);
	expect(slots.take(poll().work)).toBe(true);
	expect(slots.take(poll().work)).toBe(true);
	expect(slots.take(poll().work)).toBe(false);
});

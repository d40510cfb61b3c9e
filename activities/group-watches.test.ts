import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGroupWatches, type Group } from "./group-watches.ts";

const GROUP: Group = { group: 0, groups: 4 };

const scene = () => {
	const order = new AsyncLocalStorage<string>();
	const begun: { signal: AbortSignal; inside: string | undefined }[] = [];
	const node = new AbortController();
	const temporal = { answers: false };
	let wake = () => {};
	let tell: (trouble: string) => void = () => {};
	const watches = createGroupWatches({
		run: async (_, signal, onStoreTrouble) => {
			tell = onStoreTrouble;
			begun.push({ signal, inside: order.getStore() });
			if (!signal.aborted) await once(signal, "abort");
		},
		isReachable: async () => temporal.answers,
		signal: node.signal,
		pause: (_, signal) =>
			new Promise((resolve) => {
				wake = resolve;
				signal.onabort = () => resolve();
			}),
		log: { warn: () => undefined, info: () => undefined },
	});
	return {
		take: () => order.run("an order", () => watches.take(GROUP)),
		leave: watches.leave,
		ask: () => watches.ask(GROUP),
		trouble: (text: string) => tell(text),
		begun,
		node,
		temporal,
		isStopped: () => begun.map(({ signal }) => signal.aborted),
		pass: async (seconds: number) => {
			for (let second = 0; second < seconds; second++) {
				wake();
				await setImmediate();
			}
		},
	};
};

test("a watcher whose order was lost watches on while Temporal is silent, and the next order takes it up as it is", async () => {
	const { take, leave, temporal, pass, isStopped } = scene();
	const watch = take();
	leave(GROUP, watch);
	await pass(600);
	expect(isStopped()).toEqual([false]);

	temporal.answers = true;
	await pass(2);
	expect(take()).toBe(watch);
	await pass(60);
	expect(isStopped()).toEqual([false]);
});

test("it ends when Temporal answers and asks this node no more; the order after that begins a new one", async () => {
	const { take, leave, begun, temporal, pass, isStopped } = scene();
	const watch = take();
	leave(GROUP, watch);
	temporal.answers = true;
	await pass(3);
	temporal.answers = false;
	await pass(3);
	temporal.answers = true;
	await pass(4);
	expect(isStopped()).toEqual([false]);
	await pass(2);
	expect(isStopped()).toEqual([true]);
	expect(take()).not.toBe(watch);
	expect(begun).toHaveLength(2);
});

test("it goes on for as long as this node is asked to watch, whatever it answers", async () => {
	const { take, leave, ask, temporal, pass, isStopped } = scene();
	temporal.answers = true;
	leave(GROUP, take());
	for (let time = 0; time < 10; time++) {
		ask();
		await pass(4);
	}
	expect(isStopped()).toEqual([false]);
	await pass(8);
	expect(isStopped()).toEqual([true]);
});

test("it tells what keeps it from the store, until another node has the group", () => {
	const { take, leave, ask, trouble } = scene();
	expect(ask()).toBeUndefined();
	const watch = take();
	trouble("it is away");
	expect(watch.trouble()).toBe("it is away");
	expect(ask()).toBeUndefined();
	leave(GROUP, watch);
	expect(ask()).toBe("it is away");
	trouble("");
	expect(ask()).toBe("");
});

test("it ends with its node", async () => {
	const { take, leave, node, pass, isStopped } = scene();
	leave(GROUP, take());
	node.abort();
	await pass(1);
	expect(isStopped()).toEqual([true]);
});

test("it does not run inside of the order that began it: what it asks of Temporal does not end with that", () => {
	const { take, begun } = scene();
	take();
	expect(begun.map(({ inside }) => inside)).toEqual([undefined]);
});

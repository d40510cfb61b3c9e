import { expect, test } from "vitest";
import type { Group } from "./group-watches.ts";
import { createOfferedGroups } from "./offered-groups.ts";

const GROUP: Group = { group: 0, groups: 4 };
const AWAY = "cannot read the store: connection refused";

/** A node, and a clock that goes on while it waits. */
const scene = () => {
	let nowMs = 0;
	const said: string[] = [];
	const store = { isThere: true, trouble: "" };
	const end = new AbortController();
	/** What happens at which time. */
	const plan = new Map<number, () => void>();
	const groups = createOfferedGroups({
		isStoreThere: async () => store.isThere,
		nowMs: () => nowMs,
		pause: async (ms) => {
			nowMs += ms;
			plan.get(nowMs)?.();
		},
		log: { warn: (text) => said.push(text) },
	});
	return {
		store,
		said,
		end,
		at: (ms: number, what: () => void) => plan.set(ms, what),
		pass: (ms: number) => {
			nowMs += ms;
		},
		/** @returns whether it is offered, and after how long */
		offered: async () => {
			const beganMs = nowMs;
			const isOffered = await groups.untilOffered(
				GROUP,
				() => store.trouble,
				end.signal,
			);
			return { isOffered, afterMs: nowMs - beganMs };
		},
		isFor: (trouble: string | undefined) =>
			groups.isForThis(GROUP, trouble, end.signal),
	};
};

test("a group is offered when the store has been away for ten seconds in a row, and that is said", async () => {
	const { store, at, offered, said } = scene();
	at(3_000, () => {
		store.trouble = AWAY;
	});
	at(9_000, () => {
		store.trouble = "";
	});
	at(12_000, () => {
		store.trouble = AWAY;
	});
	expect(await offered()).toEqual({ isOffered: true, afterMs: 21_000 });
	expect(said).toEqual([
		`group 1 of 4 is offered to other nodes: for 10 s this one ${AWAY}; it watches on until another one does`,
	]);
});

test("the end of its order ends the wait", async () => {
	const { at, end, offered } = scene();
	at(5_000, () => end.abort());
	expect(await offered()).toEqual({ isOffered: false, afterMs: 5_000 });
});

test("what it has offered it takes back only when nobody else does, and offers it again after a minute", async () => {
	const { store, offered, isFor, pass, said } = scene();
	store.trouble = AWAY;
	expect(await offered()).toMatchObject({ afterMs: 10_000 });
	expect(await isFor(AWAY)).toBe(false);
	pass(1_900);
	expect(await isFor(AWAY)).toBe(false);
	pass(200);
	expect(await isFor(AWAY)).toBe(true);
	expect(said.at(-1)).toBe(
		"no other node takes group 1 of 4: this one watches on without its store",
	);
	expect(await offered()).toMatchObject({ afterMs: 60_000 });
	// Another one took it, and is gone.
	pass(600_000);
	store.trouble = "";
	expect(await isFor("")).toBe(true);
});

test("a node without its store begins to watch nothing", async () => {
	const { store, isFor } = scene();
	store.isThere = false;
	for (let time = 0; time < 100; time++)
		expect(await isFor(undefined)).toBe(false);
	store.isThere = true;
	expect(await isFor(undefined)).toBe(true);
});

import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import {
	failing,
	NOW,
	running,
	server,
} from "../../test/support/made-up-servers.ts";
import type { Shut } from "../mysql/shut.ts";
import type { Fence } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { markOf, NO_MARK } from "../topology/server-mark.ts";
import { createFenceWatch } from "./fences.ts";

const FENCE: Fence = {
	instance: "old:3306",
	identity: "shop",
	successor: "new:3306",
	sinceMs: NOW,
	state: "waiting",
	note: "",
	server: NO_MARK,
};
const OPEN = server("old", 1);
const CLOSED = { ...OPEN, readOnly: true };
const AWAY = { ...OPEN, check: failing("connection-refused") };

let nowMs: number;
let tellings: number[];
let fails: boolean;
let shuts: number[];
let current: Instance;
let successor: Instance | undefined;
let isFollowed: boolean;
let strangers: number[];
let laid: string[];
let home: string;
let atOld: Instance | undefined;
let atName: Fence["state"];
let watch: ReturnType<typeof createFenceWatch>;
beforeEach(() => {
	nowMs = NOW;
	tellings = [];
	fails = false;
	shuts = [];
	strangers = [];
	laid = [];
	home = "shop";
	atOld = OPEN;
	atName = "waiting";
	successor = undefined;
	isFollowed = true;
	watch = createFenceWatch({
		nowMs: () => nowMs,
		tellReturned: async () => {
			tellings.push((nowMs - NOW) / 1000);
			if (fails) throw new Error("blind");
		},
		shut: async (): Promise<Shut> => {
			shuts.push((nowMs - NOW) / 1000);
			return "open";
		},
		onStranger: (_, now) => strangers.push(now.serverId),
		isFollowed: () => isFollowed,
		latest: (name) =>
			name === "new:3306" ? successor : name === "old:3306" ? atOld : OPEN,
		identityOf: () => home,
		layAt: async (fence, name) => {
			laid.push(`${fence.instance} ${name}`);
			return { ...fence, instance: name, state: atName };
		},
		look: async () => watch.checked({ name: current.name, latest: current }),
		onFailed: () => {},
	});
	watch.update([FENCE]);
});

/** Looked at twice a second for so long. */
const look = async (latest: Instance, seconds: number): Promise<void> => {
	for (let round = 0; round < 2 * seconds; round++) {
		current = latest;
		watch.checked({ name: "old:3306", latest });
		await setImmediate();
		nowMs += 500;
	}
};

describe("a deposed primary that is back", () => {
	it("is told of every five seconds while it takes writes", async () => {
		await look(OPEN, 41);
		expect(tellings).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
	});

	it("and was met by an ordinary poll is closed before it is told of, and again every two seconds", async () => {
		await look(OPEN, 5);
		expect(shuts).toEqual([0, 2, 4]);
		await look(CLOSED, 5);
		expect(shuts).toEqual([0, 2, 4]);
	});

	it("is told of at once, soon again, and then ever later, up to five minutes", async () => {
		await look(CLOSED, 1_300);
		expect(tellings).toEqual([
			0, 5, 10, 15, 25, 45, 85, 165, 325, 625, 925, 1_225,
		]);
	});

	it("is told of soon when it was away in between", async () => {
		await look(CLOSED, 50);
		await look(AWAY, 10);
		await look(CLOSED, 1);
		expect(tellings).toEqual([0, 5, 10, 15, 25, 45, 60]);
	});

	it("is told of at once under a new fence", async () => {
		await look(CLOSED, 40);
		watch.update([{ ...FENCE, sinceMs: NOW + 1 }]);
		await look(CLOSED, 1);
		expect(tellings).toEqual([0, 5, 10, 15, 25, 40]);
	});

	it("is told of again at once when the telling failed", async () => {
		fails = true;
		await look(OPEN, 0.5);
		await look(OPEN, 0.5);
		expect(tellings).toEqual([0, 0.5]);
	});
});

describe("a deposed primary that its successor follows by somebody's decision", () => {
	const below = (receiver: 0 | 1, readOnly: boolean) =>
		server("new", 2, { readOnly, replication: running("old", { receiver }) });

	it.each<[string, Instance, followed: boolean, closed: boolean]>([
		["is left open", below(1, true), true, false],
		[
			"is left open, whatever the other one is, when nobody follows that",
			below(1, false),
			false,
			false,
		],
		[
			"is closed while that one takes writes and is followed",
			below(1, false),
			true,
			true,
		],
		[
			"is closed when the channel merely stands there",
			below(0, true),
			true,
			true,
		],
	])("%s", async (_, now, followed, closed) => {
		successor = now;
		isFollowed = followed;
		await look(OPEN, 1);
		expect(shuts).toEqual(closed ? [0] : []);
		expect(tellings).toEqual([0]);
	});
});

describe("a deposed primary that answers by another name", () => {
	const MARKED = { ...FENCE, server: markOf(OPEN) };
	const BY_OWN_NAME = server("own", 1);
	beforeEach(() => watch.update([MARKED]));

	const check = async (latest: Instance): Promise<void> => {
		current = latest;
		watch.checked({ name: latest.name, latest });
		await setImmediate();
	};

	it.each<[string, Instance | undefined]>([
		["leads to another server now", server("old", 2)],
		["does not answer", AWAY],
		["is no instance any more", undefined],
	])(
		"has the fence there, and is closed, when the name of the fence %s",
		async (_, now) => {
			atOld = now;
			await check(BY_OWN_NAME);
			expect(laid).toEqual(["old:3306 own:3306"]);
			expect(watch.of("own:3306")).toMatchObject({ state: "waiting" });
			expect(shuts).toEqual([0]);
			await check(BY_OWN_NAME);
			expect(laid).toHaveLength(1);
		},
	);

	it("and has rejoined by that one is neither told of nor closed for what waits at the other", async () => {
		atOld = AWAY;
		atName = "rejoined";
		await check(BY_OWN_NAME);
		await check({ ...BY_OWN_NAME, readOnly: true });
		expect([shuts, tellings]).toEqual([[], []]);
		expect(watch.has("own:3306")).toBe(false);
	});

	it.each<[string, () => void, Instance]>([
		["is another server", () => undefined, server("own", 2)],
		[
			"does not answer",
			() => undefined,
			{ ...BY_OWN_NAME, check: failing("timeout") },
		],
		["belongs to another cluster", () => (home = "other"), BY_OWN_NAME],
		["was copied from it", () => (atOld = OPEN), BY_OWN_NAME],
		["may be any server", () => watch.update([FENCE]), BY_OWN_NAME],
	])("has none there when the one that answers %s", async (_, arrange, now) => {
		atOld = undefined;
		arrange();
		await check(now);
		expect([laid, shuts]).toEqual([[], []]);
	});
});

it("another server at the address is neither closed nor told of as the one that is back", async () => {
	watch.update([{ ...FENCE, server: markOf(server("old", 7)) }]);
	await look(OPEN, 1);
	expect({ shuts, tellings, strangers }).toEqual({
		shuts: [],
		tellings: [],
		strangers: [1, 1],
	});
});

describe("one that was fenced", () => {
	beforeEach(() => watch.update([{ ...FENCE, state: "fenced" }]));

	it("is told of only when it takes writes", async () => {
		await look(CLOSED, 60);
		expect(tellings).toEqual([]);
	});

	it("is told of soon, each time that it was closed and takes writes again", async () => {
		await look(OPEN, 20);
		await look(CLOSED, 10);
		await look(OPEN, 7);
		await look(CLOSED, 1);
		await look(OPEN, 6);
		expect(tellings).toEqual([0, 5, 10, 15, 30, 35, 40]);
	});
});

describe("a server on which there is a fence", () => {
	it.each<[Fence["state"], readOnly: boolean, told: boolean]>([
		["waiting", true, true],
		["waiting", false, true],
		// An operation may have opened it: whatever it is now, somebody waits to know.
		["unaccounted", true, true],
		["unaccounted", false, true],
		["fenced", true, false],
		["fenced", false, true],
	])(
		"%s, seen read-only: %s, is told of: %s",
		async (state, readOnly, isTold) => {
			watch.update([{ ...FENCE, state }]);
			expect(watch.has("old:3306")).toBe(true);
			await look({ ...OPEN, readOnly }, 0.5);
			watch.checked({ name: "b:3306", latest: server("b", 3) });
			expect(tellings).toEqual(isTold ? [0] : []);
		},
	);
});

describe("a server on which there is a fence, and that cannot be seen", () => {
	const gone = server("a", 2, { check: failing("connection-refused") });

	const dialled = async (
		state: Fence["state"],
		found: Shut | undefined,
		latest = gone,
	) => {
		const did: string[] = [];
		let nowMs = NOW;
		const fences = createFenceWatch({
			tellReturned: async (_, instance) => {
				did.push(`tell ${instance}`);
			},
			onStranger: () => undefined,
			isFollowed: () => false,
			identityOf: () => "c",
			layAt: async () => undefined,
			shut: async ({ instance }) => {
				did.push(`shut ${instance}`);
				return found;
			},
			look: async (instance) => did.push(`look ${instance}`),
			latest: (name) => (name === "a:3306" ? latest : undefined),
			nowMs: () => nowMs,
			onFailed: () => undefined,
		});
		fences.update(
			["a:3306", "x:3306"].map((instance) => ({
				instance: instance as Fence["instance"],
				identity: "c",
				successor: "b:3306",
				sinceMs: NOW,
				state,
				note: "",
				server: NO_MARK,
			})),
		);
		const dial = async (atMs: number) => {
			nowMs = NOW + atMs;
			fences.dial();
			await setImmediate();
		};
		await dial(0);
		await dial(10);
		await dial(40);
		return did;
	};
	const SHUT = "shut a:3306";
	const LOOK = "look a:3306";

	it("is tried again and again until it answers, and looked at then", async () => {
		expect(await dialled("waiting", undefined)).toEqual([SHUT, SHUT]);
		expect(await dialled("waiting", "closed now")).toEqual([SHUT, LOOK]);
		expect(await dialled("waiting", "open")).toEqual([SHUT, LOOK]);
	});

	it("is told of when it was held back, and was open", async () => {
		expect(await dialled("fenced", "was closed")).toEqual([SHUT, LOOK]);
		expect(await dialled("fenced", "closed now")).toEqual([
			SHUT,
			LOOK,
			"tell a:3306",
		]);
	});

	it("is left alone when it may rightly be open, or is seen", async () => {
		expect(await dialled("unaccounted", undefined)).toEqual([]);
		expect(await dialled("waiting", undefined, server("a", 2))).toEqual([]);
	});
});

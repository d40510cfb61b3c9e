import { describe, expect, it } from "vitest";
import type { StepReport } from "../../../src/planning/operation.ts";
import { doubleOpenings, type Sample } from "./exposure.ts";
import { laidAnew, startedAnew } from "./goals.ts";
import {
	type Channel,
	type Heard,
	judgeEnd,
	judgeRun,
	type Observed,
	type Seen,
	type Told,
} from "./judge.ts";
import type { Ran } from "./manager.ts";
import type { Stage } from "./stage.ts";
import { judgeAsked, takenBack } from "./told.ts";

const below = (source: string, rest: Partial<Channel> = {}): Channel => ({
	name: "",
	source,
	receiver: "runs",
	applies: true,
	error: "",
	...rest,
});

const seen = (
	alias: string,
	isOpen: boolean,
	channels: readonly Channel[] = [],
	rest: Partial<Seen> = {},
): Seen => ({
	alias,
	answers: true,
	isOpen,
	channels,
	patience: 0,
	heard: { by: 1, changes: 1, starts: 1 },
	...rest,
});

const before = [
	seen("s1", true),
	seen("s2", false, [below("s1")]),
	seen("s3", false, [below("s1")]),
];

const after = [
	seen("s1", false, [below("s2")]),
	seen("s2", true),
	seen("s3", false, [below("s2")]),
];

const takeover: Told = {
	kind: "takeover",
	successful: true,
	changed: true,
	successor: "s2",
	moved: "",
	below: "",
	arrived: [],
	putBack: [],
	notPutBack: [],
	state: "",
	left: [],
	texts: ["s2 is the new primary in place of s1"],
};

const failed: Told = {
	...takeover,
	successful: false,
	changed: false,
	successor: "",
	texts: ["undone"],
};

const observed = (rest: Partial<Observed> = {}): Observed => ({
	before,
	now: after,
	told: [takeover],
	hasDied: false,
	recorded: {
		primary: "s2",
		isHeld: false,
		open: 0,
		newest: { isSuccessful: true, successor: "s2" },
		fences: [],
	},
	doubles: [],
	...rest,
});

/** One of the servers is other than it should be. */
const but = (...servers: readonly Seen[]): readonly Seen[] =>
	after.map(
		(each) => servers.find(({ alias }) => alias === each.alias) ?? each,
	);

describe("a run", () => {
	it("that did what it tells is sound", () => {
		expect(judgeRun(observed())).toEqual([]);
		expect(
			judgeRun(
				observed({
					now: before,
					told: [failed],
					recorded: { ...observed().recorded, primary: "s1" },
				}),
			),
		).toEqual([]);
	});

	it("that lets two servers take writes is not", () => {
		const doubles = [{ servers: ["s1", "s2"], fromMs: 1, toMs: 5 }] as const;
		expect(judgeRun(observed({ doubles }))).toEqual([
			"two open: s1 and s2 for at least 4.0 ms",
		]);
	});

	const stopped = but(
		seen("s3", false, [below("s1", { receiver: "stopped" })]),
	);

	it("accounts for whom it stopped", () => {
		expect(judgeRun(observed({ now: stopped })).join("\n")).toMatch(
			/unaccounted: s3 below s1 is stopped[\s\S]*untrue: s3 is told to follow s2/,
		);
		expect(
			judgeRun(
				observed({ now: stopped, told: [{ ...takeover, left: ["s3"] }] }),
			),
		).toEqual([]);
		const says = { ...takeover, texts: ["not taken back: s3 is stopped"] };
		expect(judgeRun(observed({ now: stopped, told: [says] }))).toEqual([]);
		// Of what a silent server does nothing is known.
		const silent = but(seen("s3", false, [], { answers: false }));
		expect(judgeRun(observed({ now: silent }))).toEqual([]);
	});

	it("keeps every channel", () => {
		const other = below("x", { name: "other" });
		const two = [
			...before.slice(0, 2),
			seen("s3", false, [below("s1"), other]),
		];
		expect(judgeRun(observed({ before: two }))).toEqual([
			"channel lost: s3 (channel other) replicates from nobody",
		]);
	});

	it("that tells of no change has changed nothing, unless its manager died", () => {
		const rest = {
			told: [failed],
			recorded: { ...observed().recorded, primary: "s1" },
		};
		expect(judgeRun(observed(rest))).toHaveLength(3);
		expect(judgeRun(observed({ ...rest, hasDied: true }))).toEqual([]);
	});

	it("names a primary that is one, and no replica any more", () => {
		const closed = but(seen("s2", false, []));
		expect(judgeRun(observed({ now: closed })).join()).toContain(
			"is read-only",
		);
		const names = but(seen("s2", true, [below("s1", { receiver: "stopped" })]));
		expect(judgeRun(observed({ now: names })).join()).toContain(
			"still names s1 as its source",
		);
	});

	it("is recorded as it was told, and lets go of the cluster", () => {
		const recorded = {
			primary: "s1",
			isHeld: true,
			open: 1,
			newest: { isSuccessful: false, successor: "" },
			fences: [],
		};
		expect(judgeRun(observed({ recorded }))).toHaveLength(4);
	});

	it("that moves a replica has moved it", () => {
		const moved: Told = {
			...takeover,
			kind: "relocation",
			successor: "",
			moved: "s3",
			below: "s2",
		};
		const recorded = { ...observed().recorded, newest: undefined };
		expect(judgeRun(observed({ told: [moved], recorded }))).toEqual([]);
		expect(
			judgeRun(observed({ now: before, told: [moved], recorded })),
		).toEqual(["untrue: s3 is told to replicate from s2 and does not"]);
		const rejoined: Told = { ...moved, kind: "rejoin", state: "rejoined" };
		expect(judgeRun(observed({ told: [rejoined], recorded }))).toEqual([]);
		expect(
			judgeRun(
				observed({
					now: but(seen("s3", true, [below("s2")])),
					told: [rejoined],
					recorded,
				}),
			),
		).toEqual(["untrue: s3 is told to have rejoined and has not"]);
	});
});

describe("a run that takes back what it did", () => {
	const recorded = {
		...observed().recorded,
		primary: "s1",
		newest: undefined,
	};
	const partly: Told = {
		...failed,
		kind: "moves",
		changed: true,
		texts: ["2 replicas of s1 to stand below s2", "s3: refused"],
	};
	const at = (source: string, rest: Partial<Channel> = {}) => [
		seen("s1", true),
		seen("s2", false, [below("s1")]),
		seen("s3", false, [below(source, rest)]),
	];
	const judged = (told: Told, now: readonly Seen[]) =>
		judgeRun(observed({ told: [told], now, recorded }));

	it("has put back whom it tells to have put back, whatever else it changed", () => {
		const told = { ...partly, putBack: ["s3"], left: ["s3"] };
		expect(judged(told, at("s1"))).toEqual([]);
		expect(judged(told, at("s2"))).toEqual([
			expect.stringMatching(/^untrue: s3 is told to have been put back, but /),
		]);
		expect(judged(told, at("s1", { receiver: "stopped" }))).toHaveLength(1);
		// It tells that it could not, and who knows what a dead manager did.
		const open = { ...partly, notPutBack: ["s3"], left: ["s3"] };
		expect(judged(open, at("s2"))).toEqual([]);
		expect(
			judgeRun(
				observed({ told: [told], now: at("s2"), recorded, hasDied: true }),
			),
		).toEqual([]);
	});

	it("tells by its steps whom it has put back", () => {
		const step = (
			on: StepReport["on"],
			name: string,
			rest: Partial<StepReport> = {},
		): StepReport => ({
			name,
			on,
			outcome: "done",
			effect: "changed",
			reached: "",
			says: "",
			startedAtMs: 0,
			endedAtMs: 0,
			...rest,
		});
		const FAILED = { outcome: "failed", effect: "changed" } as const;
		const found = takenBack([
			step("put-back:1", "moveBelow", FAILED),
			step("put-back:1", "undo:moveBelow"),
			step("half:1", "moveBelow", FAILED),
			step("half:1", "undo:moveBelow"),
			step("half:1", "stopReceiver", { effect: "unchanged" }),
			step("half:1", "undo:stopReceiver", FAILED),
			step("half:1", "undo:startReceiver"),
			step("again:1", "moveBelow", FAILED),
			step("again:1", "undo:moveBelow"),
			step("again:1", "moveBelow"),
			step("lost:1", "moveBelow", { outcome: "failed", effect: "unknown" }),
			step("found:1", "moveBelow", { outcome: "failed", effect: "unknown" }),
			step("found:1", "undo:moveBelow"),
			step("stays:1", "moveBelow"),
		]);
		expect([...found]).toEqual([
			["put-back:1", "back"],
			["half:1", "not back"],
			["lost:1", "unknown"],
			["found:1", "back"],
		]);
	});

	it("leaves nobody half way without a word", () => {
		const cancelled = { ...partly, texts: ["it was cancelled"] };
		expect(judged(cancelled, at("s2"))).toEqual([
			expect.stringMatching(/^unaccounted: s3 did not come through, and /),
		]);
		const succeeded = { ...partly, successful: true };
		expect(judged({ ...succeeded, left: ["s3"] }, at("s2"))).toHaveLength(1);
		// One that was moved before the rest failed, and one of which it is told.
		const arrived = { ...partly, arrived: ["s3"], below: "s2" };
		expect(judged(arrived, at("s2"))).toEqual([]);
		const texts = ["not taken back: s3; s3 replicates from s2 now"];
		expect(judged({ ...partly, texts }, at("s2"))).toEqual([]);
		// A failover does not put back whom it leaves behind.
		expect(judged({ ...partly, kind: "recovery" }, at("s2"))).toEqual([]);
	});

	it("has moved of several those that it tells to have moved", () => {
		const told = { ...partly, successful: true, arrived: ["s3"], below: "s2" };
		expect(judged(told, at("s2"))).toEqual([]);
		expect(judged(told, at("s1"))).toEqual([
			"untrue: s3 is told to stand below s2 and does not",
		]);
	});
});

describe("what servers were told since it began", () => {
	const NOWHERE = undefined as unknown as Stage;
	const heard = (rest: Partial<Heard>): readonly Seen[] => [
		seen("s3", false, [], {
			heard: { by: 1, changes: 4, starts: 7, ...rest },
		}),
	];
	const was = heard({});

	it("shows whether a channel was laid anew, wherever it leads", async () => {
		const goal = laidAnew("s3");
		expect(await goal(NOWHERE, heard({ changes: 5 }), was)).toEqual([]);
		expect(await goal(NOWHERE, heard({ starts: 8 }), was)).toEqual([
			"the channel of s3 was not laid anew",
		]);
	});

	it("is counted anew by a server that was started anew", async () => {
		const goal = startedAnew("s3");
		expect(await goal(NOWHERE, heard({ by: 2, starts: 1 }), was)).toEqual([]);
		expect(await goal(NOWHERE, heard({ by: 2, starts: 0 }), was)).toEqual([
			"the threads of s3 were not started anew",
		]);
		expect(await goal(NOWHERE, was, was)).toHaveLength(1);
	});
});

describe("at the end", () => {
	it("one server is open, and all others follow it or are told of", () => {
		expect(judgeEnd(observed())).toEqual([]);
		const chained = but(seen("s3", false, [below("s1")]));
		expect(judgeEnd(observed({ now: chained }))).toEqual([]);
		const alone = but(seen("s3", false, []));
		expect(judgeEnd(observed({ now: alone }))).toHaveLength(1);
		expect(
			judgeEnd(
				observed({
					now: alone,
					recorded: { ...observed().recorded, fences: ["s3 fenced: errant"] },
				}),
			),
		).toEqual([]);
	});

	it("neither none nor two", () => {
		expect(judgeEnd(observed({ now: but(seen("s2", false, [])) }))[0]).toBe(
			"at the end 0 servers are open: none",
		);
		expect(judgeEnd(observed({ now: but(seen("s1", true, [])) }))[0]).toBe(
			"at the end 2 servers are open: s1, s2",
		);
		// A careless replica is no second primary.
		expect(
			judgeEnd(observed({ now: but(seen("s1", true, [below("s2")])) })),
		).toEqual([]);
	});

	it("settings are as they were, and the cluster is named after its primary", () => {
		const lowered = but(seen("s3", false, [below("s2")], { patience: 1 }));
		const recorded = { ...observed().recorded, primary: "s1" };
		expect(judgeEnd(observed({ now: lowered, recorded }))).toHaveLength(2);
	});
});

describe("two servers that take writes at once", () => {
	const at = (server: string, fromMs: number, isOpen: boolean): Sample => ({
		server,
		askedAtMs: fromMs,
		toldAtMs: fromMs + 1,
		isOpen,
	});

	it("are seen where their spans overlap for certain", () => {
		const first = [at("a", 0, true), at("a", 10, true), at("a", 20, false)];
		const second = [at("b", 5, true), at("b", 15, true)];
		expect(doubleOpenings([...first, ...second])).toEqual([
			{ servers: ["a", "b"], fromMs: 6, toMs: 10 },
		]);
	});

	it("are not where one may have been closed before the other was opened", () => {
		const first = [at("a", 0, true), at("a", 10, true), at("a", 20, false)];
		const second = [at("b", 10, true), at("b", 20, true)];
		expect(doubleOpenings([...first, ...second])).toEqual([]);
	});

	it("do not count while what is known of one is doubtful", () => {
		const samples = [
			at("a", 0, true),
			at("a", 10, true),
			at("b", 0, true),
			at("b", 10, true),
		];
		expect(doubleOpenings(samples)).toHaveLength(1);
		expect(doubleOpenings(samples, (server) => server === "a")).toEqual([]);
	});
});

describe("an operation that leads to a state of its own", () => {
	const change: Told = {
		...failed,
		kind: "serverChange",
		successful: true,
		changed: true,
		texts: ["s3 is changed"],
	};
	const unmet = ["s3 is not changed"];
	const recorded = { ...observed().recorded, primary: "s1" };
	const asked = { now: before, asked: "serverChange", recorded } as const;

	it("has led there where that is told, and at the end", () => {
		const lied = observed({ ...asked, unmet, told: [change] });
		const says = [
			"untrue: it is told to have succeeded, but s3 is not changed",
		];
		expect(judgeRun(lied)).toEqual(says);
		expect(judgeEnd(lied)).toEqual(says);
		// Whom it has left it need not have changed yet.
		const left = { ...change, left: ["s3"] };
		expect(judgeRun(observed({ ...asked, unmet, told: [left] }))).toEqual([]);
		const refused = { ...change, successful: false, changed: false };
		expect(judgeRun(observed({ ...asked, unmet, told: [refused] }))).toEqual(
			[],
		);
		// After a failover it need not be so any more.
		expect(
			judgeEnd(
				observed({ asked: "serverChange", unmet, told: [change, takeover] }),
			),
		).toEqual([]);
	});

	it("leaves nobody stopped, whatever is said of it", () => {
		const now = [
			seen("s1", true),
			seen("s2", false, [below("s1")]),
			seen("s3", false, [below("s1", { receiver: "stopped" })]),
		];
		const left = { ...asked, now, told: [change] };
		expect(judgeEnd(observed(left))).toEqual([]);
		expect(judgeEnd(observed({ ...left, isStrict: true }))).toEqual([
			expect.stringMatching(
				/^unaccounted: s3 does not follow s1, and nothing tells of it: .*"stopped"/,
			),
		]);
		expect(
			judgeEnd(observed({ ...left, isStrict: true, leaves: "s3" })),
		).toEqual([]);
	});

	it("may close the primary, or pair it with one that is read-only", () => {
		const closed = [seen("s1", false), ...before.slice(1)];
		expect(
			judgeEnd(observed({ ...asked, now: closed, isClosing: true })),
		).toEqual([]);
		const paired = [seen("s1", true, [below("s2")]), ...before.slice(1)];
		expect(
			judgeEnd(observed({ ...asked, now: paired, isPairing: true })),
		).toEqual([]);
		expect(judgeEnd(observed({ ...asked, now: paired }))).toEqual([
			"at the end 0 servers are open: none",
		]);
	});
});

describe("what somebody who asks for the end of an operation is told", () => {
	const ended = (successful: boolean): Ran =>
		({ how: "ended", outcome: { successful } }) as unknown as Ran;
	const threw: Ran = { how: "threw", says: "it was cancelled" };
	const judged = (ran: Ran, refusal: string | undefined) =>
		judgeAsked({ ran, refusal, others: [] });

	it("is true where it came to nothing, and where it was too late and it came through", () => {
		expect(judged(ended(false), "")).toEqual([]);
		expect(judged(threw, "")).toEqual([]);
		expect(judged(ended(true), "it is too late")).toEqual([]);
		expect(judged(ended(true), undefined)).toEqual([]);
		expect(judged(ended(false), undefined)).toEqual([]);
	});

	it("is not where it came through all the same, or came to nothing though it was too late", () => {
		expect(judged(ended(true), "")).toEqual([
			"asked: its end was not refused, and it came through all the same",
		]);
		expect(judged(ended(false), "it is too late")).toEqual([
			"asked: its end was refused (it is too late), and it did not come through",
		]);
	});
});

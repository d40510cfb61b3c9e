import { describe, expect, it } from "vitest";
import { doubleOpenings, type Sample } from "./exposure.ts";
import {
	type Channel,
	judgeEnd,
	judgeRun,
	type Observed,
	type Seen,
	type Told,
} from "./judge.ts";

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
): Seen => ({ alias, answers: true, isOpen, channels, patience: 0, ...rest });

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
			"unaccounted: s3 does not follow s1, and nothing tells of it",
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

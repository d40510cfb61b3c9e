import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	failing,
	gtids,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { simulate } from "../../test/support/simulated-plans.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planRelocation } from "./relocation-plan.ts";
import { stepText } from "./step.ts";

const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);

const asked = (
	instances: readonly Instance[],
	instance: InstanceName = "a:3306",
	below: InstanceName = "b:3306",
	rest: Partial<Snapshot> = {},
) => ({
	planner: planRelocation,
	request: { instance, below },
	snapshot: snapshotOf(instances, rest),
	settings: PLANNING,
});

const plan = (...of: Parameters<typeof asked>) =>
	planRelocation({ ...asked(...of), done: [] });

const steps = (...of: Parameters<typeof asked>) =>
	plan(...of).phases.flatMap((phase) => phase.steps.map(stepText));

it("moves a replica below its sibling, once that has what it has", () => {
	const made = plan([primary, a, b]);
	expect(made).toMatchObject({ successor: "b:3306", left: [] });
	expect(steps([primary, a, b])).toEqual([
		"let b:3306 apply all that b:3306, a:3306 received",
		"move a:3306 below b:3306",
	]);
	expect(made.phases[1]?.steps[0]).toMatchObject({
		undo: {
			do: "moveBelow",
			on: "a:3306",
			source: "p:3306",
			unappliedAreOn: ["b:3306"],
		},
	});
});

it("waits for nothing where the new source is the primary", () => {
	const below = replica("a", 2, {}, { sourceHost: "b" });
	expect(steps([primary, below, b], "a:3306", "p:3306")).toEqual([
		"move a:3306 below p:3306",
	]);
});

it("has nothing to do where it is done already", () => {
	expect(plan([primary, a], "a:3306", "p:3306")).toMatchObject({
		phases: [],
		says: "a:3306 replicates from p:3306 already",
	});
	const stopped = replica("a", 2, {}, { receiver: 0 });
	expect(steps([primary, stopped], "a:3306", "p:3306")).toEqual([
		"move a:3306 below p:3306",
	]);
});

it("says that it starts what a person had stopped or detached", () => {
	const stopped = replica("a", 2, {}, { receiver: 0 });
	expect(plan([primary, stopped, b], "a:3306", "b:3306").notes).toEqual([
		"the receiver of a:3306 is stopped: it is started below b:3306",
	]);
	const detached = replica(
		"a",
		2,
		{},
		{ receiver: 0, applier: 0, sourceHost: "//p" },
	);
	expect(plan([primary, detached, b], "a:3306", "b:3306").notes).toEqual([
		"the receiver of a:3306 is stopped, and its source is detached: it is started below b:3306",
	]);
	expect(plan([primary, a, b], "a:3306", "b:3306").notes).toEqual([]);
});

it("names the channel", () => {
	const named = replica("a", 2, {}, { channel: "ch" });
	expect(steps([primary, named, b])[1]).toBe(
		"move a:3306 below b:3306 (channel ch)",
	);
});

it("puts the replica back when it does not replicate there, as it was", () => {
	const back = (instance: Instance) => {
		const { state, world } = simulate({
			...asked([primary, instance, b]),
			fates: ["well", "fails late"],
		});
		expect(state).toBe("undone");
		return world.instances[1]?.replication;
	};
	expect(back(a)).toMatchObject({ sourceHost: "p", receiver: 1 });
	expect(back(replica("a", 2, {}, { receiver: 0 }))).toMatchObject({
		sourceHost: "p",
		receiver: 0,
	});
});

it("moves below a lagging sibling, which will get the rest from the primary", () => {
	const lagging = replica(
		"b",
		3,
		{ executedGtid: gtids(10) },
		{ retrievedGtid: gtids(20) },
	);
	expect(plan([primary, a, lagging]).refusal).toBeUndefined();
	// The primary was looked at before it wrote them.
	const later = { ...a, executedGtid: gtids(120) };
	expect(plan([primary, later, lagging]).refusal).toBeUndefined();
	expect(plan([primary, later], "a:3306", "p:3306").refusal).toBeUndefined();
	const dead = { ...primary, check: failing("lost") };
	expect(plan([dead, later, lagging]).refusal).toContain(
		`a:3306 has transactions that b:3306 lacks: ${uuid(1)}:21-120`,
	);
	const cutOff = replica(
		"b",
		3,
		{ executedGtid: gtids(20) },
		{ retrievedGtid: gtids(20), receiver: 0 },
	);
	expect(plan([primary, a, cutOff]).refusal).toContain(
		`a:3306 has transactions that b:3306 lacks: ${uuid(1)}:21-100`,
	);
	const unknownToAll = {
		...a,
		executedGtid: `${gtids(100)},${uuid(9)}:1-5`,
	};
	expect(plan([primary, unknownToAll, lagging]).refusal).toContain(
		`a:3306 has transactions that b:3306 lacks: ${uuid(9)}:1-5`,
	);
});

it("moves a replica with its errant transactions, and says so", () => {
	const errant = {
		...a,
		executedGtid: `${gtids(100)},${uuid(2)}:1-2`,
		errantGtid: `${uuid(2)}:1-2`,
	};
	const sub = replica("s", 8, {}, { sourceHost: "a" });
	expect(plan([primary, errant, b, sub])).toMatchObject({
		successor: "b:3306",
		notes: [
			`a:3306 keeps errant transactions of its own: ${uuid(2)}:1-2; its replicas s:3306 get them from it, wherever it stands`,
		],
	});
	expect(plan([primary, errant, b], "b:3306", "a:3306").refusal).toContain(
		"a:3306 has errant transactions, which b:3306 would get",
	);
});

describe("what a replica has got from a server above it, and no other has,", () => {
	const own = `${uuid(2)}:1-2`;
	const both = { executedGtid: `${gtids(100)},${own}` };
	const errant = { ...a, ...both, errantGtid: own };
	const sub = replica("s", 8, both, { sourceHost: "a" });

	it("goes with it, and is told", () => {
		const made = plan([primary, errant, b, sub], "s:3306", "p:3306");
		expect(made).toMatchObject({
			successor: "p:3306",
			notes: [
				`s:3306 keeps errant transactions that it got from a:3306, and p:3306 does not get them: ${own}; they are errant on s:3306 then`,
			],
		});
		expect(steps([primary, errant, b, sub], "s:3306", "b:3306")).toEqual([
			"let b:3306 apply all that b:3306, s:3306 received",
			"move s:3306 below b:3306",
		]);
		const chain = [
			primary,
			errant,
			b,
			sub,
			replica("t", 9, both, { sourceHost: "s" }),
		];
		expect(plan(chain, "t:3306", "b:3306").refusal).toBeUndefined();
		expect(plan(chain, "t:3306", "a:3306").notes).toEqual([]);
	});

	it("is no reason against a source that has nothing of its own beyond it", () => {
		const moved = replica("s", 8, { ...both, errantGtid: own });
		expect(
			plan([primary, errant, b, moved], "s:3306", "a:3306").refusal,
		).toBeUndefined();
		expect(plan([primary, errant, b], "b:3306", "a:3306").refusal).toContain(
			`which b:3306 would get: ${own}`,
		);
	});

	it("stops it where the new source committed it once, and lost it", () => {
		const lost = `${uuid(3)}:1-5`;
		const has = { executedGtid: `${gtids(100)},${lost}` };
		const above = { ...a, ...has, errantGtid: lost };
		const below = replica("s", 8, has, { sourceHost: "a" });
		expect(
			plan([primary, above, b, below], "s:3306", "b:3306").refusal,
		).toContain(
			`s:3306 has transactions that b:3306 committed once and has no more, and would not let it in with (error 1236): ${lost}`,
		);
		expect(
			plan([primary, above, b, below], "s:3306", "p:3306").refusal,
		).toBeUndefined();
	});
});

describe("of MariaDB", () => {
	const MARIADB = {
		flavor: "MariaDB",
		version: "11.4.2-MariaDB",
		gtidMode: "",
		supportsOracleGtid: false,
	} as const;
	const BY_GTID = {
		usingOracleGtid: false,
		usingMariadbGtid: true,
		retrievedGtid: "",
	} as const;
	const standing = (position: string, binlogState: string) => ({
		...MARIADB,
		executedGtid: position,
		binlogGtidState: binlogState,
	});
	const top = server("p", 1, standing("0-1-100", "0-1-100"));
	const of = (
		name: string,
		id: number,
		source: string,
		...at: Parameters<typeof standing>
	) => replica(name, id, standing(...at), { ...BY_GTID, sourceHost: source });
	const refusalWith = (
		errantGtid: string,
		position: string,
		state: string,
		served = top,
	) => {
		const above = { ...of("a", 2, "p", position, state), errantGtid };
		const sub = of("s", 8, "a", position, state);
		return plan([served, above, sub], "s:3306", "p:3306").refusal;
	};

	it("what it got from above stops it only while it stands there, in a domain of the new source", () => {
		expect(refusalWith("0-2-101", "0-2-101", "0-1-100,0-2-101")).toBe(
			"s:3306 stands at 0-2-101, an errant transaction that is not in the binary logs of p:3306, which would not let it in there (error 1236): move it when it has applied another one of that domain",
		);
		expect(
			refusalWith("0-2-101", "0-1-102", "0-1-102,0-2-101"),
		).toBeUndefined();
		const other = "0-1-100,7-2-1";
		expect(refusalWith("7-2-1", other, other)).toBeUndefined();
		const serving = server("p", 1, standing("0-1-100,7-1-1", "0-1-100,7-1-1"));
		expect(
			refusalWith("7-2-2", "0-1-100,7-2-2", "0-1-100,7-1-1,7-2-2", serving),
		).toContain("s:3306 stands at 7-2-2");
	});
});

describe("a relocation is refused", () => {
	it("while the replica is under maintenance", () => {
		const move = (instance: InstanceName, below: InstanceName) =>
			plan([primary, a, b], instance, below, { maintained: ["a:3306"] })
				.refusal;
		expect(move("a:3306", "b:3306")).toContain("is under maintenance");
		expect(move("b:3306", "a:3306")).toBeUndefined();
	});

	const away = { check: failing("timeout") };
	const several = [replicating("q", { channel: "q" })];
	const denied = { about: "operations", privilege: "SUPER", says: "no SUPER" };
	it.each<[string, Instance[], InstanceName?, InstanceName?]>([
		["a:3306 is not in cluster p:3306; name a server", [primary, b]],
		["b:3306 is not in cluster p:3306; name a server", [primary, a]],
		["a:3306 cannot be reached: timeout", [primary, { ...a, ...away }, b]],
		["b:3306 cannot be reached: timeout", [primary, a, { ...b, ...away }]],
		[
			"p:3306 is not a replica; use graceful-master-takeover",
			[primary, a, b],
			"p:3306",
		],
		[
			"b:3306 is a descendant of a:3306",
			[primary, a, { ...b, replication: replicating("a") }],
		],
		[
			"a:3306 cannot be moved below itself; name another server",
			[primary, a, b],
			"a:3306",
			"a:3306",
		],
		[
			"p:3306 cannot be moved below itself",
			[primary, a, b],
			"p:3306",
			"p:3306",
		],
		["writes no binary log", [primary, a, { ...b, logBin: false }]],
		[
			"a:3306 does not replicate by a GTID that b:3306 supports",
			[primary, a, { ...b, supportsOracleGtid: false }],
		],
		[
			`b:3306 has purged transactions that a:3306 needs: ${uuid(1)}:101-150`,
			[primary, a, { ...b, purgedGtid: gtids(150), executedGtid: gtids(150) }],
		],
		[
			"a:3306 replicates by several channels, which are not moved yet",
			[primary, { ...a, otherChannels: several }, b],
		],
		[
			"b:3306 replicates by several channels, which are not moved yet",
			[primary, a, { ...b, otherChannels: several }],
		],
		[
			"a:3306 cannot be moved: no SUPER",
			[primary, { ...a, findings: [denied] }, b],
		],
	])("because: %s", (says, instances, instance, below) => {
		expect(plan(instances, instance, below).refusal).toContain(says);
	});

	it("in a ring too, without walking it for ever", () => {
		const ring = { ...primary, replication: replicating("b") };
		expect(plan([ring, a, b], "p:3306", "a:3306").refusal).toContain(
			"descendant",
		);
		expect(plan([ring, a, b], "a:3306", "b:3306").refusal).toBeUndefined();
	});
});

describe("of the ways that are demanded", () => {
	const sub = replica("s", 8, {}, { sourceHost: "a" });
	const all = [primary, a, b, sub];
	const byWay = (
		way: "up" | "siblings" | "gtid" | "repoint",
		instance: InstanceName,
		below?: InstanceName,
		instances: readonly Instance[] = all,
	) => {
		const made = planRelocation({
			request: { instance, way, ...(below === undefined ? {} : { below }) },
			snapshot: snapshotOf(instances),
			settings: PLANNING,
			done: [],
		});
		return (
			made.refusal ?? made.phases.flatMap((phase) => phase.steps.map(stepText))
		);
	};

	it("up goes below the source of the source", () => {
		expect(byWay("up", "s:3306")).toEqual(["move s:3306 below p:3306"]);
		expect(byWay("up", "a:3306")).toContain(
			"p:3306, the source of a:3306, is not a replica itself",
		);
		expect(byWay("up", "p:3306")).toContain("p:3306 is not a replica");
		expect(byWay("up", "s:3306", "b:3306")).toContain(
			"b:3306 is not above the source of s:3306: that is p:3306",
		);
		expect(byWay("up", "s:3306", undefined, [primary, sub])).toContain(
			"a:3306 is not in cluster p:3306; ",
		);
		const ring = { ...primary, replication: replicating("a") };
		for (const each of ["a:3306", "p:3306"] as const)
			expect(byWay("up", each, undefined, [ring, a])).toMatch(
				/ replicate from each other: there is no server above them; reset-replica on one of them ends that$/,
			);
	});

	it("a sibling is one of the same source", () => {
		expect(byWay("siblings", "a:3306", "b:3306").at(-1)).toBe(
			"move a:3306 below b:3306",
		);
		expect(byWay("siblings", "s:3306", "b:3306")).toContain(
			"s:3306 and b:3306 are not siblings: s:3306 from a:3306, b:3306 from p:3306",
		);
		expect(byWay("siblings", "a:3306", "p:3306")).toContain(
			"a:3306 from p:3306, p:3306 from nobody; use relocate",
		);
		expect(byWay("siblings", "a:3306", "s:3306")).toContain(
			"s:3306 from a:3306; take-master -i s:3306 lets the two change places",
		);
		expect(byWay("siblings", "a:3306", "a:3306")).toContain("below itself");
	});

	it("by GTID is any move that is by GTID", () => {
		expect(byWay("gtid", "s:3306", "b:3306").at(-1)).toBe(
			"move s:3306 below b:3306",
		);
		expect(byWay("gtid", "s:3306")).toContain("it is not said below which");
	});

	it("repointing lays the channel anew, below whom it is already too", () => {
		expect(byWay("repoint", "a:3306")).toEqual([
			"lay the channel of a:3306 to p:3306 anew",
		]);
		expect(byWay("repoint", "s:3306")).toEqual([
			"let a:3306 apply all that a:3306, s:3306 received",
			"lay the channel of s:3306 to a:3306 anew",
		]);
		expect(byWay("repoint", "a:3306", "b:3306").at(-1)).toBe(
			"move a:3306 below b:3306",
		);
		expect(byWay("repoint", "p:3306")).toContain("is not a replica");
	});

	it("repointing one of a pair, whose source replicates from it, is no ring", () => {
		const ring = { ...primary, readOnly: true, replication: replicating("a") };
		const errant = { ...ring, errantGtid: `${uuid(1)}:1-2` };
		expect(byWay("repoint", "a:3306", undefined, [errant, a]).at(-1)).toBe(
			"lay the channel of a:3306 to p:3306 anew",
		);
	});
});

it("leaves the place of a group's secondary to its group", () => {
	const member: Instance = {
		...a,
		group: {
			name: uuid(7),
			singlePrimary: true,
			memberState: "ONLINE",
			memberRole: "SECONDARY",
			members: ["a:3306", "p:3306"],
			primary: "p:3306",
		},
	};
	expect(plan([primary, member, b]).refusal).toContain(
		"a:3306 is a secondary of a replication group",
	);
});

import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	ACKER,
	downtimeOf,
	failing,
	gtids,
	LOSSLESS,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { type Fate, simulate } from "../../test/support/simulated-plans.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { caughtUp, unionOfHoldings } from "./holdings.ts";
import type { PlanSettings } from "./plan.ts";
import { stepText } from "./step.ts";
import { planTakeover } from "./takeover-plan.ts";

const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);
const c = replica("c", 4);

const asked = (
	instances: readonly Instance[],
	request: { to?: InstanceName; auto?: boolean } = {},
	rest: Partial<Snapshot> = {},
	settings: Partial<PlanSettings> = {},
) => ({
	planner: planTakeover,
	request: { auto: false, ...request },
	snapshot: snapshotOf(instances, rest),
	settings: { ...PLANNING, ...settings },
});

const plan = (...of: Parameters<typeof asked>) =>
	planTakeover({ ...asked(...of), done: [] });

const run = (
	instances: readonly Instance[],
	request: { to?: InstanceName; auto?: boolean } = {},
	fates: readonly Fate[] = [],
) => simulate({ ...asked(instances, request), fates });

/** The siblings that are moved before the switch, and those after. */
const moves = (...of: Parameters<typeof asked>) => {
	const { phases, refusal } = plan(...of);
	expect(refusal).toBeUndefined();
	const movesIn = (phase: string) =>
		(phases.find(({ name }) => name === phase)?.steps ?? [])
			.filter((step) => step.do === "moveBelow" && step.on !== "p:3306")
			.map((step) => step.on);
	return [movesIn("move ahead"), movesIn("follow")];
};

describe("a takeover is refused", () => {
	const to = { to: "a:3306" as const };
	const odd = (
		rest: Partial<Instance>,
		replication: Parameters<typeof replica>[3] = {},
	) => [primary, replica("a", 2, rest, replication), b];

	const several = [replicating("q", { channel: "q" })];
	const denied = { about: "operations", privilege: "SUPER", says: "no SUPER" };

	it.each<[string, Instance[], { to?: InstanceName; auto?: boolean }]>([
		["found none", [], to],
		[
			"found p:3306, q:3306",
			[primary, a, server("q", 9), replica("x", 7, {}, { sourceHost: "q" })],
			to,
		],
		[
			"p:3306 cannot be reached (timeout); use recover -i p:3306",
			[{ ...primary, check: failing("timeout") }, a],
			to,
		],
		["has no replicas", [primary], {}],
		["target instance not indicated", [primary, a, b], {}],
		["must be directly replicating from the master", [primary, b], to],
		[
			"must be directly replicating from the master",
			[primary, b, replica("a", 2, {}, { sourceHost: "b" })],
			to,
		],
		[
			"p:3306 must be directly replicating from the master p:3306, which it is itself: name one",
			[primary, a, b],
			{ to: "p:3306" },
		],
		[
			"cannot be promoted: cannot be reached: timeout; name another replica",
			odd({ check: failing("timeout") }),
			to,
		],
		[
			"a:3306 does not replicate: its receiver is stopped; start-replica -i a:3306 starts it, or name another replica",
			odd({}, { receiver: 0 }),
			to,
		],
		["its applier is stopped; start-replica", odd({}, { applier: 0 }), to],
		[
			"its receiver and its applier are stopped; start-replica",
			odd({}, { receiver: 0, applier: 0 }),
			to,
		],
		[
			"its applier is broken: Duplicate entry; mend what it stopped at",
			odd({}, { applier: 0, lastApplierError: "Duplicate entry" }),
			to,
		],
		[
			"its receiver has no connection to its source: refused; mend that",
			odd({}, { receiver: 2, lastReceiverError: "refused" }),
			to,
		],
		["lags 21 seconds", odd({ lagSeconds: 21 }), to],
		["lags an unknown number of seconds", odd({ lagSeconds: null }), to],
		[
			"; gtid-errant-inject-empty -i a:3306 lets",
			odd({ errantGtid: `${uuid(2)}:1` }),
			to,
		],
		["its promotion rule is must_not", odd({ promotionRule: "must_not" }), to],
		["p:3306 cannot replicate from a:3306", odd({ version: "9.0.1" }), to],
		[
			"b:3306 cannot be reached: timeout; downtime it to leave it behind",
			[primary, a, { ...b, check: failing("timeout") }],
			to,
		],
		[
			"b:3306 cannot replicate from a:3306",
			[primary, a, { ...b, binlogFormat: "STATEMENT" }],
			to,
		],
		[
			"a:3306 has purged transactions that b:3306 needs",
			odd({ purgedGtid: `${uuid(1)}:1-150` }),
			to,
		],
		[
			"b:3306 replicates by several channels, which are not moved yet",
			[primary, a, { ...b, otherChannels: several }],
			to,
		],
		[
			"a:3306 cannot be promoted: it replicates by several channels",
			odd({ otherChannels: several }),
			to,
		],
		["is delayed by 20 s", odd({}, { sqlDelaySeconds: 20 }), to],
		[
			"p:3306 could not be made a read-only replica: no SUPER",
			[{ ...primary, findings: [denied] }, a],
			to,
		],
		[
			"b:3306 cannot be moved: no SUPER",
			[primary, a, { ...b, findings: [denied] }],
			to,
		],
		["a:3306 cannot be promoted: no SUPER", odd({ findings: [denied] }), to],
		[
			"a:3306 has replication filters, and may lack what they kept out; name it",
			[primary, replica("a", 2, {}, { hasFilters: true })],
			{},
		],
		[
			"no replica can be promoted",
			[primary, { ...a, promotionRule: "must_not" }],
			{ auto: true },
		],
	])("because: %s", (says, instances, request) => {
		const refused = plan(instances, request);
		expect(refused.refusal).toMatch(/^GracefulMasterTakeover: /);
		expect(refused.refusal).toContain(says);
		expect(refused.phases).toEqual([]);
	});
});

it.each(["p:3306", "a:3306", "b:3306"] as const)(
	"is refused while somebody works at %s",
	(held) => {
		expect(
			plan([primary, a, b], { to: "a:3306" }, { maintained: [held] }).refusal,
		).toContain(`${held} is under maintenance; end that first`);
	},
);

it("is refused while its successor takes writes beside the primary, with what mends it", () => {
	const open = { ...a, readOnly: false };
	expect(plan([primary, open]).refusal).toBe(
		"GracefulMasterTakeover: both p:3306 and a:3306 take writes: compare them, and make the wrong one read-only: SET GLOBAL super_read_only = ON on a:3306, if that is the one",
	);
	// Whoever may choose takes one that does not.
	expect(plan([primary, open, b], { auto: true }).successor).toBe("b:3306");
});

it("is refused while the last one's new primary still names the old one as its source", () => {
	const opened = { ...a, readOnly: false };
	expect(
		plan([primary, opened, b], { to: "b:3306" }, { clusterName: "a:3306" })
			.refusal,
	).toContain("a:3306 is the primary of the cluster and takes writes");
});

describe("a takeover goes", () => {
	const designated = (...of: Parameters<typeof asked>) => {
		const { refusal, successor } = plan(...of);
		return refusal ?? successor;
	};

	it("to the only replica without being told", () => {
		expect(designated([primary, a])).toBe("a:3306");
	});

	it("to the best fit one when left to choose", () => {
		const lagging = { ...a, lagSeconds: 600, promotionRule: "prefer" as const };
		expect(designated([primary, lagging, b], { auto: true })).toBe("b:3306");
	});

	it("to the one that the rule prefers, whoever was looked at last", () => {
		const lookedAt = (each: Instance, last: number) => ({
			...each,
			executedGtid: gtids(last),
			replication: { ...each.replication, retrievedGtid: gtids(last) },
		});
		const preferred = { ...a, promotionRule: "prefer" as const };
		expect(
			designated([primary, lookedAt(preferred, 100), lookedAt(b, 110)], {
				auto: true,
			}),
		).toBe("a:3306");
	});

	it("to one of equals that is not held back", () => {
		expect(designated([primary, a, b], { auto: true })).toBe("a:3306");
		expect(
			designated([primary, a, b], { auto: true }, { fenced: ["a:3306"] }),
		).toBe("b:3306");
	});

	it.each<[string, Partial<Instance>, Partial<PlanSettings>]>([
		[
			"PreventCrossDataCenterMasterFailover",
			{ dataCenter: "two" },
			{ preventCrossDataCenter: true },
		],
		[
			"PreventCrossRegionMasterFailover",
			{ region: "south" },
			{ preventCrossRegion: true },
		],
		["PromotionIgnoreHostnameFilters", {}, { banned: ["a:3306"] }],
		[
			"FailMasterPromotionOnLagMinutes",
			{ lagSeconds: 61 },
			{ maxLagMinutes: 1, maxMaintenanceLagSeconds: 90 },
		],
	])(
		"past one that %s forbids, and not to it by name",
		(key, odd, settings) => {
			const placed = { dataCenter: "one", region: "north" };
			const [from, other] = [
				{ ...primary, ...placed },
				{ ...b, ...placed },
			];
			const all = [from, { ...a, ...placed, ...odd }, other];
			expect(designated(all, { auto: true }, {}, settings)).toBe("b:3306");
			expect(plan(all, { to: "a:3306" }, {}, settings).refusal).toContain(
				`a:3306 cannot be promoted: ${key}`,
			);
			expect(plan(all, { auto: true }, {}, settings).notes.join()).toContain(
				key,
			);
		},
	);

	it("to a filtered one that a person names", () => {
		const filtered = replica("a", 2, {}, { hasFilters: true });
		expect(designated([primary, filtered, b], { to: "a:3306" })).toBe("a:3306");
	});

	it("past siblings that are downtimed, and tells of them", () => {
		const away = { ...b, check: failing("timeout") };
		const of = [
			[primary, a, away, c],
			{ to: "a:3306" },
			{ downtimes: [downtimeOf("b")] },
		] as const;
		expect(moves(...of)).toEqual([["c:3306"], []]);
		expect(plan(...of).left).toEqual([
			{
				name: "b:3306",
				reason: "it is downtimed, and stays below p:3306",
				isExpected: true,
			},
		]);
	});

	it("and leaves replicas of replicas where they are", () => {
		const below = server("d", 5, { replication: replicating("b") });
		expect(moves([primary, a, b, below], { to: "a:3306" })).toEqual([
			["b:3306"],
			[],
		]);
	});

	it("and says whose receiver below the new primary is stopped", () => {
		const stopped = replica("d", 5, {}, { sourceHost: "a", receiver: 0 });
		expect(plan([primary, a, b, stopped], { to: "a:3306" }).notes).toContain(
			"d:3306 is below a:3306 and its receiver is stopped: it stays so",
		);
	});

	it("and leaves stopped what a person has stopped, moved ahead or behind, with its applier as it was", () => {
		const waiting = { ...primary, semiSync: LOSSLESS };
		const receiver = replica("b", 3, {}, { receiver: 0 });
		const both = replica("c", 4, {}, { receiver: 0, applier: 0 });
		const last = replica("d", 5, { semiSync: ACKER }, { receiver: 0 });
		const made = plan([waiting, a, receiver, both, last], { to: "a:3306" });
		const moved = made.phases
			.flatMap(({ name, steps }) => steps.map((step) => ({ name, step })))
			.flatMap(({ name, step }) =>
				step.do === "moveBelow" && step.on !== "p:3306"
					? [[name, step.on, step.leaveStopped, step.leaveApplying]]
					: [],
			);
		expect(moved).toEqual([
			["move ahead", "b:3306", true, true],
			["move ahead", "c:3306", true, undefined],
			["follow", "d:3306", true, true],
		]);
		expect(made.notes).toContain(
			"b:3306 goes below a:3306 with its receiver stopped, as it was",
		);
	});

	it("and says who may write to an old primary that has no super_read_only", () => {
		const mariadb = { flavor: "MariaDB", version: "10.11.8" } as const;
		const told = (from: Instance, to: Instance) =>
			plan([from, to]).notes.filter((each) => /READ ONLY ADMIN/.test(each));
		expect(
			told(
				{ ...primary, ...mariadb, executedGtid: "0-1-100" },
				replica(
					"a",
					2,
					{ ...mariadb, executedGtid: "0-1-100" },
					{
						usingOracleGtid: false,
						usingMariadbGtid: true,
						retrievedGtid: "0-1-100",
					},
				),
			),
		).toHaveLength(1);
		expect(told(primary, a)).toEqual([]);
	});

	it("and says what a missing privilege leaves undone", () => {
		const findings = [
			{ about: "operations", privilege: "RELOAD", says: "no RELOAD" },
		];
		expect(plan([primary, { ...a, findings }]).notes).toContain("no RELOAD");
	});
});

describe("the commonest topologies", () => {
	const steps = (instances: readonly Instance[]) =>
		run(instances, { to: "a:3306", auto: true }).done.map(
			({ phase, step }) => `${phase}: ${stepText(step)}`,
		);
	const handOver =
		"hand over: wait for open transactions of p:3306, block writes on it, let a:3306 apply the last of them, make a:3306 writable";

	it("one and none: refused", () => {
		expect(plan([primary]).refusal).toContain("has no replicas");
	});

	it("one and one: the account is found before anything is touched, the channel forgotten when the old primary follows", () => {
		expect(steps([primary, a])).toEqual([
			"credential: find the replication account on a:3306",
			handOver,
			"follow: move p:3306 below a:3306",
			"tidy: let a:3306 forget its source, and keep the account while p:3306 does not follow",
		]);
	});

	it("the first of a chain", () => {
		const sub = replica("s", 8, {}, { sourceHost: "a" });
		expect(steps([primary, a, sub])).toEqual([
			"credential: find the replication account on a:3306",
			handOver,
			"follow: move p:3306 below a:3306",
			"tidy: let a:3306 forget its source, and keep the account while p:3306 does not follow",
		]);
	});

	it("one and three", () => {
		expect(steps([primary, a, b, c])).toEqual([
			"credential: find the replication account on a:3306 or b:3306 or c:3306",
			"move ahead: move b:3306 below a:3306",
			"move ahead: move c:3306 below a:3306",
			handOver,
			"follow: move p:3306 below a:3306",
			"follow: let a:3306 forget its source",
		]);
	});

	it("the old primary is open again when the new one was not opened after all", () => {
		const undo = (old: Instance) =>
			plan([old, a], { to: "a:3306" }).phases.find(
				({ name }) => name === "hand over",
			)?.steps[0]?.undo;
		expect(undo(primary)).toMatchObject({ do: "open", on: "p:3306" });
		expect(undo({ ...primary, readOnly: true })).toBeUndefined();
	});

	it("the old primary is left stopped unless it is told otherwise", () => {
		const follow = (auto: boolean) =>
			plan([primary, a], { to: "a:3306", auto }).phases.find(
				({ name }) => name === "follow",
			)?.steps[0];
		expect(follow(false)).toMatchObject({ leaveStopped: true });
		expect(follow(true)).not.toHaveProperty("leaveStopped");
	});
});

describe("a takeover that fails", () => {
	const to = { to: "a:3306" as const, auto: true };
	const sourceIn = (instances: readonly Instance[], name: string) =>
		instances.find((each) => each.name === name)?.replication.sourceHost;

	it.each<[string, readonly Fate[]]>([
		["finding the account", ["fails"]],
		["moving a sibling", ["well", "well", "fails"]],
		["handing over", ["well", "well", "well", "fails"]],
	])("at %s is taken back", (_, fates) => {
		const { state, world, primary: now } = run([primary, a, b, c], to, fates);
		expect([state, now]).toEqual(["undone", undefined]);
		expect(world.instances.map((each) => [each.name, each.readOnly])).toEqual([
			["p:3306", false],
			["a:3306", true],
			["b:3306", true],
			["c:3306", true],
		]);
		for (const name of ["a:3306", "b:3306", "c:3306"])
			expect(sourceIn(world.instances, name)).toBe("p");
	});

	it("behind the switch goes on", () => {
		const fates: Fate[] = ["well", "well", "well", "well", "dies"];
		const { state, primary: now, done } = run([primary, a, b, c], to, fates);
		expect([state, now]).toEqual(["succeeded", "a:3306"]);
		expect(done.at(-1)?.step.do).toBe("forgetSource");
	});
});

describe("the primary keeps the acknowledgements that its commits wait for", () => {
	const acker = (each: Instance) => ({ ...each, semiSync: ACKER });
	const acked = (waitForReplicaCount: number, replicas: readonly Instance[]) =>
		moves(
			[
				{ ...primary, semiSync: { ...LOSSLESS, waitForReplicaCount } },
				...replicas,
			],
			{ to: "a:3306" },
		);

	it.each<[string, number, Instance[], string[], string[]]>([
		[
			"the designated one acks",
			1,
			[acker(a), acker(b), acker(c)],
			["b:3306", "c:3306"],
			[],
		],
		["it does not ack", 1, [a, acker(b), acker(c)], ["b:3306"], ["c:3306"]],
		[
			"two acks are waited for",
			2,
			[acker(a), acker(b), acker(c)],
			["b:3306"],
			["c:3306"],
		],
		[
			"three acks are waited for",
			3,
			[acker(a), acker(b), acker(c)],
			[],
			["b:3306", "c:3306"],
		],
		[
			"those that do not ack go ahead",
			2,
			[acker(a), b, acker(c)],
			["b:3306"],
			["c:3306"],
		],
		["there are too few anyway", 5, [a, acker(b)], [], ["b:3306"]],
	])("%s", (_, count, replicas, before, after) => {
		expect(acked(count, replicas)).toEqual([before, after]);
	});
});

describe("the new primary waits for no more than can acknowledge", () => {
	const acker = (each: Instance) => ({ ...each, semiSync: ACKER });
	const old = { ...primary, semiSync: { ...LOSSLESS, waitForReplicaCount: 1 } };
	const policy = (
		instances: readonly Instance[],
		auto: boolean,
		settings: Partial<PlanSettings> = {},
	) => {
		const made = plan(instances, { to: "a:3306", auto }, {}, settings);
		const step = made.phases
			.flatMap(({ steps }) => steps)
			.find((each) => each.do === "handOver");
		return (
			made.refusal ?? (step?.do === "handOver" ? step.semiSync : undefined)
		);
	};

	it("the old primary counts, if it follows and its replica side is on", () => {
		const both = { ...old, semiSync: { ...LOSSLESS, replicaEnabled: true } };
		const on = { sourceEnabled: true, waitForReplicaCount: 1 };
		const off = { sourceEnabled: false };
		expect(policy([both, acker(a)], true)).toMatchObject(on);
		expect(policy([both, acker(a)], false)).toMatchObject(off);
		expect(policy([old, acker(a)], true)).toMatchObject(off);
		expect(policy([old, acker(a), acker(b)], true)).toMatchObject(on);
	});

	it("the old primary is made to acknowledge where it has a semi-sync priority, and counts then", () => {
		const meant = { ...old, semiSync: { ...LOSSLESS, priority: 1 } };
		const on = { sourceEnabled: true, waitForReplicaCount: 1 };
		const first = (auto: boolean, settings: Partial<PlanSettings> = {}) =>
			plan([meant, acker(a)], { to: "a:3306", auto }, {}, settings)
				.phases.flatMap(({ steps, onFailure }) =>
					steps.map((step) => [onFailure, stepText(step)]),
				)
				.filter(([, text]) => text?.includes("replica side"));
		expect(policy([meant, acker(a)], true)).toMatchObject(on);
		expect(policy([meant, acker(a)], true, { mode: "lossless" })).toMatchObject(
			on,
		);
		expect(first(true)).toEqual([
			["undo", "switch the replica side of semi-sync on on p:3306"],
		]);
		// Who acknowledges is for somebody else then, or nobody replicates yet.
		for (const [auto, settings] of [
			[false, {}],
			[true, { exactSemiSync: true }],
		] as const) {
			expect(policy([meant, acker(a)], auto, settings)).toMatchObject({
				sourceEnabled: false,
			});
			expect(first(auto, settings)).toEqual([]);
		}
	});

	it("a replica whose receiver stays stopped does not count, wherever it is", () => {
		const on = { sourceEnabled: true, waitForReplicaCount: 1 };
		const stopped = (source: string) =>
			replica("b", 3, { semiSync: ACKER }, { sourceHost: source, receiver: 0 });
		for (const source of ["p", "a"]) {
			expect(policy([old, acker(a), stopped(source)], true)).toMatchObject({
				sourceEnabled: false,
			});
			expect(
				policy([old, acker(a), stopped(source), acker(c)], true),
			).toMatchObject(on);
		}
	});

	it("and is looked at again when all have followed; nothing is lowered in lossless mode", () => {
		const fits = (mode: "available" | "lossless") =>
			plan(
				[old, acker(a), acker(b)],
				{ to: "a:3306", auto: true },
				{},
				{ mode },
			).phases.flatMap(({ steps }) =>
				steps.flatMap((step) =>
					step.do === "fitSemiSync" ? [[step.on, step.lowers]] : [],
				),
			);
		expect(fits("available")).toEqual([["a:3306", true]]);
		expect(fits("lossless")).toEqual([["a:3306", false]]);
		expect(
			plan([primary, a, b], { to: "a:3306", auto: true }).phases.map(
				({ name }) => name,
			),
		).not.toContain("acknowledgements");
	});

	it("in lossless mode it is refused, with both counts", () => {
		expect(policy([old, acker(a)], true, { mode: "lossless" })).toContain(
			"semi-sync waits for 1 acknowledgement, but would have no server that acknowledges below a:3306",
		);
	});

	it("while a server acknowledges that nobody knows: refused in lossless mode, else told", () => {
		const more = { ...old, semiSync: { ...old.semiSync, clients: 3 } };
		const servers = [more, acker(a), acker(b)];
		const to = { to: "a:3306", auto: true } as const;
		const says = expect.stringContaining(
			"1 server that acknowledges what p:3306 writes",
		);
		expect(plan(servers, to, {}, { mode: "lossless" }).refusal).toEqual(says);
		const available = plan(servers, to);
		expect(available.refusal).toBeUndefined();
		expect(available.notes).toContainEqual(says);
		const known = plan([...servers, acker(c)], to, {}, { mode: "lossless" });
		expect(known.refusal).toBeUndefined();
	});

	it("in lossless mode a server without the plugin is refused", () => {
		expect(policy([old, a, acker(b)], true, { mode: "lossless" })).toContain(
			"its semi-sync source plugin is not loaded",
		);
	});
});

describe("a takeover that was cut off after it had opened the new primary", () => {
	const old = { ...primary, readOnly: true, superReadOnly: true };
	const opened = { ...a, readOnly: false, errantGtid: `${uuid(2)}:1-7` };
	const rest = (instances: readonly Instance[]) =>
		run(instances, { to: "a:3306", auto: true }).done.map(
			({ phase, step }) => `${phase}: ${stepText(step)}`,
		);

	it("is finished, whatever clients have written meanwhile", () => {
		const made = plan([old, opened], { to: "a:3306", auto: true });
		expect(made).toMatchObject({ successor: "a:3306" });
		expect(rest([old, opened])).toEqual([
			"credential: find the replication account on a:3306",
			"hand over: wait for open transactions of p:3306, block writes on it, let a:3306 apply the last of them, make a:3306 writable",
			"follow: move p:3306 below a:3306",
			"tidy: let a:3306 forget its source, and keep the account while p:3306 does not follow",
		]);
	});

	it("is finished when the old primary follows by now, and both name each other", () => {
		const follows = replica("p", 1, { readOnly: true }, { sourceHost: "a" });
		expect(rest([follows, opened]).at(-1)).toBe(
			"tidy: let a:3306 forget its source, and keep the account while p:3306 does not follow",
		);
	});

	it("is none while both take writes, or neither does", () => {
		expect(
			plan([primary, opened], { to: "a:3306", auto: true }).refusal,
		).toContain("both p:3306 and a:3306 take writes");
		const closed = { ...opened, readOnly: true };
		expect(plan([old, closed], { to: "a:3306", auto: true }).refusal).toContain(
			"errant",
		);
	});
});

it("is planned beside a binlog server of a MariaDB primary, which knows no GTIDs", () => {
	const maria = {
		flavor: "MariaDB",
		version: "11.4.2-MariaDB",
		serverUuid: "",
		executedGtid: "0-1-100",
		supportsOracleGtid: false,
	} as const;
	const relay = {
		flavor: "MaxScale",
		version: "2.1.17-maxscale",
		isBinlogServer: true,
		serverUuid: "",
		executedGtid: "",
		supportsOracleGtid: false,
	} as const;
	const source = server("p", 1, maria);
	const below = [
		replica("x", 3, relay, { usingOracleGtid: false, retrievedGtid: "" }),
		replica("y", 2, maria, {
			usingOracleGtid: false,
			usingMariadbGtid: true,
			retrievedGtid: "0-1-100",
		}),
	];
	expect(caughtUp(source, below)[0]?.replication.retrievedGtid).toBe("");
	expect(unionOfHoldings(below, source.name)).toBe("0-1-100");
});

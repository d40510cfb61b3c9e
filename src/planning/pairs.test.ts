import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	failing,
	gtids,
	replica,
	replicating,
	STOPPED,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { type Fate, simulate } from "../../test/support/simulated-plans.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planCoPrimary } from "./co-primary-plan.ts";
import { planExchange } from "./exchange-plan.ts";
import { stepText } from "./step.ts";

const p = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);
const sub = replica("d", 5, {}, { sourceHost: "a" });

const planned = (
	planner: typeof planExchange,
	instances: readonly Instance[],
	instance: InstanceName,
	rest: Partial<Snapshot> = {},
) =>
	planner({
		request: { instance },
		snapshot: snapshotOf(instances, rest),
		settings: PLANNING,
		done: [],
	});

const saidOf = (...of: Parameters<typeof planned>) => {
	const { refusal, phases } = planned(...of);
	return (
		refusal ??
		phases.flatMap(({ steps }) => steps.map((each) => stepText(each)))
	);
};

const places = ({ instances }: Snapshot) =>
	Object.fromEntries(instances.map((each) => [each.name, sourceOf(each)]));

describe("a replica takes the place of its source", () => {
	const other = replica("e", 6, {}, { sourceHost: "a" });
	const all = [p, a, b, sub, other];

	it("by going up beside it first", () => {
		expect(saidOf(planExchange, all, "d:3306")).toEqual([
			"move d:3306 below p:3306",
			"let d:3306 apply all that d:3306, a:3306 received",
			"move a:3306 below d:3306",
		]);
		const { world, state } = simulate({
			planner: planExchange,
			request: { instance: "d:3306" },
			snapshot: snapshotOf(all),
			settings: PLANNING,
		});
		expect(state).toBe("succeeded");
		expect(places(world)).toMatchObject({
			"d:3306": "p:3306",
			"a:3306": "d:3306",
			"e:3306": "a:3306",
		});
	});

	it("by moves that can each be taken back", () => {
		const moves = planned(planExchange, all, "d:3306")
			.phases.flatMap(({ steps }) => steps)
			.filter((step) => step.do === "moveBelow");
		expect(moves.map(({ undo }) => undo && stepText(undo))).toEqual([
			"move d:3306 below a:3306",
			"move a:3306 below p:3306",
		]);
	});

	it("and stands where it stood when something fails", () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.constantFrom<Fate>("well", "fails", "fails late", "is lost"),
					{ maxLength: 3 },
				),
				(fates) => {
					const { world, state, faults } = simulate({
						planner: planExchange,
						request: { instance: "d:3306" },
						snapshot: snapshotOf(all),
						settings: PLANNING,
						fates,
					});
					expect(faults).toEqual([]);
					if (state === "undone")
						expect(places(world)).toEqual(places(snapshotOf(all)));
					else expect(["succeeded", "stuck"]).toContain(state);
				},
			),
		);
	});

	it.each<[string, InstanceName, readonly Instance[]]>([
		["p:3306 is not a replica", "p:3306", all],
		["use graceful-master-takeover -i p:3306 -d a:3306", "a:3306", all],
		["z:3306 is not in cluster", "z:3306", all],
		[
			"d:3306 cannot be reached",
			"d:3306",
			[p, a, { ...sub, check: failing("timeout") }],
		],
		[
			"a:3306 cannot be reached",
			"d:3306",
			[p, { ...a, check: failing("timeout") }, sub],
		],
		[
			"p:3306 cannot be reached",
			"d:3306",
			[{ ...p, check: failing("timeout") }, a, sub],
		],
		[
			"which a:3306 would get",
			"d:3306",
			[p, a, { ...sub, errantGtid: `${uuid(5)}:1` }],
		],
		[
			"does not log what it replicates",
			"d:3306",
			[p, a, { ...sub, logReplicaUpdates: false }],
		],
	])("unless: %s", (why, instance, instances) => {
		expect(planned(planExchange, instances, instance).refusal).toContain(why);
	});

	it("unless that is one of a pair", () => {
		const pair = [
			server("q", 9, { replication: replicating("a") }),
			replica("a", 2, {}, { sourceHost: "q" }),
			sub,
		];
		expect(planned(planExchange, pair, "d:3306").refusal).toContain(
			"a:3306 is one of a pair: it and q:3306 replicate from each other",
		);
	});
});

describe("a server that has no part in it, and cannot be seen,", () => {
	const away = { check: failing("timeout") };

	it("holds up no exchange, be it the primary of all or a sibling", () => {
		const chain = [
			{ ...p, ...away },
			a,
			{ ...b, ...away },
			sub,
			replica("e", 6, {}, { sourceHost: "d" }),
		];
		expect(saidOf(planExchange, chain, "e:3306")).toContain(
			"move d:3306 below e:3306",
		);
	});

	it("holds up no pairing, and is asked for no account", () => {
		expect(saidOf(planCoPrimary, [p, a, { ...b, ...away }], "a:3306")).toEqual([
			"find the replication account on a:3306",
			"let a:3306 apply all that a:3306, p:3306 received",
			"move p:3306 below a:3306",
		]);
	});
});

describe("a primary replicates back from its replica", () => {
	it("with an account that a replica knows", () => {
		expect(saidOf(planCoPrimary, [p, a, b], "a:3306")).toEqual([
			"find the replication account on a:3306 or b:3306",
			"let a:3306 apply all that a:3306, p:3306 received",
			"move p:3306 below a:3306",
		]);
		expect(
			planned(planCoPrimary, [p, a, b], "a:3306").phases.at(-1)?.steps[0]?.undo,
		).toEqual({ do: "forgetSource", on: "p:3306", channel: "" });
		const known = {
			...p,
			replication: { ...p.replication, user: "repl", sourceHost: "_" },
		};
		expect(saidOf(planCoPrimary, [known, a], "a:3306").slice(1)).toEqual([
			"move p:3306 below a:3306",
		]);
	});

	it("in place of one that is read-only", () => {
		const pair = { ...p, replication: replicating("b") };
		expect(saidOf(planCoPrimary, [pair, a, b], "a:3306").at(-1)).toBe(
			"move p:3306 below a:3306",
		);
		const writing = { ...b, readOnly: false };
		expect(
			planned(planCoPrimary, [pair, a, writing], "a:3306").refusal,
		).toContain("p:3306 is already co master of b:3306");
	});

	const away = { check: failing("timeout") };
	it.each<[string, readonly Instance[], InstanceName?]>([
		["p:3306 is not a replica", [p, a], "p:3306"],
		["a:3306 is not read-only", [p, { ...a, readOnly: false }]],
		["a:3306 does not replicate", [p, replica("a", 2, {}, STOPPED)]],
		["a:3306 lags by 60 s", [p, { ...a, lagSeconds: 60 }]],
		["a:3306 lags by nobody knows how much", [p, { ...a, lagSeconds: null }]],
		["a:3306 cannot be reached", [p, { ...a, ...away }]],
		["p:3306 cannot be reached", [{ ...p, ...away }, a]],
		["which p:3306 would get", [p, { ...a, errantGtid: `${uuid(2)}:1` }]],
		[
			"a:3306 is already co master of p:3306",
			[{ ...p, replication: replicating("a") }, a],
		],
		["a:3306 is no primary: it replicates from p:3306", [p, a, sub], "d:3306"],
		["writes no binary log", [p, { ...a, logBin: false }]],
		[
			"do not replicate by a GTID of one kind",
			[{ ...p, supportsOracleGtid: false }, a],
		],
		[
			"a:3306 has purged transactions that p:3306 needs",
			[p, { ...a, purgedGtid: gtids(150), executedGtid: gtids(150) }],
		],
		["is detached", [{ ...p, replication: replicating("//b") }, a]],
	])("unless: %s", (why, instances, instance = "a:3306") => {
		expect(planned(planCoPrimary, instances, instance).refusal).toContain(why);
	});

	it("not while either is under maintenance", () => {
		for (const held of ["a:3306", "p:3306"] as const)
			expect(
				planned(planCoPrimary, [p, a], "a:3306", { maintained: [held] })
					.refusal,
			).toContain(`${held} is under maintenance`);
	});
});

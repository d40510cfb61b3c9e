import { describe, expect, it } from "vitest";
import {
	ACKER,
	downtimeOf,
	failing,
	LOSSLESS,
	PROMOTION,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planTakeover } from "./takeover-plan.ts";

const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);
const c = replica("c", 4);

const plan = (
	instances: readonly Instance[],
	request: { to?: InstanceName; auto?: boolean } = {},
	rest: Partial<Snapshot> = {},
) =>
	planTakeover(
		snapshotOf(instances, rest),
		{ auto: false, ...request },
		PROMOTION,
	);

describe("a takeover is refused", () => {
	const to = { to: "a:3306" } as const;
	const odd = (
		rest: Partial<Instance>,
		replication: Parameters<typeof replica>[3] = {},
	) => [primary, replica("a", 2, rest, replication), b];

	it.each<[string, Instance[], { to?: InstanceName; auto?: boolean }]>([
		["found none", [], to],
		[
			"found p:3306, q:3306",
			[primary, a, server("q", 9), replica("x", 7, {}, { sourceHost: "q" })],
			to,
		],
		[
			"p:3306 cannot be reached (timeout); use recover",
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
		["cannot be reached: timeout", odd({ check: failing("timeout") }), to],
		["does not replicate by GTID", odd({}, { usingOracleGtid: false }), to],
		[
			"does not replicate (receiver 0, applier 1)",
			odd({}, { receiver: 0 }),
			to,
		],
		["applier 0", odd({}, { applier: 0 }), to],
		["lags 21 seconds", odd({ lagSeconds: 21 }), to],
		["lags an unknown number of seconds", odd({ lagSeconds: null }), to],
		["has errant transactions", odd({ errantGtid: `${uuid(2)}:1` }), to],
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
	])("because: %s", (says, instances, request) => {
		const refused = plan(instances, request);
		expect(refused.refusal).toMatch(/^GracefulMasterTakeover: /);
		expect(refused.refusal).toContain(says);
		expect(refused.primary).toBeUndefined();
	});
});

describe("a takeover goes", () => {
	it("to the only replica without being told", () => {
		expect(plan([primary, a])).toMatchObject({
			refusal: "",
			primary: "p:3306",
			designated: "a:3306",
			moveBefore: [],
			moveAfter: [],
		});
	});

	it("to the best fit one when left to choose", () => {
		const lagging = { ...a, lagSeconds: 600, promotionRule: "prefer" as const };
		expect(plan([primary, lagging, b], { auto: true })).toMatchObject({
			refusal: "",
			designated: "b:3306",
		});
	});

	it("past siblings that are downtimed", () => {
		const away = { ...b, check: failing("timeout") };
		expect(
			plan(
				[primary, a, away, c],
				{ to: "a:3306" },
				{ downtimes: [downtimeOf("b")] },
			),
		).toMatchObject({ refusal: "", moveBefore: ["c:3306"], moveAfter: [] });
	});

	it("and leaves replicas of replicas where they are", () => {
		const below = server("d", 5, { replication: replicating("b") });
		expect(plan([primary, a, b, below], { to: "a:3306" })).toMatchObject({
			moveBefore: ["b:3306"],
			moveAfter: [],
		});
	});
});

describe("the primary keeps the acknowledgements that its commits wait for", () => {
	const acker = (each: Instance) => ({ ...each, semiSync: ACKER });
	const moves = (
		waitForReplicaCount: number,
		[to, ...siblings]: readonly Instance[],
	) => {
		const planned = plan(
			[
				{ ...primary, semiSync: { ...LOSSLESS, waitForReplicaCount } },
				...(to === undefined ? [] : [to]),
				...siblings,
			],
			{ to: "a:3306" },
		);
		if (planned.primary === undefined) throw new Error(planned.refusal);
		return [planned.moveBefore, planned.moveAfter];
	};

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
		expect(moves(count, replicas)).toEqual([before, after]);
	});
});

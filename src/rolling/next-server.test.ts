import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ACKER,
	downtimeOf,
	failing,
	LOSSLESS,
	PROMOTION,
	replica,
	replicating,
	STOPPED,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import {
	type Instance,
	isReplica,
	type PromotionRule,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { ROLLING_OWNER } from "./disorder.ts";
import { nextServer, planRolling } from "./next-server.ts";
import { strayFrom } from "./primary.ts";
import { whyNotBack, whyNotUp } from "./standing.ts";

const P = server("p", 1);
const below = (
	address: string,
	id: number,
	source: string,
	rest: Partial<Instance> = {},
) =>
	replica(address, id, {
		replication: replicating(source, { sourceUuid: uuid(2) }),
		...rest,
	});

const next = (
	instances: readonly Instance[],
	done: readonly InstanceName[] = [],
	rest: Partial<Snapshot> & { readonly skipped?: readonly InstanceName[] } = {},
) =>
	nextServer(
		snapshotOf(instances, rest),
		{ done, skipped: rest.skipped ?? [] },
		PROMOTION,
	);

describe("the next server", () => {
	it("is a leaf before a source, whose replicas are moved below its own source", () => {
		const all = [P, replica("a", 2), below("b", 3, "a"), replica("c", 4)];
		expect(next(all)).toMatchObject({ do: "takeOut", server: "b:3306" });
		expect(next(all, ["b:3306"])).toMatchObject({ server: "c:3306" });
		expect(next(all, ["b:3306", "c:3306"])).toEqual({
			do: "takeOut",
			server: "a:3306",
			replicas: ["b:3306"],
			below: "p:3306",
		});
	});

	it("is a candidate after those that are none", () => {
		const all = [
			P,
			replica("a", 2, { promotionRule: "prefer" }),
			replica("b", 3),
			replica("c", 4, { promotionRule: "must_not" }),
		];
		expect(next(all)).toMatchObject({ server: "c:3306" });
		expect(next(all, ["c:3306"])).toMatchObject({ server: "b:3306" });
		expect(next(all, ["c:3306", "b:3306"])).toMatchObject({
			server: "a:3306",
		});
	});

	it("is the primary when all others are done: the best of them takes over, never a forbidden or errant one", () => {
		const all = [
			P,
			replica("a", 2, { promotionRule: "must_not" }),
			replica("b", 3, { errantGtid: `${uuid(3)}:1` }),
			replica("c", 4),
			replica("d", 5, { promotionRule: "prefer" }),
		];
		const done: InstanceName[] = ["a:3306", "b:3306", "c:3306", "d:3306"];
		expect(next(all, done)).toEqual({
			do: "takeover",
			from: "p:3306",
			to: "d:3306",
		});
		expect(next(all.slice(0, 3), done.slice(0, 2))).toMatchObject({
			do: "wait",
			says: expect.stringContaining("nobody can take over from p:3306"),
		});
	});

	it("is the old primary when it replicates, and nobody when all are done", () => {
		const all = [
			server("a", 2),
			replica("p", 1, { replication: replicating("a") }),
		];
		const named = { clusterName: "a:3306" as const };
		expect(next(all, ["a:3306"], named)).toMatchObject({
			do: "takeOut",
			server: "p:3306",
		});
		expect(next(all, ["a:3306", "p:3306"], named)).toEqual({ do: "finish" });
	});

	it.each([
		["does not answer", { check: failing("timeout") }],
		["does not replicate", { replication: replicating("p", STOPPED) }],
		["is 99 s behind", { lagSeconds: 99 }],
	])("is nobody while another one %s", (says, rest) => {
		expect(next([P, replica("a", 2), replica("b", 3, rest)])).toEqual({
			do: "wait",
			says: expect.stringContaining(says),
		});
	});

	it("is nobody while a person works at one, but its own downtime is none", () => {
		const all = [P, replica("a", 2), replica("b", 3)];
		const downtime = downtimeOf("b");
		expect(next(all, [], { downtimes: [downtime] })).toMatchObject({
			do: "wait",
			says: expect.stringContaining("downtimed by me (upgrade)"),
		});
		expect(
			next(all, [], { downtimes: [{ ...downtime, owner: ROLLING_OWNER }] }),
		).toMatchObject({ server: "a:3306" });
		expect(next(all, [], { maintained: ["a:3306"] })).toMatchObject({
			do: "wait",
		});
	});

	it("is nobody whose acknowledgements the primary could not do without", () => {
		const primary = server("p", 1, { semiSync: LOSSLESS });
		const acker = replica("a", 2, { semiSync: ACKER });
		expect(next([primary, acker, replica("b", 3)])).toMatchObject({
			do: "wait",
			says: expect.stringContaining("without a:3306 semi-sync of p:3306"),
		});
		expect(
			next([primary, acker, replica("b", 3, { semiSync: ACKER })]),
		).toMatchObject({ server: "a:3306" });
		// The replicas of a source stand below the primary while it is out.
		expect(
			next([primary, acker, below("b", 3, "a", { semiSync: ACKER })]),
		).toMatchObject({ server: "b:3306" });
		expect(
			next(
				[primary, acker, below("b", 3, "a", { semiSync: ACKER })],
				["b:3306"],
			),
		).toMatchObject({ do: "takeOut", server: "a:3306", below: "p:3306" });
	});

	it("is another one than who was skipped, who holds up nobody and is not made the primary", () => {
		const dead = replica("a", 2, { check: failing("timeout") });
		const all = [P, dead, replica("b", 3)];
		const skipped: InstanceName[] = ["a:3306"];
		const downtimes = [downtimeOf("a")];
		expect(next(all, [], { skipped, downtimes })).toMatchObject({
			do: "takeOut",
			server: "b:3306",
		});
		const well = [P, replica("a", 2), replica("b", 3)];
		expect(next(well, ["b:3306"], { skipped })).toMatchObject({
			do: "takeover",
			to: "b:3306",
		});
		expect(next([P, replica("a", 2)], [], { skipped })).toMatchObject({
			do: "wait",
			says: expect.stringContaining("nobody can take over"),
		});
		expect(next(all, ["b:3306"], { skipped: ["a:3306", "p:3306"] })).toEqual({
			do: "finish",
		});
	});
});

describe("the takeover in the end", () => {
	const dead = replica("a", 2, { check: failing("timeout") });
	const all = [P, dead, replica("b", 3)];
	const skipped: InstanceName[] = ["a:3306"];
	const takeover = { do: "takeover", from: "p:3306", to: "b:3306" } as const;

	it("is held back by nobody who was skipped, and leaves behind who cannot follow", () => {
		expect(next(all, ["b:3306"], { skipped })).toEqual({
			...takeover,
			leaves: [
				{
					name: "a:3306",
					reason: expect.stringContaining("a:3306 cannot be reached"),
				},
			],
		});
		const well = [P, replica("a", 2), replica("b", 3)];
		const held = { skipped, maintained: skipped };
		expect(next(well, ["b:3306"], held)).toMatchObject({
			...takeover,
			leaves: [{ reason: expect.stringContaining("under maintenance") }],
		});
		expect(
			next(well, ["b:3306"], { skipped, downtimes: [downtimeOf("a")] }),
		).toMatchObject({
			...takeover,
			leaves: [{ reason: "a:3306 is downtimed" }],
		});
		expect(next(well, ["b:3306"], { skipped })).toEqual(takeover);
	});

	it("is held back still by one that was not", () => {
		expect(next(all, ["a:3306", "b:3306"])).toMatchObject({ do: "wait" });
	});

	it("is followed by the turn of the old primary, whose dead replica nobody tries to move", () => {
		const after = [
			server("b", 3),
			replica("p", 1, { replication: replicating("b") }),
			dead,
		];
		expect(next(after, ["b:3306"], { skipped, clusterName: "b:3306" })).toEqual(
			{ do: "takeOut", server: "p:3306", replicas: [], below: "" },
		);
		const alive = [...after.slice(0, 2), replica("a", 2)];
		expect(
			next(alive, ["b:3306"], { skipped, clusterName: "b:3306" }),
		).toMatchObject({ replicas: ["a:3306"], below: "b:3306" });
	});
});

describe("behind a failover in the middle", () => {
	const dead = server("p", 1, { check: failing("connection-refused") });
	const all = [
		dead,
		server("a", 2),
		replica("b", 3, { replication: replicating("a") }),
	];
	const known: Partial<Snapshot> = {
		clusterName: "a:3306",
		fenced: ["p:3306"],
		replaced: ["p:3306"],
		downtimes: [downtimeOf("p")],
	};

	it("the one that was replaced is waited for, until it has rejoined or is skipped", () => {
		expect(next(all, ["b:3306"], known)).toEqual({
			do: "wait",
			says: "a:3306 is the primary in place of p:3306, which does not answer",
		});
		expect(
			next(all, ["b:3306"], { ...known, skipped: ["p:3306"] }),
		).toMatchObject({ do: "takeover", from: "a:3306", to: "b:3306" });
		const rejoined = replica("p", 1, { replication: replicating("a") });
		expect(
			next([rejoined, ...all.slice(1)], ["b:3306"], { clusterName: "a:3306" }),
		).toMatchObject({ do: "takeOut", server: "p:3306" });
		// Two that nobody has decided between are no primary.
		expect(next(all, ["b:3306"], { clusterName: "a:3306" })).toMatchObject({
			do: "wait",
			says: expect.stringContaining(
				"needs one primary, and has p:3306, a:3306",
			),
		});
	});

	it("the new primary is not moved again when it was done", () => {
		const rejoined = replica("p", 1, { replication: replicating("a") });
		expect(
			next([rejoined, ...all.slice(1)], ["a:3306", "b:3306", "p:3306"], {
				clusterName: "a:3306",
			}),
		).toEqual({ do: "finish" });
	});

	it("who came back to the one that was replaced belongs below the new one", () => {
		const lost = replica("b", 3, {}, { receiver: 2 });
		const stray = (
			servers: readonly Instance[],
			rest: Partial<Snapshot> = known,
		) => strayFrom(snapshotOf(servers, rest), "b:3306");
		expect(stray([dead, server("a", 2), lost])).toEqual({
			from: "p:3306",
			below: "a:3306",
		});
		expect(stray(all)).toBeUndefined();
		expect(
			stray([dead, server("a", 2), { ...lost, check: failing("timeout") }]),
		).toBeUndefined();
		// A primary that is only dead was replaced by nobody.
		expect(stray([dead, lost], {})).toBeUndefined();
	});
});

describe("the plan", () => {
	const plan = (all: readonly Instance[], rest: Partial<Snapshot> = {}) =>
		planRolling(snapshotOf(all, rest), PROMOTION);

	it("tells the whole order, and who takes over", () => {
		const { turns, refusals, waits } = plan([
			P,
			replica("a", 2),
			below("b", 3, "a"),
		]);
		expect(turns.map((each) => each.server)).toEqual([
			"b:3306",
			"a:3306",
			"p:3306",
		]);
		expect(turns[1]?.says).toContain("b:3306 moved below p:3306 first");
		expect(turns[2]?.says).toContain("a:3306 takes over");
		expect([...refusals, ...waits]).toEqual([]);
	});

	it("waits for one that is behind, and refuses what is out of order", () => {
		expect(
			plan([P, replica("a", 2), replica("b", 3, { lagSeconds: 99 })]),
		).toMatchObject({ refusals: [], waits: [expect.stringMatching(/behind/)] });
		for (const each of [
			[P],
			[P, replica("a", 2, { promotionRule: "must_not" })],
			[P, replica("a", 2), replica("b", 3, { check: failing("timeout") })],
			[P, server("a", 2)],
			[{ ...P, isCoMaster: true }, replica("a", 2)],
		])
			expect(plan(each).refusals).not.toEqual([]);
	});
});

describe("a server is back", () => {
	const back = replica("a", 2);
	it.each([
		["is not known", undefined],
		["does not answer", { ...back, check: failing("timeout") }],
		["does not replicate", { ...back, replication: replicating("p", STOPPED) }],
		["replicates from nobody", server("a", 2)],
		["does not tell", { ...back, lagSeconds: null }],
		["has not applied", { ...back, executedGtid: `${uuid(1)}:1-99` }],
	])("not while it %s", (says, instance) => {
		expect(whyNotBack(instance, P.executedGtid, PROMOTION)).toContain(says);
	});

	it("when it has all that its primary had", () => {
		expect(whyNotBack(back, P.executedGtid, PROMOTION)).toBe("");
	});
});

const RULES: readonly PromotionRule[] = [
	"must_not",
	"prefer_not",
	"neutral",
	"prefer",
];
const names = ["p", "a", "b", "c", "d"] as const;

const anyServers = fc
	.array(
		fc.record({
			source: fc.nat(),
			rule: fc.constantFrom(...RULES),
			isErrant: fc.boolean(),
			mood: fc.constantFrom("well", "well", "well", "well", "down", "behind"),
		}),
		{ minLength: 1, maxLength: 4 },
	)
	.map((drawn) => [
		P,
		...drawn.map(({ source, rule, isErrant, mood }, nth) =>
			below(names[nth + 1] ?? "", nth + 2, names[source % (nth + 1)] ?? "p", {
				promotionRule: rule,
				errantGtid: isErrant ? `${uuid(nth + 2)}:1` : "",
				...(mood === "down" ? { check: failing("timeout") } : {}),
				...(mood === "behind" ? { lagSeconds: 1_000 } : {}),
			}),
		),
	]);

/** The old primary and its other replicas below the new one. */
const takenOver = (
	all: readonly Instance[],
	from: InstanceName,
	to: InstanceName,
): Instance[] => {
	const host = to.split(":")[0] ?? "";
	return all.map((each) => {
		if (each.name === to)
			return { ...server(host, each.serverId), readOnly: false };
		return each.name === from || sourceOf(each) === from
			? { ...replica(each.host, each.serverId), replication: replicating(host) }
			: each;
	});
};

it("whatever the cluster: one at a time while the others are up, each once, the primary last, a fit one in its place", () => {
	fc.assert(
		fc.property(anyServers, (drawn) => {
			let all: readonly Instance[] = drawn;
			let primary: InstanceName = "p:3306";
			const done: InstanceName[] = [];
			for (let turn = 0; turn < 20; turn++) {
				const step = nextServer(
					snapshotOf(all, { clusterName: primary }),
					{ done, skipped: [] },
					PROMOTION,
				);
				if (step.do === "finish") expect(done).toHaveLength(all.length);
				if (step.do === "finish" || step.do === "wait") return;
				if (step.do === "takeover") {
					const to = all.find((each) => each.name === step.to);
					expect(done).toContain(step.to);
					expect(to?.promotionRule).not.toBe("must_not");
					expect(to?.errantGtid).toBe("");
					expect(done).toHaveLength(all.length - 1);
					all = takenOver(all, step.from, step.to);
					primary = step.to;
					continue;
				}
				const { server: name } = step;
				expect(done).not.toContain(name);
				expect(all.filter((each) => each.name !== name).map(whyNotUp)).toEqual(
					all.slice(1).map(() => ""),
				);
				const taken = all.find((each) => each.name === name);
				expect(taken !== undefined && isReplica(taken)).toBe(true);
				expect(step.below).not.toBe(name);
				done.push(name);
			}
			expect.unreachable("it does not come to an end");
		}),
		{ numRuns: 500 },
	);
});

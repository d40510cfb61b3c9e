import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	failing,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Instance, Replication } from "../topology/instance.ts";
import { planMoves } from "./bulk-moves.ts";
import type { MovesRequest } from "./bulk-target.ts";
import { planRelocation } from "./relocation-plan.ts";
import type { RelocationRequest } from "./relocation-way.ts";
import { stepText } from "./step.ts";

const WITHOUT = { gtidMode: "OFF", supportsOracleGtid: false } as const;
const read = (position: number): Partial<Replication> => ({
	readCoordinates: { file: "bin.000001", position },
	execCoordinates: { file: "bin.000001", position },
});
const byPlace = (
	name: string,
	id: number,
	replication: Partial<Replication> = {},
	rest: Partial<Instance> = {},
) =>
	replica(
		name,
		id,
		{ ...WITHOUT, ...rest },
		{
			usingOracleGtid: false,
			retrievedGtid: "",
			...read(100),
			...replication,
		},
	);

const p = server("p", 1, WITHOUT);
const a = byPlace("a", 2);
const b = byPlace("b", 3);
const c = byPlace("c", 4, { sourceHost: "b" });
const all = [p, a, b, c];

const one = (
	request: RelocationRequest,
	instances: readonly Instance[] = all,
	settings = PLANNING,
) =>
	planRelocation({
		request,
		snapshot: snapshotOf(instances),
		settings,
		done: [],
	});

const several = (
	request: MovesRequest,
	instances: readonly Instance[] = all,
	settings = PLANNING,
) =>
	planMoves({ request, snapshot: snapshotOf(instances), settings, done: [] });

const texts = ({ phases, refusal }: ReturnType<typeof one>) =>
	refusal ?? phases.map(({ steps }) => steps.map(stepText));

const unconfigured = {
	...PLANNING,
	noMarkers: "Pseudo-GTID is not configured",
};

describe("a match", () => {
	it("is one step, and taken back likewise", () => {
		const made = one({ instance: "a:3306", below: "b:3306", way: "match" });
		expect(texts(made)).toEqual([["match a:3306 below b:3306 by Pseudo-GTID"]]);
		expect(made).toMatchObject({
			title: "match of a:3306 below b:3306",
			successor: "b:3306",
			phases: [
				{
					onFailure: "undo",
					steps: [
						{
							sourceId: 3,
							undo: { do: "matchBelow", on: "a:3306", source: "p:3306" },
						},
					],
				},
			],
		});
	});

	it("is not taken back to a source whose logs nobody can read", () => {
		const dead = { ...p, check: failing("timeout") };
		const made = one({ instance: "a:3306", below: "b:3306", way: "match" }, [
			dead,
			a,
			b,
		]);
		expect(made.phases[0]?.steps[0]).not.toHaveProperty("undo");
	});

	it("goes up, or to the same source again", () => {
		expect(texts(one({ instance: "c:3306", way: "matchUp" }))).toEqual([
			["match c:3306 below p:3306 by Pseudo-GTID"],
		]);
		expect(one({ instance: "a:3306", way: "rematch" }).phases).toMatchObject([
			{ steps: [{ do: "matchBelow", source: "p:3306", anew: true }] },
		]);
	});

	it("has nothing to do where the replica is there", () => {
		expect(
			one({ instance: "a:3306", below: "p:3306", way: "match" }),
		).toMatchObject({
			phases: [],
			says: "a:3306 replicates from p:3306 already",
		});
	});

	const match = { instance: "a:3306", below: "b:3306", way: "match" } as const;
	const withA = (instance: Instance) => [p, instance, b, c];
	it.each<[string, RelocationRequest, readonly Instance[]]>([
		[
			"a:3306 replicates by GTID, which needs no Pseudo-GTID",
			match,
			withA(byPlace("a", 2, { usingOracleGtid: true })),
		],
		[
			"a:3306 is delayed by 3600 s",
			match,
			withA(byPlace("a", 2, { sqlDelaySeconds: 3_600 })),
		],
		["cannot be moved below itself", { ...match, below: "a:3306" }, all],
		[
			"c:3306 is a descendant of b:3306",
			{ ...match, instance: "b:3306", below: "c:3306" },
			all,
		],
		["b:3306 writes no binary log", match, [p, a, { ...b, logBin: false }]],
		[
			"b:3306 is a replica and does not log what it replicates",
			match,
			[p, a, { ...b, logReplicaUpdates: false }],
		],
		[
			"b:3306 is a binlog server",
			match,
			[p, a, { ...b, isBinlogServer: true }],
		],
		["p:3306 is not a replica", { ...match, instance: "p:3306" }, all],
		[
			"p:3306, the source of a:3306, is not a replica itself",
			{ instance: "a:3306", way: "matchUp" },
			all,
		],
		["is not a replica", { instance: "p:3306", way: "rematch" }, all],
	])("is refused because: %s", (says, request, instances) => {
		expect(one(request, instances).refusal).toContain(says);
	});

	it("is refused where nothing says what markers look like", () => {
		expect(one(match, all, unconfigured).refusal).toBe(unconfigured.noMarkers);
		for (const way of ["match", "matchUp", "regroupMatch"] as const)
			expect(
				several({ instance: "b:3306", below: "a:3306", way }, all, unconfigured)
					.refusal,
			).toBe(unconfigured.noMarkers);
	});
});

describe("matches of several replicas", () => {
	it("go beside each other, each by itself", () => {
		const made = several({ instance: "p:3306", below: "b:3306", way: "match" });
		expect(texts(made)).toEqual([["match a:3306 below b:3306 by Pseudo-GTID"]]);
		expect(made.phases[0]?.onFailure).toBe("each");
		expect(texts(several({ instance: "b:3306", way: "matchUp" }))).toEqual([
			["match c:3306 below p:3306 by Pseudo-GTID"],
		]);
	});

	it("leave whom a person has stopped, and whoever replicates by GTID", () => {
		const stopped = byPlace("a", 2, { receiver: 0 });
		const gtid = byPlace("d", 5, { usingOracleGtid: true });
		const moved = byPlace("e", 6);
		const made = several(
			{ instance: "p:3306", below: "b:3306", way: "match" },
			[p, stopped, b, gtid, moved],
		);
		expect(texts(made)).toEqual([["match e:3306 below b:3306 by Pseudo-GTID"]]);
		expect(made.left).toMatchObject(
			[
				{ name: "a:3306", reason: /stopped by hand/ },
				{ name: "d:3306", reason: /replicates by GTID/ },
			].map(({ name, reason }) => ({
				name,
				reason: expect.stringMatching(reason),
			})),
		);
	});

	it("regroup below the one that has read furthest of a dead source", () => {
		const dead = { ...p, check: failing("timeout") };
		const further = byPlace("d", 5, { ...read(200), receiver: 2 });
		const made = several({ instance: "p:3306", way: "regroupMatch" }, [
			dead,
			byPlace("a", 2, { receiver: 2 }),
			further,
		]);
		expect(texts(made)).toEqual([["match a:3306 below d:3306 by Pseudo-GTID"]]);
	});

	it("regroup below one of a living source", () => {
		const made = several({ instance: "p:3306", way: "regroupMatch" }, [
			p,
			a,
			b,
		]);
		expect(made.refusal).toBeUndefined();
		expect(made.phases.flatMap(({ steps }) => steps)).toHaveLength(1);
	});
});

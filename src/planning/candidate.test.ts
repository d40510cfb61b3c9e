import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	failing,
	gtids,
	PROMOTION,
	replica,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { contains, received } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	type PromotionRule,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { chooseCandidate, type PromotionSettings } from "./candidate.ts";

const failed = server("p", 1, { check: failing("lost") });

/** A replica that has applied and received so many of the primary's transactions. */
const having = (
	host: string,
	id: number,
	[applied, got]: readonly [number, number],
	rest: Partial<Instance> = {},
) =>
	replica(
		host,
		id,
		{ executedGtid: gtids(applied), ...rest },
		{ retrievedGtid: gtids(got) },
	);

const choose = (
	replicas: readonly Instance[],
	settings: Partial<PromotionSettings> = {},
	requested?: InstanceName,
) =>
	chooseCandidate(failed, replicas, { ...PROMOTION, ...settings }, requested);

describe("what a replica has received decides, not what it has applied", () => {
	it("prefers the one whose relay log is ahead", () => {
		const chosen = choose([
			having("a", 2, [100, 100]),
			having("b", 3, [50, 120]),
		]);
		expect(chosen).toMatchObject({ chosen: "b:3306", catchUpFrom: undefined });
		expect(
			chosen.ranking.map((each) => [each.name, each.hasEverything]),
		).toEqual([
			["b:3306", true],
			["a:3306", false],
		]);
		expect(chosen.ranking[0]?.says).toContain("still has to apply some of it");
		expect(chosen.ranking[1]?.says).toContain("lacks transactions of b:3306");
	});

	it("breaks a tie by what is applied, then by name", () => {
		expect(
			choose([having("a", 2, [10, 100]), having("b", 3, [90, 100])]).chosen,
		).toBe("b:3306");
		expect(
			choose([having("b", 3, [90, 100]), having("a", 2, [90, 100])]).chosen,
		).toBe("a:3306");
	});
});

describe("placement", () => {
	const behind = [80, 80] as const;
	const ahead = [100, 100] as const;
	const rule = (promotionRule: PromotionRule) => ({ promotionRule });

	it.each<[string, Instance, Instance]>([
		[
			"a preferred one",
			having("a", 2, behind, rule("prefer")),
			having("b", 3, ahead),
		],
		[
			"a must",
			having("a", 2, behind, rule("must")),
			having("b", 3, ahead, rule("prefer_not")),
		],
		[
			"a neutral one before prefer_not",
			having("a", 2, behind),
			having("b", 3, ahead, rule("prefer_not")),
		],
		[
			"one that is not delayed",
			having("a", 2, behind),
			replica("b", 3, {}, { sqlDelaySeconds: 3600 }),
		],
		[
			"one in the data center of the failed primary",
			having("a", 2, behind),
			having("b", 3, ahead, { dataCenter: "far" }),
		],
	])("goes before freshness for %s, which then fetches the rest", (_, a, b) => {
		expect(choose([b, a])).toMatchObject({
			chosen: "a:3306",
			catchUpFrom: "b:3306",
		});
	});

	it("takes the giver that has everything, and never one without a log of what it replicates", () => {
		const a = having("a", 2, behind, rule("prefer"));
		const half = having("b", 3, [90, 90]);
		const all = having("c", 4, ahead);
		expect(choose([a, half, all]).catchUpFrom).toBe("c:3306");
		expect(
			choose([a, half, { ...all, logReplicaUpdates: false }]).catchUpFrom,
		).toBe("b:3306");
		expect(choose([a, { ...all, logBin: false }])).toMatchObject({
			chosen: "a:3306",
			catchUpFrom: undefined,
		});
	});

	it("counts errant transactions against one that is otherwise as good", () => {
		const clean = having("b", 3, ahead);
		const errant = having("a", 2, ahead, { errantGtid: `${uuid(2)}:1` });
		expect(choose([errant, clean]).chosen).toBe("b:3306");
	});
});

describe("a replica is out", () => {
	it.each<[string, Partial<Instance>, Partial<PromotionSettings>]>([
		["cannot be reached: timeout", { check: failing("timeout") }, {}],
		["must_not", { promotionRule: "must_not" }, {}],
		["PromotionIgnoreHostnameFilters", {}, { banned: ["a:3306"] }],
		["binlog server", { isBinlogServer: true }, {}],
		["no binary log", { logBin: false }, {}],
		["does not log the changes", { logReplicaUpdates: false }, {}],
		[
			"does not replicate by GTID",
			{
				replication: {
					...replica("a", 2).replication,
					usingOracleGtid: false,
				},
			},
			{},
		],
		[
			"has replication filters",
			{ replication: { ...replica("a", 2).replication, hasFilters: true } },
			{},
		],
		[
			"applier is broken: Duplicate entry",
			{
				replication: {
					...replica("a", 2).replication,
					lastApplierError: "Duplicate entry",
				},
			},
			{},
		],
		[
			"PreventCrossDataCenter",
			{ dataCenter: "far" },
			{ preventCrossDataCenter: true },
		],
		["PreventCrossRegion", { region: "far" }, { preventCrossRegion: true }],
		["lags 120 s", { lagSeconds: 120 }, { maxLagMinutes: 2 }],
		["not applied", { executedGtid: gtids(3) }, { refuseUnapplied: true }],
	])("because: %s", (reason, rest, settings) => {
		const candidacy = choose([replica("a", 2, rest)], settings);
		expect(candidacy.chosen).toBeUndefined();
		expect(candidacy.excluded).toEqual([
			{ name: "a:3306", reason: expect.stringContaining(reason) },
		]);
		expect(candidacy.refusal).toMatch(/^no replica can be promoted: a:3306 /);
	});
});

describe("a requested candidate", () => {
	const a = having("a", 2, [80, 80]);
	const b = having("b", 3, [100, 100]);

	it("is taken although another ranks higher, and fetches the rest", () => {
		expect(choose([a, b], {}, "a:3306")).toMatchObject({
			chosen: "a:3306",
			catchUpFrom: "b:3306",
		});
	});

	it("is refused and never replaced", () => {
		const out = { ...a, promotionRule: "must_not" as const };
		expect(choose([out, b], {}, "a:3306")).toMatchObject({
			chosen: undefined,
			refusal: "a:3306 cannot be promoted: its promotion rule is must_not",
		});
		expect(choose([a, b], {}, "x:3306").refusal).toBe(
			"x:3306 is not a direct replica",
		);
		expect(choose([], {}).refusal).toBe("it has no replicas");
	});
});

const anyReplica = fc.record({
	applied: fc.integer({ min: 1, max: 20 }),
	relayed: fc.integer({ min: 0, max: 20 }),
	errant: fc.integer({ min: 0, max: 2 }),
	rule: fc.constantFrom<PromotionRule>(
		"must",
		"prefer",
		"neutral",
		"prefer_not",
		"must_not",
	),
	version: fc.constantFrom("8.0.36", "8.4.3", "9.0.1"),
	isReachable: fc.boolean(),
	logReplicaUpdates: fc.boolean(),
	logBin: fc.boolean(),
	dataCenter: fc.constantFrom("", "east"),
});

it("takes a newer one that nobody can fetch from rather than lose what only it has", () => {
	const a = having("a", 2, [80, 80]);
	const b = having("b", 3, [100, 100], { version: "9.0.1" });
	expect(choose([a, b])).toMatchObject({
		chosen: "b:3306",
		catchUpFrom: undefined,
	});
});

it("does not wait for what a long delay holds back", () => {
	const a = having("a", 2, [80, 80]);
	const b = replica(
		"b",
		3,
		{ executedGtid: gtids(50) },
		{ retrievedGtid: gtids(100), sqlDelaySeconds: 3600 },
	);
	expect(choose([a, b])).toMatchObject({
		chosen: "a:3306",
		catchUpFrom: undefined,
	});
});

it("never silently promotes one that lacks what another reachable replica has and can give", () => {
	fc.assert(
		fc.property(fc.array(anyReplica, { maxLength: 5 }), (drawn) => {
			const replicas = drawn.map((each, at) =>
				replica(
					`r${at}`,
					at + 2,
					{
						executedGtid: [
							gtids(each.applied),
							...(each.errant > 0 ? [`${uuid(at + 2)}:1-${each.errant}`] : []),
						].join(","),
						promotionRule: each.rule,
						version: each.version,
						logReplicaUpdates: each.logReplicaUpdates,
						logBin: each.logBin,
						dataCenter: each.dataCenter,
						...(each.isReachable ? {} : { check: failing("timeout") }),
					},
					{ retrievedGtid: each.relayed === 0 ? "" : gtids(each.relayed) },
				),
			);
			const { chosen, catchUpFrom, ranking, excluded } = choose(replicas);
			expect(ranking.length + excluded.length).toBe(replicas.length);
			if (chosen === undefined) {
				expect(ranking).toEqual([]);
				return;
			}
			const one = replicas.find((each) => each.name === chosen);
			if (one === undefined) throw new Error(`${chosen} is nobody`);
			expect(isLastCheckValid(one)).toBe(true);
			expect(one.promotionRule).not.toBe("must_not");
			const lacks = replicas.filter(
				(each) =>
					isLastCheckValid(each) &&
					!contains("mysql", received(one), received(each)),
			);
			if (catchUpFrom !== undefined)
				expect(lacks.map((each) => each.name)).toContain(catchUpFrom);
			else if (lacks.length > 0)
				expect(ranking.filter((each) => each.hasEverything)).toEqual([]);
		}),
		{ numRuns: 500 },
	);
});

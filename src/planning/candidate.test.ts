import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	PROMOTION,
	replica,
	replicating,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { ProbeFinding } from "../topology/check.ts";
import { contains } from "../topology/gtid/gtid.ts";
import { withoutErrant } from "../topology/gtid/without-errant.ts";
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

const lacking = (privilege: string): ProbeFinding => ({
	about: "operations",
	privilege,
	says: `the account lacks ${privilege}; grant it to MySQLTopologyUser`,
});

const choose = (
	replicas: readonly Instance[],
	settings: Partial<PromotionSettings> = {},
	requested?: InstanceName,
) =>
	chooseCandidate(failed, replicas, { ...PROMOTION, ...settings }, requested);

describe("one that was stopped, or is held back, since before", () => {
	const equals = [having("a", 2, [90, 100]), having("b", 3, [90, 100])];

	it("comes behind its equals, whatever its name", () => {
		const { chosen, ranking } = choose(equals, { setAside: ["a:3306"] });
		expect(chosen).toBe("b:3306");
		expect(ranking.at(-1)?.says).toContain("stopped, or held back, before");
	});

	it("is taken all the same where it has more, or its rule is better", () => {
		const [a, b] = equals as [Instance, Instance];
		const setAside = ["a:3306"] as const;
		expect(choose([having("a", 2, [90, 110]), b], { setAside }).chosen).toBe(
			"a:3306",
		);
		expect(
			choose([{ ...a, promotionRule: "prefer" }, b], { setAside }).chosen,
		).toBe("a:3306");
		expect(choose(equals, { setAside }, "a:3306").chosen).toBe("a:3306");
	});
});

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

describe("readiness goes before rule and place", () => {
	const behind = [80, 80] as const;
	const ahead = [100, 100] as const;
	const rule = (promotionRule: PromotionRule) => ({ promotionRule });

	it.each<[string, Instance, Instance]>([
		[
			"a preferred one that lacks everything",
			having("a", 2, [1, 1], rule("prefer")),
			having("b", 3, ahead),
		],
		[
			"a must that would have to fetch the rest",
			having("a", 2, behind, rule("must")),
			having("b", 3, ahead, rule("prefer_not")),
		],
		[
			"a preferred one that still has to apply for long",
			having("a", 2, [50, 100], { ...rule("prefer"), lagSeconds: 300 }),
			having("b", 3, ahead),
		],
		[
			"a preferred one whose applier is stopped",
			replica(
				"a",
				2,
				{ executedGtid: gtids(50), ...rule("prefer") },
				{ applier: 0 },
			),
			having("b", 3, ahead),
		],
		[
			"one in the data center of the failed primary",
			having("a", 2, behind),
			having("b", 3, ahead, { dataCenter: "far" }),
		],
	])("so %s is not chosen before a complete one", (_, a, b) => {
		for (const replicas of [
			[a, b],
			[b, a],
		])
			expect(choose(replicas)).toMatchObject({
				chosen: "b:3306",
				catchUpFrom: undefined,
			});
	});

	it.each<[string, Instance, Instance]>([
		[
			"preferred",
			having("a", 2, ahead),
			having("b", 3, [90, 100], rule("prefer")),
		],
		[
			"not to be avoided",
			having("a", 2, ahead, rule("prefer_not")),
			having("b", 3, ahead),
		],
		[
			"not delayed",
			replica("a", 2, {}, { sqlDelaySeconds: 3600 }),
			having("b", 3, ahead),
		],
		[
			"near the failed primary",
			having("a", 2, ahead, { dataCenter: "far" }),
			having("b", 3, ahead),
		],
	])("and among those that are as ready the one that is %s is", (_, a, b) => {
		expect(choose([a, b]).chosen).toBe("b:3306");
	});

	it("and where nobody has everything the one that lacks least is", () => {
		const preferred = having("a", 2, [10, 10], rule("prefer"));
		const mute = having("c", 4, ahead, { logReplicaUpdates: false });
		expect(choose([preferred, having("b", 3, [90, 90]), mute])).toMatchObject({
			chosen: "b:3306",
		});
	});

	it("takes the giver that has everything, and none without a log of what it replicates", () => {
		const a = having("a", 2, behind);
		const must = (each: Instance) => ({ ...each, ...rule("must_not") });
		const half = must(having("b", 3, [90, 90]));
		const all = must(having("c", 4, ahead));
		expect(choose([a, half, all]).catchUpFrom).toBe("c:3306");
		expect(
			choose([a, half, { ...all, logReplicaUpdates: false }]).catchUpFrom,
		).toBe("b:3306");
		expect(choose([a, { ...all, logBin: false }])).toMatchObject({
			chosen: "a:3306",
			catchUpFrom: undefined,
		});
	});
});

describe("errant transactions", () => {
	const errantOf = (host: string, id: number, rest: Partial<Instance> = {}) =>
		having(host, id, [100, 100], {
			executedGtid: `${gtids(100)},${uuid(id)}:1-5`,
			errantGtid: `${uuid(id)}:1-5`,
			...rest,
		});

	it("do not make a replica complete, nor the others incomplete", () => {
		const { chosen, catchUpFrom, ranking } = choose([
			errantOf("a", 2),
			having("b", 3, [100, 100]),
			having("c", 4, [100, 100]),
		]);
		expect([chosen, catchUpFrom]).toEqual(["b:3306", undefined]);
		expect(ranking.map((each) => [each.name, each.hasEverything])).toEqual([
			["b:3306", true],
			["c:3306", true],
			["a:3306", true],
		]);
		expect(ranking[2]?.says).toContain(`errant transactions ${uuid(2)}:1-5`);
	});

	it("put a replica behind clean ones that are less ready, and keep it from giving", () => {
		const errant = errantOf("a", 2, { promotionRule: "must" });
		const slow = having("b", 3, [50, 100], { lagSeconds: 600 });
		expect(choose([errant, slow]).chosen).toBe("b:3306");
		const behind = having("b", 3, [90, 90]);
		expect(choose([errant, behind])).toMatchObject({
			// Nothing that only it has is lost for its errant transactions' sake.
			chosen: "a:3306",
			catchUpFrom: undefined,
		});
		expect(
			choose([{ ...errant, promotionRule: "must_not" }, behind]),
		).toMatchObject({ chosen: "b:3306", catchUpFrom: undefined });
	});

	it("hide nothing of a MariaDB replica's progress", () => {
		const primary = server("p", 1, { flavor: "MariaDB", version: "10.11.6" });
		const maria = (host: string, id: number, rest: Partial<Instance>) =>
			replica(
				host,
				id,
				{ flavor: "MariaDB", version: "10.11.6", ...rest },
				{ usingOracleGtid: false, usingMariadbGtid: true, retrievedGtid: "" },
			);
		const errant = maria("a", 2, {
			executedGtid: "0-2-103",
			binlogGtidState: "0-1-100,0-2-103",
			errantGtid: "0-2-103",
		});
		const clean = maria("b", 3, {
			executedGtid: "0-1-100",
			binlogGtidState: "0-1-100",
		});
		expect(
			chooseCandidate(primary, [errant, clean], PROMOTION).ranking.map(
				(each) => [each.name, each.hasEverything],
			),
		).toEqual([
			["b:3306", true],
			["a:3306", true],
		]);
	});
});

describe("replication filters", () => {
	const filtered = replica(
		"a",
		2,
		{ promotionRule: "prefer" },
		{ hasFilters: true },
	);

	it("put a replica last, with the reason, and keep it from giving", () => {
		const behind = having("b", 3, [80, 80]);
		const { chosen, catchUpFrom, ranking } = choose([filtered, behind]);
		expect([chosen, catchUpFrom]).toEqual(["b:3306", undefined]);
		expect(ranking[1]?.says).toContain("replication filters");
	});

	it("do not rule it out when nobody else is left, or a person asks for it", () => {
		expect(choose([filtered]).chosen).toBe("a:3306");
		expect(
			choose([filtered, having("b", 3, [100, 100])], {}, "a:3306").chosen,
		).toBe("a:3306");
	});
});

describe("semi-sync", () => {
	const waiting = server("p", 1, {
		check: failing("lost"),
		semiSync: LOSSLESS,
	});
	const bare = replica("a", 2, { promotionRule: "prefer" });
	const able = replica("b", 3, { semiSync: ACKER });
	const pick = (mode: "available" | "lossless", replicas: Instance[]) =>
		chooseCandidate(waiting, replicas, { ...PROMOTION, mode });

	it("is a condition in lossless mode, and ranks behind in the other", () => {
		expect(pick("available", [bare, able]).chosen).toBe("b:3306");
		expect(pick("available", [bare]).chosen).toBe("a:3306");
		expect(pick("lossless", [bare])).toMatchObject({
			chosen: undefined,
			refusal: expect.stringContaining("source plugin is not loaded"),
		});
	});

	it("is nobody's condition where the failed one did not wait", () => {
		expect(
			chooseCandidate(failed, [bare, able], {
				...PROMOTION,
				mode: "lossless",
			}).chosen,
		).toBe("a:3306");
	});
});

describe("a replica is out", () => {
	it.each<[string, Partial<Instance>, Partial<PromotionSettings>, RegExp?]>([
		["cannot be reached: timeout", { check: failing("timeout") }, {}],
		[
			"must_not",
			{ promotionRule: "must_not" },
			{},
			/^give it another with register-candidate -i a:3306 -promotion-rule neutral/,
		],
		[
			"PromotionIgnoreHostnameFilters",
			{},
			{ banned: ["a:3306"] },
			/take it out of that key/,
		],
		["binlog server", { isBinlogServer: true }, {}],
		["no binary log", { logBin: false }, {}, /log_bin/],
		[
			"does not log the changes",
			{ logReplicaUpdates: false },
			{},
			/log_replica_updates/,
		],
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
			"replicates by several channels, which is not supported for a primary yet: the default one (p:3306), other (q:3306)",
			{
				otherChannels: [replicating("q", { channel: "other" })],
			},
			{},
		],
		[
			"is delayed by 3600 s",
			{
				executedGtid: gtids(3),
				replication: { ...replica("a", 2).replication, sqlDelaySeconds: 3600 },
			},
			{},
		],
		[
			"lacks SYSTEM_VARIABLES_ADMIN",
			{ findings: [lacking("SYSTEM_VARIABLES_ADMIN")] },
			{},
		],
		["lacks SUPER", { findings: [lacking("SUPER")] }, {}],
		[
			"lacks REPLICATION SLAVE ADMIN",
			{ findings: [lacking("REPLICATION SLAVE ADMIN")] },
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
		[
			"PreventCrossRegion",
			{ region: "far" },
			{ preventCrossRegion: true },
			/that key/,
		],
		["lags 120 s", { lagSeconds: 120 }, { maxLagMinutes: 2 }, /that key/],
		[
			"not applied",
			{ executedGtid: gtids(3) },
			{ refuseUnapplied: true },
			/that key/,
		],
	])("because: %s", (reason, rest, settings, remedy) => {
		const candidacy = choose([replica("a", 2, rest)], settings);
		expect(candidacy.chosen).toBeUndefined();
		expect(candidacy.excluded).toMatchObject([
			{ name: "a:3306", reason: expect.stringContaining(reason) },
		]);
		if (remedy !== undefined) {
			expect(candidacy.excluded[0]?.remedy).toMatch(remedy);
			expect(candidacy.refusal).toContain(candidacy.excluded[0]?.remedy);
		}
		expect(candidacy.refusal).toMatch(/^no replica can be promoted: a:3306 /);
	});
});

it("is told once what mends several alike", () => {
	const findings = [lacking("SUPER")];
	const { refusal } = choose([
		replica("a", 2, { findings }),
		replica("b", 3, { findings }),
		replica("c", 4, { logBin: false }),
	]);
	expect(refusal).toBe(
		"no replica can be promoted: a:3306, b:3306: the account lacks SUPER; grant it to MySQLTopologyUser. c:3306 it has no binary log; switch log_bin on",
	);
});

it("is not out for a privilege that has another way, or that no promotion needs", () => {
	const findings = [
		lacking("RELOAD"),
		lacking("CONNECTION_ADMIN"),
		{ ...lacking("SUPER"), about: "replicas" },
	];
	expect(choose([replica("a", 2, { findings })]).chosen).toBe("a:3306");
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
			refusal:
				"a:3306 cannot be promoted: its promotion rule is must_not; give it another with register-candidate -i a:3306 -promotion-rule neutral, and see that DetectPromotionRuleQuery does not set it anew, or name another replica",
		});
		expect(choose([a, b], {}, "x:3306").refusal).toBe(
			"x:3306 is not a direct replica; name one of its direct replicas",
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
						errantGtid:
							each.errant > 0 ? `${uuid(at + 2)}:1-${each.errant}` : "",
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
					!contains("mysql", withoutErrant(one), withoutErrant(each)),
			);
			if (catchUpFrom !== undefined)
				expect(lacks.map((each) => each.name)).toContain(catchUpFrom);
			else if (lacks.length > 0)
				expect(ranking.filter((each) => each.hasEverything)).toEqual([]);
		}),
		{ numRuns: 500 },
	);
});

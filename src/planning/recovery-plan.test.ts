import { describe, expect, it } from "vitest";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	PROMOTION,
	replica,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { expectedLoss } from "./loss.ts";
import { planPromotion, replicasIn, startRecovery } from "./recovery-plan.ts";

const failed = server("p", 1, {
	check: failing("lost"),
	semiSync: LOSSLESS,
	executedGtid: gtids(90),
});
const acker = (host: string, id: number, rest: Partial<Instance> = {}) =>
	replica(host, id, { semiSync: ACKER, ...rest });
const away = { check: failing("timeout") };
const lossless = { ...PROMOTION, mode: "lossless" as const };

describe("the expected loss", () => {
	const { semiSync } = failed;
	const two = [acker("a", 2), acker("b", 3)];

	it("is nothing when every possible acker is reached", () => {
		expect(expectedLoss(failed, two)).toEqual({
			nothingAcknowledged: true,
			says: "",
		});
	});

	it("is nothing as long as fewer ackers are away than each commit waited for", () => {
		const both = {
			...failed,
			semiSync: { ...semiSync, waitForReplicaCount: 2 },
		};
		const oneAway = [acker("a", 2), acker("b", 3, away)];
		expect(expectedLoss(both, oneAway).nothingAcknowledged).toBe(true);
		expect(expectedLoss(failed, oneAway)).toMatchObject({
			nothingAcknowledged: false,
			says: expect.stringContaining("b:3306 may hold acknowledged writes"),
		});
	});

	it.each<[string, Partial<Instance>, string]>([
		[
			"asynchronous",
			{ semiSync: { ...semiSync, sourceEnabled: false } },
			"replicated asynchronously",
		],
		[
			"fallen back",
			{ semiSync: { ...semiSync, sourceActive: false } },
			"replicated asynchronously",
		],
		[
			"with a short time-out",
			{ semiSync: { ...semiSync, sourceTimeoutMs: 10_000 } },
			"falls back to asynchronous after 10000 ms",
		],
		[
			"ahead of everybody",
			{ executedGtid: gtids(140) },
			`on no reachable replica: ${uuid(1)}:101-140`,
		],
	])("is possible when the primary was %s", (_, rest, says) => {
		const loss = expectedLoss({ ...failed, ...rest }, two);
		expect(loss.nothingAcknowledged).toBe(false);
		expect(loss.says).toContain(says);
	});
});

describe("startRecovery", () => {
	const start = (
		instances: Instance[],
		options: { stands?: boolean; forced?: boolean },
	) =>
		startRecovery(snapshotOf(instances), "p:3306", {
			stands: false,
			forced: false,
			says: "it is dead",
			...options,
		});
	const replicas = [acker("a", 2), acker("b", 3, away)];

	it("goes when the failure stands, or a person forces it", () => {
		expect(start([failed, ...replicas], { stands: true })).toEqual({
			go: true,
			says: "it is dead",
			stop: ["a:3306"],
			unreachable: ["b:3306"],
			fence: false,
		});
		expect(start([failed, ...replicas], { forced: true }).go).toBe(true);
		expect(start([failed, ...replicas], {})).toMatchObject({
			go: false,
			says: "the failure no longer stands: it is dead",
		});
	});

	it("fences a primary that answers", () => {
		const alive = server("p", 1);
		expect(start([alive, ...replicas], { forced: true }).fence).toBe(true);
	});

	it("never goes without a reachable replica", () => {
		for (const instances of [[failed], [failed, acker("b", 3, away)]])
			expect(start(instances, { stands: true, forced: true })).toMatchObject({
				go: false,
				says: "no replica of p:3306 can be reached",
			});
	});
});

describe("planPromotion", () => {
	it("promotes, repoints those that can follow, and leaves the rest behind", () => {
		const replicas = [
			acker("a", 2),
			acker("b", 3),
			acker("c", 4, away),
			acker("d", 5, { binlogFormat: "STATEMENT", promotionRule: "must_not" }),
		];
		expect(planPromotion(failed, replicas, PROMOTION)).toMatchObject({
			promote: "a:3306",
			catchUpFrom: undefined,
			willHave: gtids(100),
			repoint: ["b:3306"],
			lost: [
				{ name: "c:3306", reason: "cannot be reached: timeout" },
				{ name: "d:3306", reason: expect.stringContaining("STATEMENT") },
			],
			refusal: "",
		});
	});

	it("counts on what the chosen one fetches first", () => {
		const plan = planPromotion(
			failed,
			[
				acker("a", 2, {
					promotionRule: "prefer",
					executedGtid: gtids(50),
					replication: {
						...acker("a", 2).replication,
						retrievedGtid: gtids(60),
					},
				}),
				acker("b", 3),
			],
			lossless,
		);
		expect(plan).toMatchObject({
			promote: "a:3306",
			catchUpFrom: "b:3306",
			willHave: gtids(100),
			repoint: ["b:3306"],
			lost: [],
			refusal: "",
		});
	});

	it("leaves behind what holds transactions that the chosen one will lack", () => {
		const errant = acker("b", 3, {
			promotionRule: "must_not",
			logReplicaUpdates: false,
			executedGtid: `${gtids(100)},${uuid(3)}:1-2`,
			errantGtid: `${uuid(3)}:1-2`,
		});
		const plan = planPromotion(failed, [acker("a", 2), errant], PROMOTION);
		expect(plan.lost).toEqual([
			{
				name: "b:3306",
				reason: `it has transactions that a:3306 lacks: ${uuid(3)}:1-2`,
			},
		]);
	});

	it("refuses in lossless mode, names the loss and what overrides it", () => {
		const replicas = [acker("a", 2), acker("b", 3, away)];
		const plan = planPromotion(failed, replicas, lossless);
		expect(plan.promote).toBeUndefined();
		expect(plan.refusal).toContain("b:3306 may hold acknowledged writes");
		expect(plan.refusal).toContain("force-master-failover");
		expect(planPromotion(failed, replicas, PROMOTION).promote).toBe("a:3306");
	});

	it("refuses in lossless mode when the only copy is on a replica that cannot hand it on", () => {
		const behind = acker("a", 2, {
			executedGtid: gtids(90),
			replication: { ...acker("a", 2).replication, retrievedGtid: gtids(90) },
		});
		const onlyCopy = acker("b", 3, { logReplicaUpdates: false });
		const plan = planPromotion(failed, [behind, onlyCopy], lossless);
		expect(plan.promote).toBeUndefined();
		expect(plan.refusal).toContain(`${uuid(1)}:91-100`);
		const available = planPromotion(failed, [behind, onlyCopy], PROMOTION);
		expect(available).toMatchObject({
			promote: "a:3306",
			loss: { nothingAcknowledged: false },
		});
		expect(available.loss.says).toContain("b:3306");
	});

	it("does not take errant transactions for acknowledged ones", () => {
		const errant = (host: string, id: number) =>
			acker(host, id, {
				logReplicaUpdates: false,
				executedGtid: `${gtids(100)},${uuid(id)}:1`,
				errantGtid: `${uuid(id)}:1`,
			});
		expect(
			planPromotion(failed, [acker("a", 2), errant("b", 3)], lossless),
		).toMatchObject({ promote: "a:3306", loss: { nothingAcknowledged: true } });
	});

	it("says why when nobody can be promoted", () => {
		expect(planPromotion(failed, [], PROMOTION)).toMatchObject({
			promote: undefined,
			refusal: "it has no replicas",
			repoint: [],
		});
	});
});

it("counts direct replicas only", () => {
	const below = replica("c", 4, {
		replication: { ...replica("c", 4).replication, sourceHost: "a" },
	});
	expect(
		replicasIn(snapshotOf([failed, acker("a", 2), below]), "p:3306").map(
			(each) => each.name,
		),
	).toEqual(["a:3306"]);
});

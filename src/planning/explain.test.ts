import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import { explainCluster } from "./explain.ts";
import { prospectOf } from "./prospect.ts";
import { withoutAccount } from "./sought-account.ts";

const primary = server("p", 1, {
	semiSync: { ...LOSSLESS, replicaEnabled: true },
});
const a = replica("a", 2, { semiSync: ACKER });
const b = replica("b", 3, { semiSync: ACKER });
const explain = (
	instances = [primary, a, b],
	request = {},
	settings = PLANNING,
) => explainCluster(snapshotOf(instances), request, settings).text.split("\n");

it("prints the very phases of the failover and of the takeover", () => {
	expect(explain()).toEqual([
		"If p:3306 died now:",
		"failover of p:3306 (DeadMaster): promote a:3306",
		"  1. stop receivers (a failure is told, and it goes on)",
		"     - stop the receiver of a:3306: nobody may acknowledge for the failed primary any more [undo: start the receiver of a:3306]",
		"     - stop the receiver of b:3306: nobody may acknowledge for the failed primary any more [undo: start the receiver of b:3306]",
		"  2. promote (a failure makes it plan anew, until it is open)",
		"     - make a:3306 writable: it takes the place of p:3306",
		"     - move b:3306 below a:3306: it follows the new primary [undo: move b:3306 below p:3306]",
		"     === from here there is no way back ===",
		"     = a:3306 is the primary in place of p:3306, which is fenced: read-only when it returns, rejoined only if it has nothing that the new one lacks",
		"  3. follow (a failure is told, and it goes on)",
		"     - let a:3306 forget its source: it is a primary now",
		"  4. acknowledgements (a failure is told, and it goes on)",
		"     - see that enough replicas of a:3306 acknowledge, or lower the count: its commits would hang without them",
		"  note: candidate 1 is a:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"  note: candidate 2 is b:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"  expected write gap: where nobody takes writes now, until phase 2 has opened a:3306",
		"  expected loss: none of the acknowledged writes",
		"",
		"A planned takeover:",
		"takeover of p:3306: promote a:3306",
		"  1. credential (a failure takes everything back)",
		"     - find the replication account on a:3306 or b:3306: p:3306 will replicate with it",
		"  2. move ahead (a failure takes everything back)",
		"     - move b:3306 below a:3306: while p:3306 still takes writes [undo: move b:3306 below p:3306]",
		"  3. hand over (a failure takes everything back, until it is open)",
		"     - wait for open transactions of p:3306, block writes on it, let a:3306 apply the last of them, make a:3306 writable: what is open after 1 s is rolled back with its session; then clients wait, 5 s at most [undo: make p:3306 writable]",
		"     === from here there is no way back ===",
		"     = a:3306 is the primary in place of p:3306",
		"  4. follow (a failure is told, and it goes on)",
		"     - move p:3306 below a:3306: the old primary becomes a replica",
		"     - let a:3306 forget its source: it is the primary now",
		"  5. acknowledgements (a failure is told, and it goes on)",
		"     - see that enough replicas of a:3306 acknowledge, or lower the count: its commits would hang without them",
		"     - end the source side of semi-sync on p:3306: nobody commits there any more",
		"  note: candidate 1 is a:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"  note: candidate 2 is b:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"  expected write gap: while phase 3 runs: as long as a:3306 takes to apply the last writes of p:3306, at most 5 s; then it is taken back",
		"  expected loss: none of the acknowledged writes",
	]);
});

it("tells of fetching, of a second change of places, and of those left behind and out", () => {
	const behind = {
		...a,
		executedGtid: gtids(10),
		replication: {
			...a.replication,
			receiver: 0 as const,
			retrievedGtid: gtids(10),
		},
	};
	const away = replica("c", 4, { check: failing("timeout") });
	const unwanted = { ...b, promotionRule: "must_not" as const };
	const text = explain([primary, behind, unwanted, away]).join("\n");
	expect(text).toContain("3. catch up: point");
	expect(text).toContain("left behind: c:3306: cannot be reached: timeout");
	expect(text).toContain(
		"note: c:3306 is no candidate: cannot be reached: timeout",
	);
	const better = { ...b, promotionRule: "prefer" as const, lagSeconds: 3 };
	expect(
		explain([primary, a, { ...better, executedGtid: gtids(50) }]).join("\n"),
	).toContain(
		"failover of p:3306 (DeadMaster): promote a:3306, then b:3306 in its place",
	);
});

it("takes running replicas that were looked at in different moments for level", () => {
	const lookedAt = (host: string, id: number, last: number) =>
		replica(
			host,
			id,
			{ semiSync: ACKER, executedGtid: gtids(last) },
			{ retrievedGtid: gtids(last) },
		);
	const text = explain([
		server("p", 1, { semiSync: LOSSLESS, executedGtid: gtids(104) }),
		{ ...lookedAt("a", 2, 100), promotionRule: "prefer" },
		lookedAt("b", 3, 102),
	]);
	expect(text).toContain("failover of p:3306 (DeadMaster): promote a:3306");
	expect(text).toContain("  expected loss: none of the acknowledged writes");
	expect(text).toContain("takeover of p:3306: promote a:3306");
});

it("says so when the primary is unknown", () => {
	expect(explain([a])).toEqual([
		"the primary p:3306 is not among the servers of the cluster; see its topology, or name one of them with -i",
	]);
});

describe("what was asked about is refused", () => {
	const refusal = (instances: (typeof a)[], request = {}) =>
		explainCluster(snapshotOf(instances), request, PLANNING).refusal;
	const unwanted = { ...a, promotionRule: "must_not" as const };

	it.each<[string, (typeof a)[], Record<string, string>, RegExp]>([
		["no primary", [a], {}, /^the primary p:3306 is not among/],
		[
			"a relocation",
			[primary, a],
			{ instance: "a:3306", destination: "a:3306" },
			/^a:3306 cannot be moved below itself/,
		],
		[
			"a successor",
			[primary, unwanted, b],
			{ destination: "a:3306" },
			/a:3306 cannot be promoted: its promotion rule is must_not/,
		],
	])("%s", (_, instances, request, says) => {
		expect(refusal(instances, request)).toMatch(says);
	});

	it("but not what is only told: that nobody could be promoted is an answer", () => {
		expect(refusal([primary, unwanted])).toBeUndefined();
		expect(refusal([primary, a, b])).toBeUndefined();
		expect(refusal([primary, a, b], { destination: "b:3306" })).toBeUndefined();
		expect(
			refusal([primary, a], { instance: "a:3306", destination: "p:3306" }),
		).toBeUndefined();
	});
});

it("tells why nothing would be done", () => {
	const async = server("p", 1);
	const text = explain([async, a], {}, { ...PLANNING, mode: "lossless" });
	expect(text[0]).toBe("Would be refused as things stand: a failover.");
	expect(text[3]).toMatch(
		/^failover of p:3306 \(DeadMaster\): not done: BatonMode is lossless/,
	);
	expect(explain([primary]).join("\n")).toContain(
		"not done: GracefulMasterTakeover: p:3306 has no replicas",
	);
});

it("asked about a replica, tells of its relocation, else of its cluster", () => {
	const request = { instance: "a:3306", destination: "b:3306" };
	expect(explain([primary, a, b], request)).toEqual([
		"relocation of a:3306 below b:3306",
		"  1. wait (a failure takes everything back)",
		"     - let b:3306 apply all that b:3306, a:3306 received: it shall have what a:3306 has",
		"  2. move (a failure takes everything back)",
		"     - move a:3306 below b:3306: as it was asked for [undo: move a:3306 below p:3306]",
		"  expected write gap: none",
		"  expected loss: none of the acknowledged writes",
	]);
	expect(explain([primary, a], request)[0]).toBe(
		"relocation of a:3306 below b:3306: not done: b:3306 is not in cluster p:3306; name a server that is, or discover b:3306 first if it belongs there",
	);
	expect(
		explain([primary, a], { instance: "a:3306", destination: "p:3306" })[0],
	).toBe(
		"relocation of a:3306 below p:3306: nothing to do: a:3306 replicates from p:3306 already",
	);
	expect(explain([primary, a, b], { instance: "b:3306" })[0]).toBe(
		"If p:3306 died now:",
	);
	expect(explain([primary, a, b], { destination: "b:3306" })[1]).toBe(
		"failover of p:3306 (DeadMaster): promote b:3306",
	);
});

it("asked about a primary that was replaced, tells of the present one alone", () => {
	const replaced = server("old", 9, {
		clusterName: "old:3306",
		check: failing("connection-refused"),
	});
	const text = explain([replaced, primary, a, b], { instance: "old:3306" });
	expect(text.slice(0, 4)).toEqual([
		"old:3306 is not the primary of its cluster: p:3306 is, and what follows is about that.",
		"",
		"If p:3306 died now:",
		"failover of p:3306 (DeadMaster): promote a:3306",
	]);
	expect(text).toContain("takeover of p:3306: promote a:3306");
});

describe("begins with what would be refused", () => {
	it.each<[string, (typeof a)[], string]>([
		[
			"a takeover while two take writes",
			[primary, { ...a, readOnly: false }],
			"Would be refused as things stand: a planned takeover.",
		],
		[
			"both",
			[primary],
			"Would be refused as things stand: a failover and a planned takeover.",
		],
		["nothing", [primary, a, b], "If p:3306 died now:"],
	])("%s", (_, instances, first) => {
		expect(explain(instances)[0]).toBe(first);
	});

	it("also when that was found out by asking the servers", () => {
		const { plans, tell } = explainCluster(
			snapshotOf([primary, a, b]),
			{},
			PLANNING,
		);
		const told = tell(plans.map((each) => withoutAccount(each, "not known")));
		const lines = told.text.split("\n");
		expect(lines[0]).toBe(
			"Would be refused as things stand: a planned takeover.",
		);
		expect(lines).toContain(
			"takeover of p:3306: promote a:3306: not done: not known",
		);
		expect(lines).toContain("failover of p:3306 (DeadMaster): promote a:3306");
		expect(told.refusal).toBeUndefined();
	});
});

describe("the prospect of a failover", () => {
	const prospect = (instances = [primary, a, b], settings = PLANNING) =>
		prospectOf(snapshotOf(instances), "p:3306", settings);

	it("names who would be promoted", () => {
		expect(prospect()).toEqual({
			successor: "a:3306",
			refusal: "",
		});
	});

	it.each<[string, (typeof a)[], typeof PLANNING]>([
		["no replica of p:3306 can be reached: it has none", [primary], PLANNING],
		[
			"no replica can be promoted: a:3306 its promotion rule is must_not",
			[primary, { ...a, promotionRule: "must_not" }],
			PLANNING,
		],
		[
			"no replica can be promoted: a:3306 lacks SYSTEM_VARIABLES_ADMIN",
			[
				primary,
				{
					...a,
					findings: [
						{
							about: "operations",
							privilege: "SYSTEM_VARIABLES_ADMIN",
							says: "lacks SYSTEM_VARIABLES_ADMIN",
						},
					],
				},
			],
			PLANNING,
		],
		[
			"BatonMode is lossless",
			[server("p", 1), a],
			{ ...PLANNING, mode: "lossless" },
		],
		[
			// Known only when the receivers are stopped.
			"FailMasterPromotionIfSQLThreadNotUpToDate",
			[primary, { ...a, executedGtid: gtids(3) }],
			{ ...PLANNING, refuseUnapplied: true },
		],
	])("says when it would start in vain: %s", (why, instances, settings) => {
		const { successor, refusal } = prospect(instances, settings);
		expect(successor).toBeUndefined();
		expect(refusal).toContain(why);
	});
});

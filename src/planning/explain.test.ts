import { expect, it } from "vitest";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	PROMOTION,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import { explainCluster } from "./explain.ts";

const primary = server("p", 1, { semiSync: LOSSLESS });
const a = replica("a", 2, { semiSync: ACKER });
const b = replica("b", 3, { semiSync: ACKER });
const explain = (
	instances = [primary, a, b],
	request = {},
	settings = PROMOTION,
) => explainCluster(snapshotOf(instances), request, settings).split("\n");

it("tells the failover and the takeover of a good cluster, step by step", () => {
	expect(explain()).toEqual([
		"If p:3306 died now, a:3306 would be promoted:",
		"  1. stop the receivers of a:3306, b:3306, and choose anew by what each has received then",
		"  2. let a:3306 apply all that it received",
		"  3. promote a:3306 (from here there is no way back)",
		"  4. repoint b:3306 at the same time",
		"  5. fence p:3306: read-only when it returns, rejoined only if it has nothing that a:3306 lacks",
		"Candidates, best first:",
		"  1. a:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"  2. b:3306: has received everything that any reachable replica has, has applied all it received, promotion rule neutral",
		"Expected loss: none of the acknowledged writes",
		"",
		"A planned takeover would make a:3306 the primary in place of p:3306:",
		"  1. check that a:3306 can tell the replication credential",
		"  2. move b:3306 below a:3306 while p:3306 still takes writes",
		"  3. block writes on p:3306, let a:3306 apply the last of them, open it (from here there is no way back)",
		"  4. point p:3306 to a:3306",
	]);
});

it("tells of fetching, of those left behind and those that are out", () => {
	const behind = {
		...a,
		promotionRule: "prefer" as const,
		executedGtid: gtids(10),
		replication: { ...a.replication, retrievedGtid: gtids(10) },
	};
	const away = replica("c", 4, { check: failing("timeout") });
	const text = explain([primary, behind, b, away]).join("\n");
	expect(text).toContain("2. let a:3306 fetch from b:3306 what it lacks");
	expect(text).toContain("left behind: c:3306: cannot be reached: timeout");
	expect(text).toContain("c:3306 is out: cannot be reached: timeout");
});

it("tells why nothing would be done", () => {
	const async = server("p", 1);
	const text = explain([async, a], {}, { ...PROMOTION, mode: "lossless" });
	expect(text[0]).toMatch(/nobody would be promoted: BatonMode is lossless/);
	expect(explain([primary]).join("\n")).toMatch(
		/takeover would be refused: GracefulMasterTakeover: p:3306 has no replicas/,
	);
});

it("asked about a replica, tells of its relocation, else of its cluster", () => {
	expect(
		explain([primary, a, b], { instance: "a:3306", destination: "b:3306" }),
	).toEqual([
		"a:3306 would be moved from p:3306 below b:3306 by GTID, and put back if it does not replicate there",
	]);
	expect(
		explain([primary, a], { instance: "a:3306", destination: "b:3306" }),
	).toEqual([
		"a:3306 would not be moved below b:3306: b:3306 is not in cluster p:3306",
	]);
	expect(explain([primary, a, b], { instance: "b:3306" })[0]).toBe(
		"If p:3306 died now, a:3306 would be promoted:",
	);
	expect(explain([primary, a, b], { destination: "b:3306" })[0]).toBe(
		"If p:3306 died now, b:3306 would be promoted:",
	);
});

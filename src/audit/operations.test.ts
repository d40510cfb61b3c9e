import { expect, it } from "vitest";
import { operationType } from "./operations.ts";

it.each([
	["recovery", "DeadMaster", "recover-dead-master"],
	["recovery", "LockedSemiSyncMaster", "recover-dead-master"],
	["recovery", "DeadCoMasterAndSomeReplicas", "recover-dead-co-master"],
	[
		"recovery",
		"DeadIntermediateMasterAndSomeReplicas",
		"recover-dead-intermediate-master",
	],
	[
		"recovery",
		"DeadReplicationGroupMemberWithReplicas",
		"recover-dead-replication-group-member-with-replicas",
	],
	["relocation", "", "relocate-below"],
	["takeover", "DeadMaster", "takeover"],
	["rejoin", "", "rejoin"],
] as const)("%s after %s is audited as %s", (kind, analysis, type) => {
	expect(operationType({ kind, analysis })).toBe(type);
});

it("a change of one server is audited as its command", () => {
	expect(operationType({ kind: "serverChange", change: "set-read-only" })).toBe(
		"set-read-only",
	);
});

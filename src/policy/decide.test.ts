import { expect, it } from "vitest";
import { decide, type Situation } from "./decide.ts";

const NOW = 1_000_000_000;
const fine: Situation = {
	instance: "p:3306",
	analysis: "DeadMaster",
	recovery: "primary",
	isActionable: true,
	notActionableBecause: "",
	isDowntimed: false,
	filterMatches: true,
	globallyDisabled: false,
	blocking: [],
	nowMs: NOW,
};
const recovery = {
	id: 7,
	analysis: "DeadMaster",
	startedAtMs: NOW - 600_000,
	endedAtMs: 1,
	blocksForMs: 3_600_000,
};
const held = { isActionable: false, notActionableBecause: "no evidence" };

it("acts when nothing speaks against it", () => {
	expect(decide(fine)).toMatchObject({ act: true, blockedBy: 0 });
});

it.each<[string, Partial<Situation>, string]>([
	["the finding is held back", held, "no evidence"],
	["it is downtimed", { isDowntimed: true }, "end-downtime -i p:3306"],
	[
		"recoveries are off",
		{ globallyDisabled: true },
		"enable-global-recoveries",
	],
	[
		"no filter names the cluster",
		{ filterMatches: false },
		"RecoverMasterClusterFilters",
	],
	[
		"another one was just now",
		{ blocking: [recovery] },
		"recovery 7 (DeadMaster) of this cluster is 600 s old and blocks another one for 3000 s more; acknowledge it with ack-cluster-recoveries -i p:3306 -reason TEXT, or use recover -i p:3306",
	],
	[
		"another one runs",
		{ blocking: [{ ...recovery, endedAtMs: 0 }] },
		"recovery 7 (DeadMaster) of this cluster has been running for 600 s: its end is waited for",
	],
])("does nothing when %s", (_, against, says) => {
	const verdict = decide({ ...fine, ...against });
	expect(verdict.act).toBe(false);
	expect(verdict.says).toContain(says);
});

it("names the blocking recovery, and only when that is what blocks", () => {
	expect(decide({ ...fine, blocking: [recovery] }).blockedBy).toBe(7);
	expect(decide({ ...fine, ...held, blocking: [recovery] }).blockedBy).toBe(0);
});

it.each([
	["notice", "UnreachableMaster", "UnreachableMaster is told, not acted on"],
	["co-primary", "DeadCoMaster", "is not built in this version"],
	["intermediate", "DeadIntermediateMaster", "is not built in this version"],
	["semi-sync", "LockedSemiSyncMaster", "is not built in this version"],
	["make-writable", "NoWriteableMasterStructureWarning", "is not built"],
	[
		"group-member",
		"DeadReplicationGroupMemberWithReplicas",
		"is not built in this version",
	],
] as const)("never acts on the kind %s", (recovery, analysis, says) => {
	const verdict = decide({ ...fine, recovery, analysis });
	expect(verdict.act).toBe(false);
	expect(verdict.says).toContain(says);
});

it("never tells of a negative wait", () => {
	const old = { ...recovery, startedAtMs: NOW - 7_200_000 };
	expect(decide({ ...fine, blocking: [old] }).says).toContain("0 s more");
});

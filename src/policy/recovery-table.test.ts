import { expect, it } from "vitest";
import {
	blocksForMs,
	builtRecoveryOf,
	longestBlockMs,
	RECOVERIES,
	recoveryOfCode,
	recoveryRow,
} from "./recovery-table.ts";

it.each([
	["DeadMaster", "RecoverMasterClusterFilters", "MasterRecovery"],
	[
		"DeadCoMasterAndSomeReplicas",
		"RecoverMasterClusterFilters",
		"CoMasterRecovery",
	],
	[
		"DeadIntermediateMaster",
		"RecoverIntermediateMasterClusterFilters",
		"IntermediateMasterRecovery",
	],
	[
		"DeadReplicationGroupMemberWithReplicas",
		"RecoverIntermediateMasterClusterFilters",
		"ReplicationGroupMemberRecovery",
	],
])(
	"the recovery from %s is allowed by %s and recorded as %s",
	(code, filter, recordType) => {
		expect(recoveryOfCode(code)).toMatchObject({ filter, recordType });
	},
);

it("only the failover of a primary is built", () => {
	const built = Object.entries(RECOVERIES).filter(
		([, row]) => !("notBuilt" in row),
	);
	expect(built.map(([kind]) => kind)).toEqual(["primary"]);
	expect(recoveryRow("notice")).toBe(RECOVERIES.primary);
});

it.each(["DeadMaster", "DeadCoMaster", "UnreachableMaster", "NoSuchCode"])(
	"%s is recovered from as a dead primary is, which looks whether one is there",
	(code) => {
		expect(builtRecoveryOf(code)).toBe("primary");
	},
);

it("a recovery blocks others for as long as its setting says", () => {
	const settings = { RecoveryPeriodBlockSeconds: 7 };
	expect(blocksForMs("DeadMaster", settings)).toBe(7_000);
	expect(longestBlockMs(settings)).toBe(7_000);
});

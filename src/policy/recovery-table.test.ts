import { expect, it } from "vitest";
import { RECOVERIES, recoveryOfCode, recoveryRow } from "./recovery-table.ts";

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
		([, { notBuilt }]) => notBuilt === undefined,
	);
	expect(built.map(([kind]) => kind)).toEqual(["primary"]);
	expect(recoveryRow("notice")).toBe(RECOVERIES.primary);
});

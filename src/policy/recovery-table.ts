import { TAXONOMY } from "../analysis/taxonomy.ts";
import type { RecoveryKind } from "../analysis/taxonomy-row.ts";

/** What changes a topology, where it is built. */
type ActingKind = Exclude<RecoveryKind, "notice" | "none">;

/** One kind of recovery: which setting allows it, and what records call it. */
interface RecoveryRow {
	/** The setting that names the clusters in which it starts by itself. */
	readonly filter:
		| "RecoverMasterClusterFilters"
		| "RecoverIntermediateMasterClusterFilters";
	/** `Type` of its record. */
	readonly recordType: string;
	/** Its word in the audit. */
	readonly audit: string;
	/** Why this version does not have it, and what a person can do instead. */
	readonly notBuilt?: string;
}

export const RECOVERIES: Readonly<Record<ActingKind, RecoveryRow>> = {
	primary: {
		filter: "RecoverMasterClusterFilters",
		recordType: "MasterRecovery",
		audit: "recover-dead-master",
	},
	"co-primary": {
		filter: "RecoverMasterClusterFilters",
		recordType: "CoMasterRecovery",
		audit: "recover-dead-co-master",
		notBuilt:
			"the recovery of a co-primary is not built in this version; move its replicas to the other one yourself, with relocate",
	},
	intermediate: {
		filter: "RecoverIntermediateMasterClusterFilters",
		recordType: "IntermediateMasterRecovery",
		audit: "recover-dead-intermediate-master",
		notBuilt:
			"the recovery of an intermediate source is not built in this version; move its replicas yourself, with relocate",
	},
	"group-member": {
		filter: "RecoverIntermediateMasterClusterFilters",
		recordType: "ReplicationGroupMemberRecovery",
		audit: "recover-dead-replication-group-member-with-replicas",
		notBuilt:
			"the recovery of a group member's replicas is not built in this version; move them to another member yourself, with relocate",
	},
	"semi-sync": {
		filter: "RecoverMasterClusterFilters",
		recordType: "MasterRecovery",
		audit: "recover-dead-master",
		notBuilt:
			"the recovery of semi-sync is not built in this version; change which replicas acknowledge, or how many the primary waits for, yourself",
	},
	"make-writable": {
		filter: "RecoverMasterClusterFilters",
		recordType: "MasterRecovery",
		audit: "recover-non-writeable-master",
		notBuilt:
			"making a primary writable is not built in this version; clear its read_only yourself",
	},
};

/** The row of a kind; that of a dead primary for kinds that are only told. */
export const recoveryRow = (kind: RecoveryKind): RecoveryRow =>
	kind === "notice" || kind === "none" ? RECOVERIES.primary : RECOVERIES[kind];

/** The row of the recovery that an analysis code calls for. */
export const recoveryOfCode = (code: string): RecoveryRow =>
	recoveryRow(TAXONOMY.find((row) => row.code === code)?.recovery ?? "none");

import type { Facts } from "./facts.ts";

/** In orchestrator's order of precedence, the group's code last. */
export type AnalysisCode =
	| "NoProblem"
	| "DeadMasterWithoutReplicas"
	| "DeadMaster"
	| "DeadMasterAndReplicas"
	| "DeadMasterAndSomeReplicas"
	| "UnreachableMasterWithLaggingReplicas"
	| "UnreachableMaster"
	| "LockedSemiSyncMaster"
	| "LockedSemiSyncMasterHypothesis"
	| "MasterWithTooManySemiSyncReplicas"
	| "NoWriteableMasterStructureWarning"
	| "MasterSingleReplicaNotReplicating"
	| "MasterSingleReplicaDead"
	| "AllMasterReplicasNotReplicating"
	| "AllMasterReplicasNotReplicatingOrDead"
	| "DeadCoMaster"
	| "DeadCoMasterAndSomeReplicas"
	| "UnreachableCoMaster"
	| "AllCoMasterReplicasNotReplicating"
	| "DeadIntermediateMasterWithSingleReplicaFailingToConnect"
	| "DeadIntermediateMasterWithSingleReplica"
	| "DeadIntermediateMaster"
	| "DeadIntermediateMasterAndSomeReplicas"
	| "DeadIntermediateMasterAndReplicas"
	| "UnreachableIntermediateMasterWithLaggingReplicas"
	| "UnreachableIntermediateMaster"
	| "AllIntermediateMasterReplicasFailingToConnectOrDead"
	| "AllIntermediateMasterReplicasNotReplicating"
	| "BinlogServerFailingToConnectToMaster"
	| "FirstTierReplicaFailingToConnectToMaster"
	| "DeadReplicationGroupMemberWithReplicas"
	// Baton's own: what does not go with the record of the primary.
	| "RecordedPrimaryIsAnotherServer"
	| "RecordedPrimaryReplicates"
	| "WriterBesideRecordedPrimary"
	| "ReplacedPrimaryTakesWrites";

/**
 * What a code calls for. `notice`: it is registered and told, hooks included, but nothing is changed.
 * `none`: it is only shown.
 */
export type RecoveryKind =
	| "primary"
	| "co-primary"
	| "intermediate"
	| "group-member"
	| "semi-sync"
	| "make-writable"
	| "notice"
	| "none";

/** One thing that must be so for a code to hold. */
export interface Condition {
	/** What must be so, about the instance: "it is a primary". */
	readonly says: string;
	readonly test: (facts: Facts) => boolean;
	/** What is the case where the test fails: "it replicates from db1:3306". */
	readonly otherwise: (facts: Facts) => string;
}

/** One row of the failure taxonomy. The first row whose conditions all hold names the finding. */
export interface TaxonomyRow {
	readonly code: AnalysisCode;
	readonly when: readonly Condition[];
	readonly recovery: RecoveryKind;
	/** A reason to hold the recovery back although the code stands; empty when there is none. */
	readonly heldBack?: (facts: Facts) => string;
	/** The finding is about the replicas, and is set aside when all of them are downtimed. */
	readonly aboutReplicas?: boolean;
	/** The finding in plain words, for people. */
	readonly says: (facts: Facts) => string;
}

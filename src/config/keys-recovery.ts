/** Keys of failure detection and recovery. */
import { bool, int, list, uint } from "./key.ts";

export const detectionKeys = {
	ReasonableReplicationLagSeconds: int(
		10,
		"seconds",
		"honoured",
		"live",
		"Lag above which an instance is a problem.",
	),
	ReasonableMaintenanceReplicationLagSeconds: int(
		20,
		"seconds",
		"honoured",
		"live",
		"Lag above which moves are refused, and time to catch up in a takeover.",
	),
	ReduceReplicationAnalysisCount: bool(
		true,
		"honoured",
		"live",
		"Leave instances that cannot be in trouble out of the analysis.",
		"every instance is analysed, which costs next to nothing: the key leaves healthy leaves out of the lists",
	),
	FailureDetectionPeriodBlockMinutes: int(
		60,
		"minutes",
		"honoured",
		"live",
		"Time in which the same failure of the same instance is not announced again.",
	),
	RecoveryIgnoreHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Regexps on the host name alone: instances left out of the analysis.",
	),
	ExpectFailureAnalysisConcensus: bool(
		true,
		"none",
		"none",
		"Ask a raft quorum to agree on an analysis.",
		"orchestrator never asks for it either",
	),
};

const LOST_KEEP_THEIR_CHANNEL =
	"lost replicas keep their channel with the receiver stopped, so that nothing in their relay logs is deleted";

const SUCCESSOR_HAS_NO_SOURCE =
	"a promoted server forgets its source; one left for hooks to promote keeps its channel with the receiver stopped, so that nothing in its relay logs is deleted";

export const recoveryKeys = {
	RecoverMasterClusterFilters: list(
		[],
		"honoured",
		"live",
		"Cluster filters: clusters whose primary is recovered automatically.",
	),
	RecoverIntermediateMasterClusterFilters: list(
		[],
		"notYet",
		"live",
		"Cluster filters: clusters whose intermediate sources are recovered automatically.",
	),
	RecoveryPeriodBlockMinutes: int(
		60,
		"minutes",
		"honoured",
		"live",
		"Old form of the next key, read only when that one is 0.",
	),
	RecoveryPeriodBlockSeconds: int(
		3600,
		"seconds",
		"honoured",
		"live",
		"Time in which a cluster is not recovered automatically again, unless acknowledged.",
	),
	RecoverNonWriteableMaster: bool(
		false,
		"honoured",
		"live",
		"Take a read-only primary for a failure and make it writable.",
		"the finding goes by it; nothing recovers from it yet",
	),
	CoMasterRecoveryMustPromoteOtherCoMaster: bool(
		true,
		"notYet",
		"live",
		"For a dead co-primary promote only the other one.",
	),
	DetachLostSlavesAfterMasterFailover: bool(
		true,
		"none",
		"none",
		"Old name of the next key, and or-ed into it: set this one to false to switch detaching off.",
		LOST_KEEP_THEIR_CHANNEL,
	),
	DetachLostReplicasAfterMasterFailover: bool(
		false,
		"none",
		"none",
		"Detach replicas that a failover of the primary has lost.",
		LOST_KEEP_THEIR_CHANNEL,
	),
	ApplyMySQLPromotionAfterMasterFailover: bool(
		true,
		"honoured",
		"live",
		"Reset replication on the promoted server and make it writable.",
	),
	PreventCrossDataCenterMasterFailover: bool(
		false,
		"honoured",
		"live",
		"Fail rather than promote in another data centre.",
	),
	PreventCrossRegionMasterFailover: bool(
		false,
		"honoured",
		"live",
		"Fail rather than promote in another region.",
	),
	MasterFailoverLostInstancesDowntimeMinutes: uint(
		0,
		"minutes",
		"none",
		"none",
		"Downtime of instances lost in a failover.",
		"orchestrator never reads it: lost instances are always in downtime for 365 days",
	),
	MasterFailoverDetachSlaveMasterHost: bool(
		false,
		"none",
		"none",
		"Old name of the next key, or-ed into it.",
		SUCCESSOR_HAS_NO_SOURCE,
	),
	MasterFailoverDetachReplicaMasterHost: bool(
		false,
		"none",
		"none",
		"Detach the promoted server from its dead source.",
		SUCCESSOR_HAS_NO_SOURCE,
	),
	FailMasterPromotionOnLagMinutes: uint(
		0,
		"minutes",
		"honoured",
		"live",
		"Fail a promotion when the candidate lags this much; needs `ReplicationLagQuery`. 0 is off.",
	),
	FailMasterPromotionIfSQLThreadNotUpToDate: bool(
		false,
		"honoured",
		"live",
		"Fail a promotion when the candidate has relay logs to apply.",
	),
	DelayMasterPromotionIfSQLThreadNotUpToDate: bool(
		false,
		"none",
		"none",
		"Wait until the candidate has applied its relay logs. Excludes the previous key.",
		"Baton always waits until everything received is applied",
	),
	PostponeSlaveRecoveryOnLagMinutes: uint(
		0,
		"minutes",
		"notYet",
		"live",
		"Old name of the next key.",
	),
	PostponeReplicaRecoveryOnLagMinutes: uint(
		0,
		"minutes",
		"notYet",
		"live",
		"Handle replicas with at least this SQL_Delay after the promotion. 0 is off.",
	),
};

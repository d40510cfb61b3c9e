/** orchestrator's JSON: every field, in its order. */
import { expect, test } from "vitest";
import {
	replica,
	seenAt,
	server,
} from "../../../test/support/made-up-servers.ts";
import { analyse } from "../../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../../analysis/facts.ts";
import type { PrimaryChanged } from "../../planning/operation.ts";
import type { RecoveryRecord } from "../../store/contract.ts";
import { NO_COORDINATES } from "../../topology/instance.ts";
import { NO_SEMI_SYNC } from "../../topology/semi-sync.ts";
import { type AnalysisContext, analysisJson } from "./analysis.ts";
import { toGoJson } from "./go-json.ts";
import { type InstanceContext, instanceJson } from "./instance.ts";
import { outcomeJson, recoveryJson } from "./recovery.ts";

const INSTANCE_FIELDS =
	"Key InstanceAlias Uptime ServerID ServerUUID Version VersionComment FlavorName ReadOnly Binlog_format BinlogRowImage LogBinEnabled LogSlaveUpdatesEnabled LogReplicationUpdatesEnabled SelfBinlogCoordinates MasterKey MasterUUID AncestryUUID IsDetachedMaster Slave_SQL_Running ReplicationSQLThreadRuning Slave_IO_Running ReplicationIOThreadRuning ReplicationSQLThreadState ReplicationIOThreadState HasReplicationFilters GTIDMode SupportsOracleGTID UsingOracleGTID UsingMariaDBGTID UsingPseudoGTID ReadBinlogCoordinates ExecBinlogCoordinates IsDetached RelaylogCoordinates LastSQLError LastIOError SecondsBehindMaster SQLDelay ExecutedGtidSet GtidPurged GtidErrant SlaveLagSeconds ReplicationLagSeconds SlaveHosts Replicas ClusterName SuggestedClusterAlias DataCenter Region PhysicalEnvironment ReplicationDepth IsCoMaster HasReplicationCredentials ReplicationCredentialsAvailable SemiSyncAvailable SemiSyncPriority SemiSyncMasterEnabled SemiSyncReplicaEnabled SemiSyncMasterTimeout SemiSyncMasterWaitForReplicaCount SemiSyncMasterStatus SemiSyncMasterClients SemiSyncReplicaStatus LastSeenTimestamp IsLastCheckValid IsUpToDate IsRecentlyChecked SecondsSinceLastSeen CountMySQLSnapshots IsCandidate PromotionRule IsDowntimed DowntimeReason DowntimeOwner DowntimeEndTimestamp ElapsedDowntime UnresolvedHostname AllowTLS Problems LastDiscoveryLatency ReplicationGroupName ReplicationGroupIsSinglePrimary ReplicationGroupMemberState ReplicationGroupMemberRole ReplicationGroupMembers ReplicationGroupPrimaryInstanceKey";
const ANALYSIS_FIELDS =
	"AnalyzedInstanceKey AnalyzedInstanceMasterKey ClusterDetails AnalyzedInstanceDataCenter AnalyzedInstanceRegion AnalyzedInstancePhysicalEnvironment AnalyzedInstanceBinlogCoordinates IsMaster IsReplicationGroupMember IsCoMaster LastCheckValid LastCheckPartialSuccess CountReplicas CountValidReplicas CountValidReplicatingReplicas CountReplicasFailingToConnectToMaster CountDowntimedReplicas ReplicationDepth Replicas SlaveHosts IsFailingToConnectToMaster Analysis Description StructureAnalysis IsDowntimed IsReplicasDowntimed DowntimeEndTimestamp DowntimeRemainingSeconds IsBinlogServer PseudoGTIDImmediateTopology OracleGTIDImmediateTopology MariaDBGTIDImmediateTopology BinlogServerImmediateTopology SemiSyncMasterEnabled SemiSyncMasterStatus SemiSyncMasterWaitForReplicaCount SemiSyncMasterClients CountSemiSyncReplicasEnabled CountLoggingReplicas CountStatementBasedLoggingReplicas CountMixedBasedLoggingReplicas CountRowBasedLoggingReplicas CountDistinctMajorVersionsLoggingReplicas CountDelayedReplicas CountLaggingReplicas IsActionableRecovery ProcessingNodeHostname ProcessingNodeToken CountAdditionalAgreeingNodes StartActivePeriod SkippableDueToDowntime GTIDMode MinReplicaGTIDMode MaxReplicaGTIDMode MaxReplicaGTIDErrant CommandHint IsReadOnly";
const RECOVERY_FIELDS =
	"Id UID AnalysisEntry SuccessorKey SuccessorAlias SuccessorBinlogCoordinates IsActive IsSuccessful LostReplicas ParticipatingInstanceKeys AllErrors RecoveryStartTimestamp RecoveryEndTimestamp ProcessingNodeHostname ProcessingNodeToken Acknowledged AcknowledgedAt AcknowledgedBy AcknowledgedComment LastDetectionId RelatedRecoveryId Type RecoveryType";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const context: InstanceContext = {
	nowMs: NOW,
	pollSeconds: 5,
	reasonableLagSeconds: 10,
	maintenanceLagSeconds: 20,
	downtimes: new Map(),
	rules: new Map([["db2:3306", "prefer"]]),
	virtualNames: new Map([["db2", "vip"]]),
};
const analysisContext: AnalysisContext = {
	nowMs: NOW,
	node: { hostname: "node", token: "t" },
	filters: {
		RecoverMasterClusterFilters: ["*"],
		RecoverIntermediateMasterClusterFilters: [],
	},
};

const primary = server("db1", 1, {
	clusterName: "db1:3306",
	check: {
		...seenAt(NOW),
		outcome: "connection-refused",
		seenAtMs: NOW - 20_000,
		error: "refused",
	},
});
const lost = replica(
	"db2",
	2,
	{
		clusterName: "db1:3306",
		check: seenAt(NOW),
		semiSync: { ...NO_SEMI_SYNC, sourceTimeoutMs: 1e19 },
	},
	{ sourceHost: "db1", receiver: 2 },
);

test("an instance has every field in its order", () => {
	const json = instanceJson(lost, context);
	expect(Object.keys(json).join(" ")).toBe(INSTANCE_FIELDS);
	expect(json).toMatchObject({
		MasterKey: { Hostname: "db1", Port: 3306 },
		ReplicationIOThreadState: 2,
		Slave_IO_Running: false,
		Slave_SQL_Running: true,
		IsCandidate: true,
		PromotionRule: "prefer",
		UnresolvedHostname: "vip",
		IsUpToDate: true,
		Problems: ["not_replicating"],
	});
	expect(toGoJson(json)).toContain(
		'"SemiSyncMasterTimeout":10000000000000000000',
	);
});

test("an unreachable instance says so before anything else", () => {
	const json = instanceJson(primary, context);
	expect(json.Problems).toEqual(["last_check_invalid"]);
	expect(json.SecondsSinceLastSeen).toEqual({ Int64: 20, Valid: true });
});

test("an analysis has every field in its order", () => {
	const [entry] = analyse(
		{
			identity: "db1:3306",
			clusterName: "db1:3306",
			clusterAlias: "",
			clusterDomain: "",
			takenAtMs: NOW,
			instances: [primary, lost],
			downtimes: [],
			maintained: [],
			staleCoordinates: [],
		},
		ANALYSIS_DEFAULTS,
	);
	if (entry === undefined) throw new Error("no entry");
	const domains = new Map([["db1:3306", "orders.example.com"]]);
	expect(
		analysisJson(entry, { ...analysisContext, domains }).ClusterDetails
			.ClusterDomain,
	).toBe("orders.example.com");
	const json = analysisJson(entry, analysisContext);
	expect(Object.keys(json).join(" ")).toBe(ANALYSIS_FIELDS);
	expect(json).toMatchObject({
		Analysis: "DeadMaster",
		IsActionableRecovery: true,
		StructureAnalysis: null,
		OracleGTIDImmediateTopology: true,
		CountRowBasedLoggingReplicas: 1,
		MinReplicaGTIDMode: "ON",
		ClusterDetails: {
			ClusterAlias: "db1:3306",
			ClusterDomain: "db1:3306",
			HasAutomatedMasterRecovery: true,
		},
	});
});

const record: RecoveryRecord = {
	id: 3,
	uid: "1:ab",
	identity: "db1:3306",
	instance: "db1:3306",
	analysis: "DeadMaster",
	clusterName: "db1:3306",
	clusterAlias: "orders",
	countReplicas: 2,
	replicas: ["db2:3306", "db3:3306"],
	isActive: true,
	startedAtMs: NOW,
	endedAtMs: 0,
	isSuccessful: false,
	successor: "",
	successorAlias: "",
	participating: [],
	lostReplicas: [],
	errors: [],
	acknowledged: false,
	acknowledgedAtMs: 0,
	acknowledgedBy: "",
	acknowledgedComment: "",
	lastDetectionId: 9,
	processingNode: "other",
	processingToken: "u",
};

test("a recorded recovery has every field, an empty successor key and no error", () => {
	const json = recoveryJson(record, analysisContext);
	expect(Object.keys(json).join(" ")).toBe(RECOVERY_FIELDS);
	expect(json).toMatchObject({
		SuccessorKey: { Hostname: "", Port: 0 },
		AllErrors: [],
		RecoveryStartTimestamp: "2026-01-02 03:04:05",
		RecoveryEndTimestamp: "",
		ProcessingNodeHostname: "other",
	});
	expect(json.AnalysisEntry).toMatchObject({
		CountReplicas: 2,
		ClusterDetails: { ClusterAlias: "orders", ClusterDomain: "" },
		ProcessingNodeHostname: "",
		ProcessingNodeToken: "",
	});
});

const outcome: PrimaryChanged = {
	kind: "takeover",
	uid: "2:cd",
	identity: "db1:3306",
	clusterName: "db1:3306",
	clusterAlias: "orders",
	workflowId: "takeover/db1:3306",
	runId: "r",
	successful: true,
	complete: true,
	attempted: true,
	changed: true,
	says: "done",
	analysis: "DeadMaster",
	failed: "db1:3306",
	successor: "db2:3306",
	successorCoordinates: { file: "binlog.000002", position: 4 },
	replicas: ["db2:3306"],
	successorAlias: "second",
	left: [{ name: "db3:3306", reason: "it lacks a transaction" }],
	participating: ["db1:3306", "db2:3306"],
	steps: [],
	errors: [],
	loss: "",
};

test("a takeover's answer has every field, and no successor is null", () => {
	const asked = {
		...analysisContext,
		commandHint: "graceful-master-takeover",
		recoveryId: 4,
		byGtid: true,
	};
	const json = outcomeJson(outcome, asked);
	expect(Object.keys(json).join(" ")).toBe(RECOVERY_FIELDS);
	expect(json).toMatchObject({
		SuccessorKey: { Hostname: "db2", Port: 3306 },
		SuccessorAlias: "second",
		LostReplicas: [{ Hostname: "db3", Port: 3306 }],
		SuccessorBinlogCoordinates: {
			LogFile: "binlog.000002",
			LogPos: 4,
			Type: 0,
		},
		AllErrors: [],
		Type: "MasterRecovery",
		AnalysisEntry: { CommandHint: "graceful-master-takeover" },
	});
	const failed = outcomeJson(
		{ ...outcome, successor: "", successorCoordinates: NO_COORDINATES },
		asked,
	);
	expect(failed.SuccessorKey).toBeNull();
});

import {
	type Instance,
	isDetached,
	isLastCheckValid,
	type PromotionRule,
	threadStatesOf,
} from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Downtime } from "../../topology/snapshot.ts";
import {
	isRecentlyChecked,
	problemsOf,
	type StatusLimits,
} from "../../topology/status.ts";
import {
	coordinatesJson,
	keyJson,
	keyMap,
	nameJson,
	nanoseconds,
	nullableInteger,
	quotedError,
	RELAY_LOG,
	timestamp,
} from "./values.ts";

/** What an instance's JSON says beyond the instance: read once for a whole list. */
export interface InstanceContext extends StatusLimits {
	/** Downtimes in force. */
	readonly downtimes: ReadonlyMap<InstanceName, Downtime>;
	/** Promotion rules registered by people, not yet expired; they go before what the server says of itself. */
	readonly rules: ReadonlyMap<InstanceName, PromotionRule>;
	/** Virtual names that were registered for hosts. */
	readonly virtualNames: ReadonlyMap<string, string>;
}

const MAX_UINT64 = 2n ** 64n - 1n;

const unsigned64 = (value: number): bigint => {
	const whole = BigInt(Math.max(0, Math.trunc(value)));
	return whole > MAX_UINT64 ? MAX_UINT64 : whole;
};

const serverPart = (instance: Instance) => ({
	Key: keyJson(instance.host, instance.port),
	InstanceAlias: instance.instanceAlias,
	Uptime: instance.uptimeSeconds,
	ServerID: instance.serverId,
	ServerUUID: instance.serverUuid,
	Version: instance.version,
	VersionComment: instance.versionComment,
	FlavorName: instance.flavor,
	ReadOnly: instance.readOnly,
	Binlog_format: instance.binlogFormat,
	BinlogRowImage: instance.binlogRowImage,
	LogBinEnabled: instance.logBin,
	LogSlaveUpdatesEnabled: instance.logReplicaUpdates,
	LogReplicationUpdatesEnabled: instance.logReplicaUpdates,
	SelfBinlogCoordinates: coordinatesJson(instance.selfCoordinates),
});

const replicationPart = (instance: Instance) => {
	const { replication } = instance;
	const states = threadStatesOf(instance);
	return {
		MasterKey: keyJson(replication.sourceHost, replication.sourcePort),
		MasterUUID: replication.sourceUuid,
		AncestryUUID: instance.ancestryUuid,
		IsDetachedMaster: isDetached(instance),
		Slave_SQL_Running: replication.applier === 1,
		ReplicationSQLThreadRuning: replication.applier === 1,
		Slave_IO_Running: replication.receiver === 1,
		ReplicationIOThreadRuning: replication.receiver === 1,
		ReplicationSQLThreadState: states.applier,
		ReplicationIOThreadState: states.receiver,
		HasReplicationFilters: replication.hasFilters,
		GTIDMode: instance.gtidMode,
		SupportsOracleGTID: instance.supportsOracleGtid,
		UsingOracleGTID: replication.usingOracleGtid,
		UsingMariaDBGTID: replication.usingMariadbGtid,
		UsingPseudoGTID: instance.usingPseudoGtid,
		ReadBinlogCoordinates: coordinatesJson(replication.readCoordinates),
		ExecBinlogCoordinates: coordinatesJson(replication.execCoordinates),
		IsDetached: replication.execCoordinates.file.startsWith("//"),
		RelaylogCoordinates: coordinatesJson(
			replication.relayCoordinates,
			RELAY_LOG,
		),
		LastSQLError: quotedError(replication.lastApplierError),
		LastIOError: quotedError(replication.lastReceiverError),
		SecondsBehindMaster: nullableInteger(replication.secondsBehind),
		SQLDelay: replication.sqlDelaySeconds,
		ExecutedGtidSet: instance.executedGtid,
		GtidPurged: instance.purgedGtid,
		GtidErrant: instance.errantGtid,
		SlaveLagSeconds: nullableInteger(instance.lagSeconds),
		ReplicationLagSeconds: nullableInteger(instance.lagSeconds),
		SlaveHosts: keyMap(instance.replicas),
		Replicas: keyMap(instance.replicas),
	};
};

const placePart = (instance: Instance) => ({
	ClusterName: instance.clusterName,
	SuggestedClusterAlias: instance.suggestedClusterAlias,
	DataCenter: instance.dataCenter,
	Region: instance.region,
	PhysicalEnvironment: instance.environment,
	ReplicationDepth: instance.depth,
	IsCoMaster: instance.isCoMaster,
	HasReplicationCredentials: instance.replication.user !== "",
	ReplicationCredentialsAvailable: instance.replicationCredentialsAvailable,
});

const semiSyncPart = ({ semiSync }: Instance) => ({
	SemiSyncAvailable: semiSync.available,
	SemiSyncPriority: semiSync.priority,
	SemiSyncMasterEnabled: semiSync.sourceEnabled,
	SemiSyncReplicaEnabled: semiSync.replicaEnabled,
	SemiSyncMasterTimeout: unsigned64(semiSync.sourceTimeoutMs),
	SemiSyncMasterWaitForReplicaCount: semiSync.waitForReplicaCount,
	SemiSyncMasterStatus: semiSync.sourceActive,
	SemiSyncMasterClients: semiSync.clients,
	SemiSyncReplicaStatus: semiSync.replicaActive,
});

const isUpToDate = ({ check }: Instance, context: InstanceContext): boolean =>
	context.nowMs - check.checkedAtMs <= context.pollSeconds * 1000;

const checkPart = (instance: Instance, context: InstanceContext) => {
	const { seenAtMs } = instance.check;
	const sinceSeen = Math.floor((context.nowMs - seenAtMs) / 1000);
	return {
		LastSeenTimestamp: timestamp(seenAtMs),
		IsLastCheckValid: isLastCheckValid(instance),
		IsUpToDate: isUpToDate(instance, context),
		IsRecentlyChecked: isRecentlyChecked(instance, context),
		SecondsSinceLastSeen: nullableInteger(seenAtMs === 0 ? null : sinceSeen),
		CountMySQLSnapshots: 0,
	};
};

const policyPart = (instance: Instance, context: InstanceContext) => {
	const rule = context.rules.get(instance.name) ?? instance.promotionRule;
	const downtime = context.downtimes.get(instance.name);
	const elapsedSeconds =
		downtime === undefined
			? 0
			: Math.max(0, Math.floor((context.nowMs - downtime.beganAtMs) / 1000));
	return {
		IsCandidate: rule === "must" || rule === "prefer",
		PromotionRule: rule,
		IsDowntimed: downtime !== undefined,
		DowntimeReason: downtime?.reason ?? "",
		DowntimeOwner: downtime?.owner ?? "",
		DowntimeEndTimestamp: timestamp(downtime?.endsAtMs ?? 0),
		ElapsedDowntime: nanoseconds(elapsedSeconds * 1000),
	};
};

const groupPart = ({ group }: Instance) => ({
	ReplicationGroupName: group.name,
	ReplicationGroupIsSinglePrimary: group.singlePrimary,
	ReplicationGroupMemberState: group.memberState,
	ReplicationGroupMemberRole: group.memberRole,
	ReplicationGroupMembers: keyMap(group.members),
	ReplicationGroupPrimaryInstanceKey: nameJson(group.primary),
});

/** orchestrator's `Instance`: every field, in its order, with its spelling. */
export const instanceJson = (instance: Instance, context: InstanceContext) => ({
	...serverPart(instance),
	...replicationPart(instance),
	...placePart(instance),
	...semiSyncPart(instance),
	...checkPart(instance, context),
	...policyPart(instance, context),
	UnresolvedHostname: context.virtualNames.get(instance.host) ?? "",
	AllowTLS: instance.replication.allowTls,
	Problems: [...problemsOf(instance, context)],
	LastDiscoveryLatency: nanoseconds(instance.check.latencyMs),
	...groupPart(instance),
});

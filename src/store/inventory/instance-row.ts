/** An instance as its `database_instance` row. */
import { createHash } from "node:crypto";
import type { Insertable } from "kysely";
import type { Check } from "../../topology/check.ts";
import type { GroupReplication } from "../../topology/group-replication.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { splitName } from "../../topology/instance-name.ts";
import type { SemiSync } from "../../topology/semi-sync.ts";
import { flag, timeText } from "../rows/cell.ts";
import { namesToJson } from "../rows/name-list.ts";
import type { Database } from "../schema/tables.ts";
import { type ChannelSigns, lastingChannels } from "./channel-detail.ts";

type InstanceRow = Insertable<Database["database_instance"]>;

/**
 * `last_checked`. A failed check is rounded up to the next second: otherwise it would look like the good check before it in the same
 * second, for "invalid" means `last_seen < last_checked`.
 */
export const checkedText = (check: Check): string =>
	timeText(
		check.checkedAtMs > check.seenAtMs
			? Math.ceil(check.checkedAtMs / 1000) * 1000
			: check.checkedAtMs,
	);

/** The columns that a failed check changes. */
export const failedCheckColumns = (check: Check) => ({
	last_checked: checkedText(check),
	last_attempted_check: timeText(check.attemptedAtMs),
	last_check_partial_success: flag(check.partialSuccess),
});

/** The columns that every good check changes even when nothing else has changed. */
export const goodCheckColumns = (instance: Instance) => ({
	...failedCheckColumns(instance.check),
	last_check_partial_success: flag(
		instance.check.outcome === "ok" || instance.check.partialSuccess,
	),
	last_seen: instance.check.seenAtMs ? timeText(instance.check.seenAtMs) : null,
	uptime: instance.uptimeSeconds,
	last_discovery_latency: Math.round(instance.check.latencyMs * 1e6),
});

const replicationColumns = (replication: Replication) => ({
	master_host: replication.sourceHost,
	master_port: replication.sourcePort,
	slave_sql_running: flag(replication.applier === 1),
	slave_io_running: flag(replication.receiver === 1),
	replication_sql_thread_state: replication.applier,
	replication_io_thread_state: replication.receiver,
	has_replication_filters: flag(replication.hasFilters),
	oracle_gtid: flag(replication.usingOracleGtid),
	master_uuid: replication.sourceUuid,
	mariadb_gtid: flag(replication.usingMariadbGtid),
	master_log_file: replication.readCoordinates.file,
	read_master_log_pos: replication.readCoordinates.position,
	relay_master_log_file: replication.execCoordinates.file,
	exec_master_log_pos: replication.execCoordinates.position,
	relay_log_file: replication.relayCoordinates.file,
	relay_log_pos: replication.relayCoordinates.position,
	last_sql_error: replication.lastApplierError,
	last_io_error: replication.lastReceiverError,
	seconds_behind_master: replication.secondsBehind,
	sql_delay: replication.sqlDelaySeconds,
	allow_tls: flag(replication.allowTls),
	has_replication_credentials: flag(replication.user !== ""),
});

const semiSyncColumns = (semiSync: SemiSync) => ({
	semi_sync_enforced: semiSync.priority,
	semi_sync_available: flag(semiSync.available),
	semi_sync_master_enabled: flag(semiSync.sourceEnabled),
	semi_sync_master_timeout: semiSync.sourceTimeoutMs,
	semi_sync_master_wait_for_slave_count: semiSync.waitForReplicaCount,
	semi_sync_master_status: flag(semiSync.sourceActive),
	semi_sync_master_clients: semiSync.clients,
	semi_sync_replica_status: flag(semiSync.replicaActive),
	semi_sync_replica_enabled: flag(semiSync.replicaEnabled),
});

const groupColumns = (group: GroupReplication) => {
	const primary = group.primary ? splitName(group.primary) : undefined;
	return {
		replication_group_name: group.name,
		replication_group_is_single_primary_mode: flag(group.singlePrimary),
		replication_group_member_state: group.memberState,
		replication_group_member_role: group.memberRole,
		replication_group_members: namesToJson(group.members),
		replication_group_primary_host: primary?.host ?? "",
		replication_group_primary_port: primary?.port ?? 0,
	};
};

const serverColumns = (instance: Instance) => ({
	server_id: instance.serverId,
	server_uuid: instance.serverUuid,
	version: instance.version,
	version_comment: instance.versionComment,
	major_version: instance.majorVersion,
	binlog_server: flag(instance.isBinlogServer),
	read_only: flag(instance.readOnly),
	binlog_format: instance.binlogFormat,
	binlog_row_image: instance.binlogRowImage,
	log_bin: flag(instance.logBin),
	log_slave_updates: flag(instance.logReplicaUpdates),
	binary_log_file: instance.selfCoordinates.file,
	binary_log_pos: instance.selfCoordinates.position,
	gtid_mode: instance.gtidMode,
	supports_oracle_gtid: flag(instance.supportsOracleGtid),
	executed_gtid_set: instance.executedGtid,
	gtid_purged: instance.purgedGtid,
	gtid_errant: instance.errantGtid,
	pseudo_gtid: flag(instance.usingPseudoGtid),
	replication_credentials_available: flag(
		instance.replicationCredentialsAvailable,
	),
});

const placeColumns = (instance: Instance) => ({
	slave_lag_seconds: instance.lagSeconds,
	num_slave_hosts: instance.replicas.length,
	slave_hosts: namesToJson(instance.replicas),
	cluster_name: instance.clusterName,
	suggested_cluster_alias: instance.suggestedClusterAlias,
	data_center: instance.dataCenter,
	region: instance.region,
	physical_environment: instance.environment,
	instance_alias: instance.instanceAlias,
	replication_depth: instance.depth,
	is_co_master: flag(instance.isCoMaster),
	ancestry_uuid: instance.ancestryUuid,
});

/** Everything but the key and what {@link goodCheckColumns} says, in groups. */
const contentColumns = (instance: Instance) =>
	[
		serverColumns(instance),
		replicationColumns(instance.replication),
		semiSyncColumns(instance.semiSync),
		groupColumns(instance.group),
		placeColumns(instance),
	] as const;

/** Baton's side of the instance: what has no reference column. */
const detailOf = (instance: Instance): string =>
	JSON.stringify({
		flavor: instance.flavor,
		superReadOnly: instance.superReadOnly,
		binlogGtidState: instance.binlogGtidState,
		channel: instance.replication.channel,
		otherChannels: lastingChannels(instance.otherChannels),
		findings: instance.findings,
		user: instance.replication.user,
		retrievedGtid: instance.replication.retrievedGtid,
		lastReceiverErrno: instance.replication.lastReceiverErrno,
		heartbeatPeriodSeconds: instance.replication.heartbeatPeriodSeconds,
		waitPoint: instance.semiSync.waitPoint,
		promotionRule: instance.promotionRule,
		clusterDomain: instance.clusterDomain,
		countedReplicas: instance.countedReplicas,
	});

/** What changes with every probe, and the check to the millisecond. */
export const probeText = (
	check: Check,
	signs: {
		readonly silentForMs: number | null;
		readonly heartbeats: number | null;
	},
	otherSigns: readonly ChannelSigns[],
): string =>
	JSON.stringify({
		...check,
		silentForMs: signs.silentForMs,
		heartbeats: signs.heartbeats,
		...(otherSigns.length > 0 && { otherSigns }),
	});

export interface InstanceRecord {
	/** The whole row; made on demand, since most saves do not need it. */
	readonly row: () => InstanceRow;
	readonly detail: string;
	/** Digest of all that a mere check leaves alone. */
	readonly fingerprint: string;
}

export const recordOf = (instance: Instance): InstanceRecord => {
	const content = contentColumns(instance);
	const detail = detailOf(instance);
	return {
		// Not with spreads: V8 takes many times longer to make an object of so many properties from them.
		row: () =>
			Object.assign(
				{ hostname: instance.host, port: instance.port },
				goodCheckColumns(instance),
				...content,
			) as InstanceRow,
		detail,
		fingerprint: createHash("sha1")
			.update(JSON.stringify(content))
			.update(detail)
			.digest("base64"),
	};
};

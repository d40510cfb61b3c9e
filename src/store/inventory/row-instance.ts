/** A `database_instance` row, with Baton's side of it where there is one, as an instance. */

import type { Check, ProbeOutcome } from "../../topology/check.ts";
import type { GroupReplication } from "../../topology/group-replication.ts";
import { foldHost } from "../../topology/host.ts";
import type {
	Flavor,
	Instance,
	PromotionRule,
	Replication,
	ThreadState,
	ThreadStates,
} from "../../topology/instance.ts";
import { foldClusterName, instanceName } from "../../topology/instance-name.ts";
import type { SemiSync } from "../../topology/semi-sync.ts";
import {
	flagCell,
	nullableNumberCell,
	numberCell,
	objectCell,
	textCell,
	timeCell,
} from "../rows/cell.ts";
import { nameOf, namesFromJson } from "../rows/name-list.ts";
import { channelsOf, findingsOf, threadState } from "./channel-detail.ts";
import { checkedText } from "./instance-row.ts";

/** A row as any program may have written it. `baton_probe` and `baton_detail` are null where Baton has written nothing. */
export type StoredRow = Readonly<Record<string, unknown>>;

const OUTCOMES: readonly string[] = [
	"unknown",
	"ok",
	"connection-refused",
	"timeout",
	"lost",
	"refused-by-server",
	"own-fault",
] satisfies ProbeOutcome[];
const FLAVORS: readonly string[] = [
	"MySQL",
	"MariaDB",
	"Percona",
	"MaxScale",
	"unknown",
] satisfies Flavor[];
const RULES: readonly string[] = [
	"must",
	"prefer",
	"neutral",
	"prefer_not",
	"must_not",
] satisfies PromotionRule[];

const oneOf = <Word extends string>(
	words: readonly string[],
	value: unknown,
	fallback: Word,
): Word =>
	typeof value === "string" && words.includes(value)
		? (value as Word)
		: fallback;

export const isPromotionRule = (value: unknown): value is PromotionRule =>
	typeof value === "string" && RULES.includes(value);

/** For a row that does not say its flavor. */
const flavorOf = (version: string, comment: string): Flavor => {
	if (version === "") return "unknown";
	if (/mariadb/i.test(version)) return "MariaDB";
	if (/maxscale/i.test(version)) return "MaxScale";
	return /percona/i.test(comment) ? "Percona" : "MySQL";
};

/** The check by the reference's columns alone. */
const referenceCheck = (row: StoredRow): Check => {
	const checkedAtMs = timeCell(row.last_checked);
	const seenAtMs = timeCell(row.last_seen);
	const isValid = seenAtMs > 0 && checkedAtMs <= seenAtMs;
	return {
		outcome: isValid ? "ok" : "unknown",
		checkedAtMs,
		attemptedAtMs: timeCell(row.last_attempted_check),
		seenAtMs,
		partialSuccess: flagCell(row.last_check_partial_success),
		error: "",
		latencyMs: Math.max(0, numberCell(row.last_discovery_latency)) / 1e6,
	};
};

const probeCheck = (probe: Record<string, unknown>): Check => ({
	outcome: oneOf(OUTCOMES, probe.outcome, "unknown"),
	checkedAtMs: numberCell(probe.checkedAtMs),
	attemptedAtMs: numberCell(probe.attemptedAtMs),
	seenAtMs: numberCell(probe.seenAtMs),
	partialSuccess: flagCell(probe.partialSuccess),
	error: textCell(probe.error),
	latencyMs: numberCell(probe.latencyMs),
});

/** The last check of a row: Baton's, unless another program has checked since (`isOurs` false). */
export const storedCheck = (
	row: StoredRow,
	probe = objectCell(row.baton_probe),
): { readonly check: Check; readonly isOurs: boolean } => {
	const check = probeCheck(probe);
	const isOurs =
		probe.outcome !== undefined && checkedText(check) === row.last_checked;
	return { check: isOurs ? check : referenceCheck(row), isOurs };
};

const coordinates = (file: unknown, position: unknown) => ({
	file: textCell(file),
	position: numberCell(position),
});

/**
 * State of a thread by its two columns. Where they disagree the flag counts: the analysis query of the reference goes by it alone.
 */
const threadOf = (state: unknown, flag: unknown): ThreadState => {
	const told = threadState(state);
	if (flag === null || flag === undefined) return told;
	if (flagCell(flag)) return 1;
	return told === 1 ? 0 : told;
};

/** Both threads; the states that the row tells beside them, where its flags tell otherwise. */
const threadsOf = (
	row: StoredRow,
): ThreadStates & { readonly toldStates?: ThreadStates } => {
	const told: ThreadStates = {
		receiver: threadState(row.replication_io_thread_state),
		applier: threadState(row.replication_sql_thread_state),
	};
	const receiver = threadOf(
		row.replication_io_thread_state,
		row.slave_io_running,
	);
	const applier = threadOf(
		row.replication_sql_thread_state,
		row.slave_sql_running,
	);
	return receiver === told.receiver && applier === told.applier
		? told
		: { receiver, applier, toldStates: told };
};

const replicationOf = (
	row: StoredRow,
	probe: Record<string, unknown>,
	detail: Record<string, unknown>,
): Replication => ({
	channel: textCell(detail.channel),
	sourceHost: foldHost(textCell(row.master_host)),
	sourcePort: numberCell(row.master_port),
	sourceUuid: textCell(row.master_uuid),
	user: textCell(detail.user),
	...threadsOf(row),
	readCoordinates: coordinates(row.master_log_file, row.read_master_log_pos),
	execCoordinates: coordinates(
		row.relay_master_log_file,
		row.exec_master_log_pos,
	),
	relayCoordinates: coordinates(row.relay_log_file, row.relay_log_pos),
	retrievedGtid: textCell(detail.retrievedGtid),
	lastReceiverError: textCell(row.last_io_error),
	lastReceiverErrno: numberCell(detail.lastReceiverErrno),
	lastApplierError: textCell(row.last_sql_error),
	secondsBehind: nullableNumberCell(row.seconds_behind_master),
	sqlDelaySeconds: numberCell(row.sql_delay),
	usingOracleGtid: flagCell(row.oracle_gtid),
	usingMariadbGtid: flagCell(row.mariadb_gtid),
	hasFilters: flagCell(row.has_replication_filters),
	allowTls: flagCell(row.allow_tls),
	heartbeatPeriodSeconds: numberCell(detail.heartbeatPeriodSeconds),
	silentForMs: nullableNumberCell(probe.silentForMs),
	heartbeats: nullableNumberCell(probe.heartbeats),
});

const semiSyncOf = (
	row: StoredRow,
	detail: Record<string, unknown>,
): SemiSync => ({
	available: flagCell(row.semi_sync_available),
	sourceEnabled: flagCell(row.semi_sync_master_enabled),
	sourceActive: flagCell(row.semi_sync_master_status),
	sourceTimeoutMs: numberCell(row.semi_sync_master_timeout),
	waitForReplicaCount: numberCell(row.semi_sync_master_wait_for_slave_count),
	waitPoint: textCell(detail.waitPoint),
	clients: numberCell(row.semi_sync_master_clients),
	replicaEnabled: flagCell(row.semi_sync_replica_enabled),
	replicaActive: flagCell(row.semi_sync_replica_status),
	priority: numberCell(row.semi_sync_enforced),
});

const groupOf = (row: StoredRow): GroupReplication => ({
	name: textCell(row.replication_group_name),
	singlePrimary: flagCell(row.replication_group_is_single_primary_mode),
	memberState: textCell(row.replication_group_member_state),
	memberRole: textCell(row.replication_group_member_role),
	members: namesFromJson(row.replication_group_members),
	primary:
		nameOf(
			row.replication_group_primary_host,
			row.replication_group_primary_port,
		) ?? "",
});

const serverOf = (row: StoredRow, detail: Record<string, unknown>) => {
	const version = textCell(row.version);
	const versionComment = textCell(row.version_comment);
	return {
		uptimeSeconds: numberCell(row.uptime),
		serverId: numberCell(row.server_id),
		serverUuid: textCell(row.server_uuid),
		version,
		versionComment,
		majorVersion: textCell(row.major_version),
		flavor: oneOf(FLAVORS, detail.flavor, flavorOf(version, versionComment)),
		readOnly: flagCell(row.read_only),
		superReadOnly: flagCell(detail.superReadOnly),
		logBin: flagCell(row.log_bin),
		logReplicaUpdates: flagCell(row.log_slave_updates),
		binlogFormat: textCell(row.binlog_format),
		binlogRowImage: textCell(row.binlog_row_image),
		selfCoordinates: coordinates(row.binary_log_file, row.binary_log_pos),
		gtidMode: textCell(row.gtid_mode),
		supportsOracleGtid: flagCell(row.supports_oracle_gtid),
		executedGtid: textCell(row.executed_gtid_set),
		binlogGtidState: textCell(detail.binlogGtidState),
		purgedGtid: textCell(row.gtid_purged),
		errantGtid: textCell(row.gtid_errant),
	};
};

const placeOf = (row: StoredRow, detail: Record<string, unknown>) => ({
	replicas: namesFromJson(row.slave_hosts),
	countedReplicas: numberCell(detail.countedReplicas),
	lagSeconds: nullableNumberCell(row.slave_lag_seconds),
	replicationCredentialsAvailable: flagCell(
		row.replication_credentials_available,
	),
	isBinlogServer: flagCell(row.binlog_server),
	usingPseudoGtid: flagCell(row.pseudo_gtid),
	dataCenter: textCell(row.data_center),
	region: textCell(row.region),
	environment: textCell(row.physical_environment),
	instanceAlias: textCell(row.instance_alias),
	promotionRule: oneOf<PromotionRule>(RULES, detail.promotionRule, "neutral"),
	suggestedClusterAlias: textCell(row.suggested_cluster_alias),
	clusterDomain: textCell(detail.clusterDomain),
	clusterName: foldClusterName(textCell(row.cluster_name)),
	depth: numberCell(row.replication_depth),
	isCoMaster: flagCell(row.is_co_master),
	ancestryUuid: textCell(row.ancestry_uuid),
});

/** Never fails: what a column does not say, or says in a way that makes no sense, is the null object's value. */
export const instanceOf = (row: StoredRow): Instance => {
	const probe = objectCell(row.baton_probe);
	const detail = objectCell(row.baton_detail);
	const host = foldHost(textCell(row.hostname));
	const port = numberCell(row.port);
	return {
		name: instanceName(host, port),
		host,
		port,
		check: storedCheck(row, probe).check,
		...serverOf(row, detail),
		replication: replicationOf(row, probe, detail),
		otherChannels: channelsOf(detail.otherChannels, probe.otherSigns),
		findings: findingsOf(detail.findings),
		semiSync: semiSyncOf(row, detail),
		group: groupOf(row),
		...placeOf(row, detail),
	};
};

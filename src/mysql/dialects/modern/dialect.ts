import {
	type ChannelWords,
	channelStatements,
} from "../../channel-statements.ts";
import type { Dialect } from "../../dialect.ts";
import { applier } from "./applier.ts";
import { openWork } from "./open-work.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

/** MySQL and Percona Server 8.4 and later: the source/replica words only. */

const WORDS: ChannelWords = {
	replica: "REPLICA",
	change: "CHANGE REPLICATION SOURCE",
	prefix: "SOURCE",
	positioning: "SOURCE_AUTO_POSITION = 1",
	noPositioning: "SOURCE_AUTO_POSITION = 0",
	hasRetryCount: true,
	hasPublicKey: true,
	losesHeartbeat: false,
	naming: "at-end",
};

/** The plugin of the older name is still there. */
const SEMI_SYNC_SOURCE: Dialect["semiSyncSource"] = [
	{
		enabled: "rpl_semi_sync_source_enabled",
		timeout: "rpl_semi_sync_source_timeout",
		waitPoint: "rpl_semi_sync_source_wait_point",
		waitForReplicaCount: "rpl_semi_sync_source_wait_for_replica_count",
		clients: "Rpl_semi_sync_source_clients",
	},
	{
		enabled: "rpl_semi_sync_master_enabled",
		timeout: "rpl_semi_sync_master_timeout",
		waitPoint: "rpl_semi_sync_master_wait_point",
		waitForReplicaCount: "rpl_semi_sync_master_wait_for_slave_count",
		clients: "Rpl_semi_sync_master_clients",
	},
];

export const modern: Dialect = {
	name: "modern",
	identityQuery: `SELECT @@global.server_id AS server_id, @@global.server_uuid AS server_uuid,
 @@global.hostname AS hostname, COALESCE(@@global.report_host, '') AS report_host,
 @@global.report_port AS report_port, @@global.version AS version,
 @@global.version_comment AS version_comment, @@global.read_only AS read_only,
 @@global.super_read_only AS super_read_only, @@global.log_bin AS log_bin,
 @@global.log_replica_updates AS log_replica_updates, @@global.binlog_format AS binlog_format,
 @@global.binlog_row_image AS binlog_row_image, @@global.gtid_mode AS gtid_mode,
 @@global.gtid_executed AS gtid_executed, @@global.gtid_purged AS gtid_purged,
 '' AS gtid_binlog_state, @@global.performance_schema AS performance_schema`,
	replicaStatus: "SHOW REPLICA STATUS",
	replicaStatusPrivilege: "REPLICATION CLIENT",
	replicaStatusColumns: {
		sourceHost: "Source_Host",
		sourcePort: "Source_Port",
		sourceUser: "Source_User",
		sourceUuid: "Source_UUID",
		receiverRunning: "Replica_IO_Running",
		applierRunning: "Replica_SQL_Running",
		readFile: "Source_Log_File",
		readPosition: "Read_Source_Log_Pos",
		execFile: "Relay_Source_Log_File",
		execPosition: "Exec_Source_Log_Pos",
		secondsBehind: "Seconds_Behind_Source",
		sslAllowed: "Source_SSL_Allowed",
		channel: "Channel_Name",
	},
	binaryLogStatus: "SHOW BINARY LOG STATUS",
	replicas: "SHOW REPLICAS",
	poll,
	applier,
	openWork: openWork("performance_schema.processlist"),
	privileges,
	heartbeatQuery: (channel) => ({
		sql: `SELECT HEARTBEAT_INTERVAL AS period
 FROM performance_schema.replication_connection_configuration WHERE CHANNEL_NAME = ?`,
		values: [channel],
	}),
	processesQuery:
		"SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command FROM performance_schema.processlist",
	relayLogEvents: (channel, { sql, values }) => ({
		sql: `SHOW RELAYLOG EVENTS ${sql} FOR CHANNEL ?`,
		values: [...values, channel],
	}),
	keepsRelayLogs: true,
	receiversQuery: "",
	...channelStatements(WORDS),
	waitApplied: (gtid, seconds) => ({
		sql: "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS waited",
		values: [gtid, seconds],
	}),
	adoptPosition: () => [],
	// super_read_only implies read_only, and clearing read_only clears it: one statement either way.
	setReadOnly: ({ readOnly, superReadOnly }) =>
		readOnly && superReadOnly
			? "SET GLOBAL super_read_only = 1"
			: readOnly
				? "SET GLOBAL read_only = 1, GLOBAL super_read_only = 0"
				: "SET GLOBAL read_only = 0",
	holdWrites: "",
	releaseWrites: "",
	position: "SELECT @@global.gtid_executed AS gtid",
	semiSyncSource: SEMI_SYNC_SOURCE,
	semiSyncReplica: [
		"rpl_semi_sync_replica_enabled",
		"rpl_semi_sync_slave_enabled",
	],
	resetBinaryLogs: "RESET BINARY LOGS AND GTIDS",
	failedTransaction: (channel) => ({
		sql: `SELECT APPLYING_TRANSACTION AS gtid FROM performance_schema.replication_applier_status_by_worker
 WHERE CHANNEL_NAME = ? AND LAST_ERROR_NUMBER <> 0 ORDER BY LAST_ERROR_TIMESTAMP DESC LIMIT 1`,
		values: [channel],
	}),
	skipNext: () => [
		{ sql: "SET GLOBAL sql_replica_skip_counter = 1", values: [] },
	],
	skipQuery: "SELECT @@global.sql_replica_skip_counter > 0 AS skips",
	longestPassword: 32,
	// A user and a password of one channel; those that the group keeps for itself come last.
	replicationCredential: `SELECT User_name AS user, User_password AS password, IF(Enabled_ssl, 'yes', '') AS tls
 FROM mysql.slave_master_info WHERE User_name <> ''
 ORDER BY Channel_name LIKE 'group%', Channel_name LIMIT 1`,
};

import { type ChannelWords, changeSourceIn } from "../../change-source.ts";
import type { Dialect } from "../../dialect.ts";

/** MySQL and Percona Server 8.4 and later: the source/replica words only (recovery.md §28). */

const WORDS: ChannelWords = {
	statement: "CHANGE REPLICATION SOURCE TO",
	prefix: "SOURCE",
	positioning: "SOURCE_AUTO_POSITION = 1",
	// caching_sha2_password without TLS needs the source's key, or the channel cannot log in after a restart of the source.
	also: ["SOURCE_RETRY_COUNT = 86400", "GET_SOURCE_PUBLIC_KEY = 1"],
};

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
 '' AS gtid_binlog_state`,
	replicaStatus: "SHOW REPLICA STATUS",
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
	switchesQuery: `SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM performance_schema.global_variables
 WHERE VARIABLE_NAME LIKE 'rpl\\_semi\\_sync\\_%'
 UNION ALL SELECT LOWER(VARIABLE_NAME), VARIABLE_VALUE FROM performance_schema.global_status
 WHERE VARIABLE_NAME IN ('Uptime', 'Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_replica_status',
 'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients', 'Rpl_semi_sync_slave_status')`,
	heartbeatQuery: `SELECT 'heartbeat_period' AS name, c.HEARTBEAT_INTERVAL AS value
 FROM performance_schema.replication_connection_configuration c WHERE c.CHANNEL_NAME = ''
 UNION ALL SELECT 'heartbeats', s.COUNT_RECEIVED_HEARTBEATS FROM performance_schema.replication_connection_status s WHERE s.CHANNEL_NAME = ''
 UNION ALL SELECT 'silent_for_us', TIMESTAMPDIFF(MICROSECOND,
  GREATEST(s.LAST_HEARTBEAT_TIMESTAMP, s.LAST_QUEUED_TRANSACTION_END_QUEUE_TIMESTAMP, s.QUEUEING_TRANSACTION_START_QUEUE_TIMESTAMP), NOW(6))
 FROM performance_schema.replication_connection_status s WHERE s.CHANNEL_NAME = '' AND s.SERVICE_STATE = 'ON'`,
	processesQuery:
		"SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command FROM performance_schema.processlist",
	stopReceiver: "STOP REPLICA IO_THREAD",
	stopPatience: "",
	startReceiver: "START REPLICA IO_THREAD",
	stopReplica: "STOP REPLICA",
	startReplica: "START REPLICA",
	startApplier: "START REPLICA SQL_THREAD",
	resetReplicaAll: "RESET REPLICA ALL",
	changeSource: changeSourceIn(WORDS),
	changeReceiver: changeSourceIn({ ...WORDS, positioning: "" }),
	waitApplied: (gtid, seconds) => ({
		sql: "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS waited",
		values: [gtid, seconds],
	}),
	adoptPosition: () => [],
	// super_read_only implies read_only, and clearing read_only clears it: one statement either way.
	setReadOnly: (on, superReadOnly) =>
		on && superReadOnly
			? ["SET GLOBAL super_read_only = 1"]
			: [`SET GLOBAL read_only = ${on ? 1 : 0}`],
	replicationCredential:
		"SELECT MAX(User_name) AS user, MAX(User_password) AS password FROM mysql.slave_master_info",
};

import { type ChannelWords, changeSourceIn } from "../../change-source.ts";
import type { Dialect } from "../../dialect.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

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
	privileges,
	heartbeatQuery: `SELECT 'heartbeat_period' AS name, HEARTBEAT_INTERVAL AS value
 FROM performance_schema.replication_connection_configuration WHERE CHANNEL_NAME = ''`,
	processesQuery:
		"SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command FROM performance_schema.processlist",
	relayLogEvents: (channel, { sql, values }) => ({
		sql: `SHOW RELAYLOG EVENTS ${sql} FOR CHANNEL ?`,
		values: [...values, channel],
	}),
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

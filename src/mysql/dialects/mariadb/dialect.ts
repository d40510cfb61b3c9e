import {
	type ChannelWords,
	channelStatements,
} from "../../channel-statements.ts";
import type { Dialect } from "../../dialect.ts";
import { classic } from "../classic/dialect.ts";
import { applier } from "./applier.ts";
import { openWork } from "./open-work.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

const WORDS: ChannelWords = {
	replica: "SLAVE",
	change: "CHANGE MASTER",
	prefix: "MASTER",
	positioning: "MASTER_USE_GTID = slave_pos",
	noPositioning: "MASTER_USE_GTID = no",
	hasRetryCount: false,
	hasPublicKey: false,
	losesHeartbeat: true,
	naming: "in-middle",
};

/** MariaDB 10.5 to 11.x: domain-based GTIDs, semi-sync built in, no super_read_only. */
export const mariadb: Dialect = {
	...classic,
	name: "mariadb",
	poll,
	applier,
	openWork,
	privileges,
	// Of all connections: SHOW SLAVE STATUS shows the default one alone, and a replica by named connections would look like a primary.
	replicaStatus: "SHOW ALL SLAVES STATUS",
	replicaStatusPrivilege: "SLAVE MONITOR",
	replicaStatusColumns: {
		...classic.replicaStatusColumns,
		channel: "Connection_name",
	},
	identityQuery: `SELECT @@global.server_id AS server_id, '' AS server_uuid,
 @@global.hostname AS hostname, COALESCE(@@global.report_host, '') AS report_host,
 @@global.report_port AS report_port, @@global.version AS version,
 @@global.version_comment AS version_comment, @@global.read_only AS read_only,
 0 AS super_read_only, @@global.log_bin AS log_bin,
 @@global.log_slave_updates AS log_replica_updates, @@global.binlog_format AS binlog_format,
 @@global.binlog_row_image AS binlog_row_image, '' AS gtid_mode,
 @@global.gtid_current_pos AS gtid_executed, '' AS gtid_purged,
 @@global.gtid_binlog_state AS gtid_binlog_state, 1 AS performance_schema`,
	// Not SHOW MASTER STATUS: it hangs as soon as two commits wait for a semi-sync acknowledgement, and the server looks dead.
	binaryLogStatus: `SELECT MAX(IF(VARIABLE_NAME = 'BINLOG_SNAPSHOT_FILE', VARIABLE_VALUE, NULL)) AS File,
 MAX(IF(VARIABLE_NAME = 'BINLOG_SNAPSHOT_POSITION', VARIABLE_VALUE, NULL)) AS Position
 FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('BINLOG_SNAPSHOT_FILE', 'BINLOG_SNAPSHOT_POSITION')`,
	replicas: "SHOW SLAVE HOSTS",
	// A semi-sync receiver that stops connects to its source to end its dump thread there, and waits one second or two for one that hangs.
	receiversQuery: `SELECT ID AS id FROM information_schema.PROCESSLIST
 WHERE COMMAND = 'Slave_IO' AND @@global.rpl_semi_sync_slave_enabled`,
	heartbeatQuery: undefined,
	processesQuery:
		"SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command FROM information_schema.PROCESSLIST",
	relayLogEvents: (channel, { sql, values }) => ({
		sql: `SHOW RELAYLOG ? EVENTS ${sql}`,
		values: [channel, ...values],
	}),
	...channelStatements(WORDS),
	keepsRelayLogs: false,
	waitApplied: (gtid, seconds) => ({
		sql: "SELECT MASTER_GTID_WAIT(?, ?) AS waited",
		values: [gtid, seconds],
	}),
	// A former primary's own writes are in its binary log but not in gtid_slave_pos, from which a replica starts.
	adoptPosition: (gtid) => [
		{ sql: "SET GLOBAL gtid_slave_pos = ?", values: [gtid] },
	],
	setReadOnly: ({ readOnly }) => `SET GLOBAL read_only = ${readOnly ? 1 : 0}`,
	// Accounts with READ ONLY ADMIN write on. It waits for no query that only reads.
	holdWrites: "FLUSH TABLES WITH READ LOCK",
	releaseWrites: "UNLOCK TABLES",
	position: "SELECT @@global.gtid_current_pos AS gtid",
	semiSyncSource: [
		{
			enabled: "rpl_semi_sync_master_enabled",
			timeout: "rpl_semi_sync_master_timeout",
			waitPoint: "rpl_semi_sync_master_wait_point",
			waitForReplicaCount: "",
			clients: "Rpl_semi_sync_master_clients",
		},
	],
	semiSyncReplica: ["rpl_semi_sync_slave_enabled"],
	failedTransaction: undefined,
	// Wants SUPER. The counter is that of the connection that the session has for its default one.
	skipNext: (channel) => [
		{ sql: "SET SESSION default_master_connection = ?", values: [channel] },
		{ sql: "SET GLOBAL sql_slave_skip_counter = 1", values: [] },
	],
	// Kept in the file master.info, which no statement shows: only ReplicationCredentialsQuery can tell.
	replicationCredential: "",
	longestPassword: 96,
};

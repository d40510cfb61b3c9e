/**
 * Answers of versions that do not run here, for tests: columns and forms from the manuals (MySQL 5.7, 8.0 and 8.4 reference
 * manuals, SHOW SLAVE/REPLICA STATUS and the performance_schema replication tables; MariaDB documentation, SHOW REPLICA STATUS),
 * not recorded from a server.
 */
import type { Row } from "../../src/mysql/answer.ts";

/** `Name: value` a line, as the client prints it with \G. NULL is null. */
const row = (text: string): Row =>
	Object.fromEntries(
		text
			.trim()
			.split("\n")
			.map((line) => {
				const at = line.indexOf(":");
				const value = line.slice(at + 1).trim();
				return [line.slice(0, at).trim(), value === "NULL" ? null : value];
			}),
	);

/** The part of the replica status that all have, in the words of one. */
const status = (words: {
	readonly source: string;
	readonly replica: string;
	readonly also: string;
}): Row => {
	const { source, replica, also } = words;
	return row(`
${replica}_IO_State: Waiting for ${source.toLowerCase()} to send event
${source}_Host: db1.example
${source}_User: repl
${source}_Port: 3306
Connect_Retry: 60
${source}_Log_File: binlog.000009
Read_${source}_Log_Pos: 1307
Relay_Log_File: relay-bin.000003
Relay_Log_Pos: 1508
Relay_${source}_Log_File: binlog.000008
${replica}_IO_Running: Connecting
${replica}_SQL_Running: Yes
Replicate_Do_DB:
Replicate_Ignore_DB: scratch
Replicate_Do_Table:
Replicate_Ignore_Table:
Replicate_Wild_Do_Table:
Replicate_Wild_Ignore_Table:
Last_Errno: 0
Last_Error:
Skip_Counter: 0
Exec_${source}_Log_Pos: 1107
Relay_Log_Space: 1858
Until_Condition: None
Until_Log_File:
Until_Log_Pos: 0
${source}_SSL_Allowed: Yes
Seconds_Behind_${source}: NULL
Last_IO_Errno: 2003
Last_IO_Error: error connecting to ${source.toLowerCase()} 'repl@db1.example:3306' - retry-time: 60 retries: 1
Last_SQL_Errno: 0
Last_SQL_Error:
${source}_Server_Id: 1
SQL_Delay: 3600
SQL_Remaining_Delay: NULL
${replica}_SQL_Running_State: waiting for more updates
${also}`);
};

const MYSQL_ENDS = (source: string) => `
${source}_UUID: 3e11fa47-71ca-11e1-9e33-c80aa9429562
${source}_Info_File: mysql.slave_master_info
${source}_Retry_Count: 86400
Retrieved_Gtid_Set: 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5
Executed_Gtid_Set: 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5
Auto_Position: 1
Replicate_Rewrite_DB:
Channel_Name: ch1
${source}_TLS_Version:`;

const identity = (text: string): Row =>
	row(`
server_id: 2
hostname: db2
report_host:
report_port: 3306
read_only: 1
log_bin: 1
log_replica_updates: 1
binlog_format: ROW
binlog_row_image: FULL
${text}`);

const mysqlIdentity = (version: string): Row =>
	identity(`version: ${version}
version_comment: Percona Server (GPL)
server_uuid: 7f3d2c5a-71ca-11e1-9e33-c80aa9429562
super_read_only: 1
gtid_mode: ON
gtid_executed: 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5
gtid_purged:
gtid_binlog_state:
performance_schema: 1`);

const mariadbIdentity = (version: string): Row =>
	identity(`version: ${version}
version_comment: mariadb.org binary distribution
server_uuid:
super_read_only: 0
gtid_mode:
gtid_executed: 0-1-5
gtid_purged:
gtid_binlog_state: 0-1-5
performance_schema: 1`);

const MARIADB_10_5 = `Using_Gtid: Slave_Pos
Gtid_IO_Pos: 0-1-5
Replicate_Do_Domain_Ids:
Replicate_Ignore_Domain_Ids:
Parallel_Mode: optimistic
Slave_DDL_Groups: 2
Slave_Non_Transactional_Groups: 0
Slave_Transactional_Groups: 0
Connection_name: ch1
Retried_transactions: 0
Max_relay_log_size: 1073741824
Executed_log_entries: 11
Slave_received_heartbeats: 17
Slave_heartbeat_period: 0.500
Gtid_Slave_Pos: 0-1-5`;

/** One replica by the channel `ch1` per version. */
export const MANUAL_ANSWERS = {
	"5.7.44": {
		identity: mysqlIdentity("5.7.44-48-log"),
		status: status({
			source: "Master",
			replica: "Slave",
			also: MYSQL_ENDS("Master"),
		}),
	},
	"8.0.17": {
		identity: mysqlIdentity("8.0.17-8"),
		status: status({
			source: "Master",
			replica: "Slave",
			also: `${MYSQL_ENDS("Master")}
Master_public_key_path:
Get_master_public_key: 1`,
		}),
	},
	"8.3.0": {
		identity: mysqlIdentity("8.3.0"),
		status: status({
			source: "Master",
			replica: "Slave",
			also: `${MYSQL_ENDS("Master")}
Master_public_key_path:
Get_master_public_key: 1
Network_Namespace:`,
		}),
	},
	"8.4.3": {
		identity: mysqlIdentity("8.4.3-3"),
		status: status({
			source: "Source",
			replica: "Replica",
			also: `${MYSQL_ENDS("Source")}
Source_public_key_path:
Get_Source_public_key: 1
Network_Namespace:`,
		}),
	},
	"10.5.29-MariaDB": {
		identity: mariadbIdentity("10.5.29-MariaDB-log"),
		status: status({
			source: "Master",
			replica: "Slave",
			also: MARIADB_10_5,
		}),
	},
	"11.8.2-MariaDB": {
		identity: mariadbIdentity("11.8.2-MariaDB-ubu2404-log"),
		status: status({
			source: "Master",
			replica: "Slave",
			also: `${MARIADB_10_5}
Replicate_Rewrite_DB:
Master_last_event_time: NULL
Slave_last_event_time: NULL
Master_Slave_time_diff: NULL`,
		}),
	},
} as const satisfies Record<
	string,
	{ readonly identity: Row; readonly status: Row }
>;

/** performance_schema.replication_group_members of 5.7, which has no roles, under the names that the dialect gives. */
export const MANUAL_GROUP_5_7: readonly Row[] = [
	["041f26d8-f3f3-11e8-adff-080027337932", "example1"],
	["f60a3e10-f3f2-11e8-8258-080027337932", "example2"],
	["fc890014-f3f2-11e8-a9fd-080027337932", "example3"],
].map(([member_id = "", host = ""]) => ({
	member_id,
	host,
	port: 3306,
	state: "ONLINE",
	role: "",
}));

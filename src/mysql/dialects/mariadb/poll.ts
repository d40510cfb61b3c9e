import type { PollQueries } from "../../dialect.ts";

export const poll: PollQueries = {
	// Semi-sync is built in since 10.3; there is no group replication, and Galera is not asked for.
	pluginVariables: `SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM information_schema.GLOBAL_VARIABLES
 WHERE VARIABLE_NAME IN ('RPL_SEMI_SYNC_MASTER_ENABLED', 'RPL_SEMI_SYNC_MASTER_TIMEOUT', 'RPL_SEMI_SYNC_MASTER_WAIT_POINT', 'RPL_SEMI_SYNC_SLAVE_ENABLED')`,
	uptime:
		"SELECT VARIABLE_VALUE AS uptime FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME'",
	// The position of the binary log is among them: see binaryLogStatus.
	status: `SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM information_schema.GLOBAL_STATUS
 WHERE VARIABLE_NAME IN ('BINLOG_SNAPSHOT_FILE', 'BINLOG_SNAPSHOT_POSITION', 'RPL_SEMI_SYNC_MASTER_STATUS', 'RPL_SEMI_SYNC_MASTER_CLIENTS', 'RPL_SEMI_SYNC_SLAVE_STATUS')`,
	isStatusAlwaysAsked: true,
	// In SHOW ALL SLAVES STATUS, and never dated.
	heartbeats: "",
	groupMembers: "",
	workerErrors: "",
	dumps:
		"SELECT HOST AS host FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump'",
};

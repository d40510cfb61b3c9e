import type { PollQueries } from "../../dialect.ts";

/** The semi-sync plugins before 8.0.26, and those since then; one side may be old and the other new. */
const SEMI_SYNC_VARIABLES = [
	"rpl_semi_sync_source_enabled",
	"rpl_semi_sync_source_timeout",
	"rpl_semi_sync_source_wait_for_replica_count",
	"rpl_semi_sync_source_wait_point",
	"rpl_semi_sync_replica_enabled",
	"rpl_semi_sync_master_enabled",
	"rpl_semi_sync_master_timeout",
	"rpl_semi_sync_master_wait_for_slave_count",
	"rpl_semi_sync_master_wait_point",
	"rpl_semi_sync_slave_enabled",
];

const GROUP_VARIABLES = [
	"group_replication_group_name",
	"group_replication_single_primary_mode",
];

const STATUS = [
	"Rpl_semi_sync_source_status",
	"Rpl_semi_sync_source_clients",
	"Rpl_semi_sync_replica_status",
	"Rpl_semi_sync_master_status",
	"Rpl_semi_sync_master_clients",
	"Rpl_semi_sync_slave_status",
];

const listed = (names: readonly string[]): string =>
	names.map((name) => `'${name}'`).join(", ");

export const pluginVariables = (also: readonly string[] = []): string =>
	`SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_variables
 WHERE VARIABLE_NAME IN (${listed([...SEMI_SYNC_VARIABLES, ...GROUP_VARIABLES, ...also])})`;

export const pluginStatus = (also: readonly string[] = []): string =>
	`SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status
 WHERE VARIABLE_NAME IN (${listed([...STATUS, ...also])})`;

export const poll: PollQueries = {
	pluginVariables: pluginVariables(),
	uptime:
		"SELECT VARIABLE_VALUE AS uptime FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime'",
	status: pluginStatus(),
	isStatusAlwaysAsked: false,
	// Heartbeats are sent only while nothing else is: a busy channel is known by its queued transactions.
	heartbeats: `SELECT s.CHANNEL_NAME AS channel, c.HEARTBEAT_INTERVAL AS heartbeat_period, s.COUNT_RECEIVED_HEARTBEATS AS heartbeats,
 IF(s.SERVICE_STATE = 'ON', TIMESTAMPDIFF(MICROSECOND,
  GREATEST(s.LAST_HEARTBEAT_TIMESTAMP, s.LAST_QUEUED_TRANSACTION_END_QUEUE_TIMESTAMP, s.QUEUEING_TRANSACTION_START_QUEUE_TIMESTAMP), NOW(6)), NULL) AS silent_for_us
 FROM performance_schema.replication_connection_status s
 JOIN performance_schema.replication_connection_configuration c ON c.CHANNEL_NAME = s.CHANNEL_NAME`,
	groupMembers: `SELECT MEMBER_ID AS member_id, MEMBER_HOST AS host, MEMBER_PORT AS port, MEMBER_STATE AS state, MEMBER_ROLE AS role
 FROM performance_schema.replication_group_members`,
	workerErrors: `SELECT CHANNEL_NAME AS channel, LAST_ERROR_MESSAGE AS says FROM performance_schema.replication_applier_status_by_worker
 WHERE LAST_ERROR_NUMBER <> 0 ORDER BY LAST_ERROR_TIMESTAMP`,
	dumps:
		"SELECT HOST AS host FROM performance_schema.processlist WHERE COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')",
};

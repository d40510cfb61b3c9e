/** Tables that Baton neither reads nor writes; they exist so that another program finds what it expects. */
import { table } from "./column.ts";

const raft = [
	table({
		name: "raft_log",
		columns: {
			log_index: "serial",
			term: "bigint",
			log_type: "int",
			data: "blob",
		},
		key: ["log_index"],
	}),
	table({
		name: "raft_store",
		columns: { store_id: "serial", store_key: "blob", store_value: "blob" },
		key: ["store_id"],
		indexes: [{ name: "store_key_idx_raft_store", columns: ["store_key"] }],
	}),
	table({
		name: "raft_snapshot",
		columns: {
			snapshot_id: "serial",
			snapshot_name: "varchar(128)",
			snapshot_meta: "varchar(4096)",
			created_at: "timestamp",
		},
		key: ["snapshot_id"],
		indexes: [
			{
				name: "snapshot_name_uidx_raft_snapshot",
				columns: ["snapshot_name"],
				unique: true,
			},
		],
	}),
];

const deployments = [
	table({
		name: "orchestrator_db_deployments",
		columns: {
			deployed_version: "varchar(128)",
			deployed_timestamp: "timestamp",
		},
		key: ["deployed_version"],
	}),
	table({
		name: "orchestrator_metadata",
		columns: {
			anchor: "tinyint",
			last_deployed_version: "varchar(128)",
			last_deployed_timestamp: "timestamp",
		},
		key: ["anchor"],
	}),
];

const agents = [
	table({
		name: "host_agent",
		columns: {
			hostname: "varchar(128)",
			port: "smallint",
			token: "varchar(128)",
			last_submitted: "timestamp",
			last_checked: "timestamp null",
			last_seen: "timestamp null",
			mysql_port: "smallint null",
			count_mysql_snapshots: "smallint",
		},
		key: ["hostname"],
	}),
	table({
		name: "agent_seed",
		columns: {
			agent_seed_id: "serial",
			target_hostname: "varchar(128)",
			source_hostname: "varchar(128)",
			start_timestamp: "timestamp",
			end_timestamp: "timestamp default 1971-01-01 00:00:00",
			is_complete: "tinyint",
			is_successful: "tinyint",
		},
		key: ["agent_seed_id"],
	}),
	table({
		name: "agent_seed_state",
		columns: {
			agent_seed_state_id: "serial",
			agent_seed_id: "int",
			state_timestamp: "timestamp",
			state_action: "varchar(127)",
			error_message: "varchar(255)",
		},
		key: ["agent_seed_state_id"],
	}),
];

const unused = [
	table({
		name: "async_request",
		columns: {
			request_id: "serial",
			command: "varchar(128)",
			hostname: "varchar(128)",
			port: "smallint",
			destination_hostname: "varchar(128)",
			destination_port: "smallint",
			pattern: "text",
			gtid_hint: "varchar(32)",
			begin_timestamp: "timestamp null",
			end_timestamp: "timestamp null",
			story: "text",
		},
		key: ["request_id"],
	}),
	table({
		name: "database_instance_long_running_queries",
		columns: {
			hostname: "varchar(128)",
			port: "smallint",
			process_id: "bigint",
			process_started_at: "timestamp",
			process_user: "varchar(16)",
			process_host: "varchar(128)",
			process_db: "varchar(128)",
			process_command: "varchar(16)",
			process_time_seconds: "int",
			process_state: "varchar(128)",
			process_info: "varchar(1024)",
		},
		key: ["hostname", "port", "process_id"],
	}),
	table({
		name: "database_instance_binlog_files_history",
		columns: {
			history_id: "serial",
			hostname: "varchar(128)",
			port: "smallint",
			binary_log_file: "varchar(128)",
			binary_log_pos: "bigint",
			first_seen: "timestamp",
			last_seen: "timestamp default 1971-01-01 00:00:00",
		},
		key: ["history_id"],
		indexes: [
			{
				name: "hostname_port_file_idx_database_instance_binlog_files_history",
				columns: ["hostname", "port", "binary_log_file"],
				unique: true,
			},
		],
	}),
	table({
		name: "database_instance_recent_relaylog_history",
		columns: {
			hostname: "varchar(128)",
			port: "smallint",
			current_relay_log_file: "varchar(128)",
			current_relay_log_pos: "bigint",
			current_seen: "timestamp default 1971-01-01 00:00:00",
			prev_relay_log_file: "varchar(128)",
			prev_relay_log_pos: "bigint",
			prev_seen: "timestamp default 1971-01-01 00:00:00",
		},
		key: ["hostname", "port"],
	}),
];

export const legacyTables = [...raft, ...deployments, ...agents, ...unused];

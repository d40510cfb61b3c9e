import { table } from "./column.ts";

/** `processcing_node_token` is the reference's spelling. */
export const topologyFailureDetection = table({
	name: "topology_failure_detection",
	columns: {
		detection_id: "serial",
		hostname: "varchar(128)",
		port: "smallint",
		in_active_period: "tinyint",
		start_active_period: "timestamp",
		end_active_period_unixtime: "int",
		processing_node_hostname: "varchar(128)",
		processcing_node_token: "varchar(128)",
		analysis: "varchar(128)",
		cluster_name: "varchar(128)",
		cluster_alias: "varchar(128)",
		count_affected_slaves: "int",
		slave_hosts: "text",
		is_actionable: "tinyint",
	},
	key: ["detection_id"],
	indexes: [
		{
			name: "in_active_start_period_idx_topology_failure_detection",
			columns: ["in_active_period", "start_active_period"],
		},
		{
			name: "host_port_active_recoverable_uidx_topology_failure_detection",
			columns: [
				"hostname",
				"port",
				"in_active_period",
				"end_active_period_unixtime",
				"is_actionable",
			],
			unique: true,
		},
	],
});

export const topologyRecovery = table({
	name: "topology_recovery",
	columns: {
		recovery_id: "serial",
		hostname: "varchar(128)",
		port: "smallint",
		in_active_period: "tinyint",
		start_active_period: "timestamp",
		end_active_period_unixtime: "int",
		end_recovery: "timestamp null",
		processing_node_hostname: "varchar(128)",
		processcing_node_token: "varchar(128)",
		is_successful: "tinyint",
		successor_hostname: "varchar(128) null",
		successor_port: "smallint null",
		analysis: "varchar(128)",
		cluster_name: "varchar(128)",
		cluster_alias: "varchar(128)",
		count_affected_slaves: "int",
		slave_hosts: "text",
		participating_instances: "text",
		lost_slaves: "text",
		all_errors: "text",
		acknowledged: "tinyint",
		acknowledged_at: "timestamp null",
		acknowledged_by: "varchar(128)",
		acknowledge_comment: "text",
		last_detection_id: "bigint",
		successor_alias: "varchar(128) null",
		uid: "varchar(128)",
	},
	key: ["recovery_id"],
	indexes: [
		{
			name: "in_active_start_period_idx_topology_recovery",
			columns: ["in_active_period", "start_active_period"],
		},
		{
			name: "start_active_period_idx_topology_recovery",
			columns: ["start_active_period"],
		},
		{
			name: "hostname_port_active_period_uidx_topology_recovery",
			columns: [
				"hostname",
				"port",
				"in_active_period",
				"end_active_period_unixtime",
			],
			unique: true,
		},
		{
			name: "cluster_name_in_active_idx_topology_recovery",
			columns: ["cluster_name", "in_active_period"],
		},
		{ name: "end_recovery_idx_topology_recovery", columns: ["end_recovery"] },
		{
			name: "acknowledged_idx_topology_recovery",
			columns: ["acknowledged", "acknowledged_at"],
		},
		{
			name: "last_detection_idx_topology_recovery",
			columns: ["last_detection_id"],
		},
		{ name: "uid_idx_topology_recovery", columns: ["uid"] },
	],
});

export const topologyRecoverySteps = table({
	name: "topology_recovery_steps",
	columns: {
		recovery_step_id: "serial",
		recovery_uid: "varchar(128)",
		audit_at: "timestamp",
		message: "text",
	},
	key: ["recovery_step_id"],
	indexes: [
		{
			name: "recovery_uid_idx_topology_recovery_steps",
			columns: ["recovery_uid"],
		},
	],
});

export const blockedTopologyRecovery = table({
	name: "blocked_topology_recovery",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		cluster_name: "varchar(128)",
		analysis: "varchar(128)",
		last_blocked_timestamp: "timestamp",
		blocking_recovery_id: "bigint null",
	},
	key: ["hostname", "port"],
	indexes: [
		{
			name: "cluster_blocked_idx_blocked_topology_recovery",
			columns: ["cluster_name", "last_blocked_timestamp"],
		},
		{
			name: "last_blocked_idx_blocked_topology_recovery",
			columns: ["last_blocked_timestamp"],
		},
	],
});

export const globalRecoveryDisable = table({
	name: "global_recovery_disable",
	columns: { disable_recovery: "tinyint" },
	key: ["disable_recovery"],
});

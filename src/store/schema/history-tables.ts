/** Tables of what was seen over time. */
import { table } from "./column.ts";

export const masterPositionEquivalence = table({
	name: "master_position_equivalence",
	columns: {
		equivalence_id: "serial",
		master1_hostname: "varchar(128)",
		master1_port: "smallint",
		master1_binary_log_file: "varchar(128)",
		master1_binary_log_pos: "bigint",
		master2_hostname: "varchar(128)",
		master2_port: "smallint",
		master2_binary_log_file: "varchar(128)",
		master2_binary_log_pos: "bigint",
		last_suggested: "timestamp",
	},
	key: ["equivalence_id"],
	indexes: [
		{
			name: "equivalence_uidx_master_position_equivalence",
			columns: [
				"master1_hostname",
				"master1_port",
				"master1_binary_log_file",
				"master1_binary_log_pos",
				"master2_hostname",
				"master2_port",
			],
			unique: true,
		},
		{
			name: "master2_idx_master_position_equivalence",
			columns: [
				"master2_hostname",
				"master2_port",
				"master2_binary_log_file",
				"master2_binary_log_pos",
			],
		},
		{
			name: "last_suggested_idx_master_position_equivalence",
			columns: ["last_suggested"],
		},
	],
});

export const coordinatesHistory = table({
	name: "database_instance_coordinates_history",
	columns: {
		history_id: "serial",
		hostname: "varchar(128)",
		port: "smallint",
		recorded_timestamp: "timestamp",
		last_seen: "timestamp default 1971-01-01 00:00:00",
		binary_log_file: "varchar(128)",
		binary_log_pos: "bigint",
		relay_log_file: "varchar(128)",
		relay_log_pos: "bigint",
	},
	key: ["history_id"],
	indexes: [
		{
			name: "hostname_port_recorded_idx_database_instance_coordinates_history",
			columns: ["hostname", "port", "recorded_timestamp"],
		},
		{
			name: "recorded_timestmp_idx_database_instance_coordinates_history",
			columns: ["recorded_timestamp"],
		},
	],
});

export const staleBinlogCoordinates = table({
	name: "database_instance_stale_binlog_coordinates",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		binary_log_file: "varchar(128)",
		binary_log_pos: "bigint",
		first_seen: "timestamp",
	},
	key: ["hostname", "port"],
	indexes: [
		{
			name: "first_seen_idx_database_instance_stale_binlog_coordinates",
			columns: ["first_seen"],
		},
	],
});

export const lastAnalysis = table({
	name: "database_instance_last_analysis",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		analysis_timestamp: "timestamp",
		analysis: "varchar(128)",
	},
	key: ["hostname", "port"],
	indexes: [
		{
			name: "analysis_timestamp_idx_database_instance_last_analysis",
			columns: ["analysis_timestamp"],
		},
	],
});

export const analysisChangelog = table({
	name: "database_instance_analysis_changelog",
	columns: {
		changelog_id: "serial",
		hostname: "varchar(128)",
		port: "smallint",
		analysis_timestamp: "timestamp",
		analysis: "varchar(128)",
	},
	key: ["changelog_id"],
	indexes: [
		{
			name: "analysis_timestamp_idx_database_instance_analysis_changelog",
			columns: ["analysis_timestamp"],
		},
		{
			name: "instance_timestamp_idx_database_instance_analysis_changelog",
			columns: ["hostname", "port", "analysis_timestamp"],
		},
	],
});

export const peerAnalysis = table({
	name: "database_instance_peer_analysis",
	columns: {
		peer: "varchar(128)",
		hostname: "varchar(128)",
		port: "smallint",
		analysis_timestamp: "timestamp",
		analysis: "varchar(128)",
	},
	key: ["peer", "hostname", "port"],
});

export const clusterInjectedPseudoGtid = table({
	name: "cluster_injected_pseudo_gtid",
	columns: { cluster_name: "varchar(128)", time_injected: "timestamp" },
	key: ["cluster_name"],
});

export const topologyHistory = table({
	name: "database_instance_topology_history",
	columns: {
		snapshot_unix_timestamp: "int",
		hostname: "varchar(128)",
		port: "smallint",
		master_host: "varchar(128)",
		master_port: "smallint",
		cluster_name: "text",
		version: "varchar(128)",
	},
	key: ["snapshot_unix_timestamp", "hostname", "port"],
	indexes: [
		{
			name: "cluster_name_idx_database_instance_topology_history",
			columns: ["snapshot_unix_timestamp", "cluster_name"],
		},
	],
});

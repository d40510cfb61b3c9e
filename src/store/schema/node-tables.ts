import { table } from "./column.ts";

export const audit = table({
	name: "audit",
	columns: {
		audit_id: "serial",
		audit_timestamp: "timestamp",
		audit_type: "varchar(128)",
		hostname: "varchar(128)",
		port: "smallint",
		cluster_name: "varchar(128)",
		message: "text",
	},
	key: ["audit_id"],
	indexes: [
		{ name: "audit_timestamp_idx_audit", columns: ["audit_timestamp"] },
		{
			name: "host_port_idx_audit",
			columns: ["hostname", "port", "audit_timestamp"],
		},
	],
});

export const keyValueStore = table({
	name: "kv_store",
	columns: {
		store_key: "varchar(255)",
		store_value: "text",
		last_updated: "timestamp",
	},
	key: ["store_key"],
});

export const nodeHealth = table({
	name: "node_health",
	columns: {
		hostname: "varchar(128)",
		token: "varchar(128)",
		last_seen_active: "timestamp",
		extra_info: "varchar(128)",
		command: "varchar(128)",
		app_version: "varchar(64)",
		first_seen_active: "timestamp default 1971-01-01 00:00:00",
		db_backend: "varchar(255)",
		incrementing_indicator: "bigint",
	},
	key: ["hostname", "token"],
	indexes: [
		{
			name: "last_seen_active_idx_node_health",
			columns: ["last_seen_active"],
		},
	],
});

export const nodeHealthHistory = table({
	name: "node_health_history",
	columns: {
		history_id: "serial",
		hostname: "varchar(128)",
		token: "varchar(128)",
		first_seen_active: "timestamp",
		extra_info: "varchar(128)",
		command: "varchar(128)",
		app_version: "varchar(64)",
	},
	key: ["history_id"],
	indexes: [
		{
			name: "first_seen_active_idx_node_health_history",
			columns: ["first_seen_active"],
		},
		{
			name: "hostname_token_idx_node_health_history",
			columns: ["hostname", "token"],
			unique: true,
		},
	],
});

export const activeNode = table({
	name: "active_node",
	columns: {
		anchor: "tinyint",
		hostname: "varchar(128)",
		token: "varchar(128)",
		last_seen_active: "timestamp",
		first_seen_active: "timestamp default 1971-01-01 00:00:00",
	},
	key: ["anchor"],
});

export const accessToken = table({
	name: "access_token",
	columns: {
		access_token_id: "serial",
		public_token: "varchar(128)",
		secret_token: "varchar(128)",
		generated_at: "timestamp",
		generated_by: "varchar(128)",
		is_acquired: "tinyint",
		is_reentrant: "tinyint",
		acquired_at: "timestamp default 1971-01-01 00:00:00",
	},
	key: ["access_token_id"],
	indexes: [
		{
			name: "public_token_uidx_access_token",
			columns: ["public_token"],
			unique: true,
		},
		{ name: "generated_at_idx_access_token", columns: ["generated_at"] },
	],
});

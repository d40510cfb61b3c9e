/** Tables about names, pools, tags and positions: kept in the reference's form for the rooms and the programs that use them. */
import { table } from "./column.ts";

export const hostnameResolve = table({
	name: "hostname_resolve",
	columns: {
		hostname: "varchar(128)",
		resolved_hostname: "varchar(128)",
		resolved_timestamp: "timestamp",
	},
	key: ["hostname"],
	indexes: [
		{
			name: "resolved_timestamp_idx_hostname_resolve",
			columns: ["resolved_timestamp"],
		},
	],
});

export const hostnameResolveHistory = table({
	name: "hostname_resolve_history",
	columns: {
		resolved_hostname: "varchar(128)",
		hostname: "varchar(128)",
		resolved_timestamp: "timestamp",
	},
	key: ["resolved_hostname"],
	indexes: [
		{
			name: "hostname_idx_hostname_resolve_history",
			columns: ["hostname"],
		},
		{
			name: "resolved_timestamp_idx_hostname_resolve_history",
			columns: ["resolved_timestamp"],
		},
	],
});

export const hostnameUnresolve = table({
	name: "hostname_unresolve",
	columns: {
		hostname: "varchar(128)",
		unresolved_hostname: "varchar(128)",
		last_registered: "timestamp",
	},
	key: ["hostname"],
	indexes: [
		{
			name: "unresolved_hostname_idx_hostname_unresolve",
			columns: ["unresolved_hostname"],
		},
		{
			name: "last_registered_idx_hostname_unresolve",
			columns: ["last_registered"],
		},
	],
});

export const hostnameUnresolveHistory = table({
	name: "hostname_unresolve_history",
	columns: {
		unresolved_hostname: "varchar(128)",
		hostname: "varchar(128)",
		last_registered: "timestamp",
	},
	key: ["unresolved_hostname"],
	indexes: [
		{
			name: "hostname_idx_hostname_unresolve_history",
			columns: ["hostname"],
		},
		{
			name: "last_registered_idx_hostname_unresolve_history",
			columns: ["last_registered"],
		},
	],
});

export const hostnameIps = table({
	name: "hostname_ips",
	columns: {
		hostname: "varchar(128)",
		ipv4: "varchar(128)",
		ipv6: "varchar(128)",
		last_updated: "timestamp",
	},
	key: ["hostname"],
});

export const hostAttributes = table({
	name: "host_attributes",
	columns: {
		hostname: "varchar(128)",
		attribute_name: "varchar(128)",
		attribute_value: "varchar(128)",
		submit_timestamp: "timestamp",
		expire_timestamp: "timestamp null",
	},
	key: ["hostname", "attribute_name"],
	indexes: [
		{
			name: "attribute_name_idx_host_attributes",
			columns: ["attribute_name"],
		},
		{
			name: "attribute_value_idx_host_attributes",
			columns: ["attribute_value"],
		},
		{
			name: "submit_timestamp_idx_host_attributes",
			columns: ["submit_timestamp"],
		},
		{
			name: "expire_timestamp_idx_host_attributes",
			columns: ["expire_timestamp"],
		},
	],
});

export const databaseInstancePool = table({
	name: "database_instance_pool",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		pool: "varchar(128)",
		registered_at: "timestamp default 1971-01-01 00:00:00",
	},
	key: ["hostname", "port", "pool"],
	indexes: [{ name: "pool_idx_database_instance_pool", columns: ["pool"] }],
});

export const databaseInstanceTags = table({
	name: "database_instance_tags",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		tag_name: "varchar(128)",
		tag_value: "varchar(128)",
		last_updated: "timestamp",
	},
	key: ["hostname", "port", "tag_name"],
	indexes: [
		{
			name: "tag_name_idx_database_instance_tags",
			columns: ["tag_name"],
		},
	],
});

export const databaseInstanceTls = table({
	name: "database_instance_tls",
	columns: { hostname: "varchar(128)", port: "smallint", required: "tinyint" },
	key: ["hostname", "port"],
});

export const databaseInstanceMaintenance = table({
	name: "database_instance_maintenance",
	columns: {
		database_instance_maintenance_id: "serial",
		hostname: "varchar(128)",
		port: "smallint",
		maintenance_active: "tinyint null",
		begin_timestamp: "timestamp null",
		end_timestamp: "timestamp null",
		owner: "varchar(128)",
		reason: "text",
		processing_node_hostname: "varchar(128)",
		processing_node_token: "varchar(128)",
		explicitly_bounded: "tinyint",
	},
	key: ["database_instance_maintenance_id"],
	indexes: [
		{
			name: "maintenance_uidx_database_instance_maintenance",
			columns: ["maintenance_active", "hostname", "port"],
			unique: true,
		},
		{
			name: "active_timestamp_idx_database_instance_maintenance",
			columns: ["maintenance_active", "begin_timestamp"],
		},
		{
			name: "active_end_timestamp_idx_database_instance_maintenance",
			columns: ["maintenance_active", "end_timestamp"],
		},
	],
});

/** Which columns hold hosts, and what becomes of two rows that turn out to be about one of them. */

/** What is done with the rows that are not the newest of those that share their key. */
export type Older =
	/** There can be one only. */
	| "remove"
	/** It is history: the row stays, and its active period is over. */
	| "end period"
	/** The same of a maintenance. */
	| "end maintenance";

export interface SpelledTable {
	readonly name: string;
	/** Columns that hold a host. */
	readonly hosts: readonly string[];
	/** Columns that hold `host:port`: names of clusters and of instances. */
	readonly names: readonly string[];
	/** Columns in which no two rows may be equal, where a host or a name is among them. */
	readonly unique?: readonly string[];
	/** The primary key. */
	readonly key: readonly string[];
	/** Which of several rows stays: the one with the highest value in these, the first one counting most. */
	readonly newest?: readonly string[];
	/** The rows are about an instance: the one that was seen last counts most. */
	readonly bySeen?: true;
	readonly older?: Older;
}

const INSTANCE = ["hostname", "port"];

/** One row for each instance. */
const perInstance = (
	name: string,
	newest: readonly string[],
	more: Partial<SpelledTable> = {},
): SpelledTable => ({
	name,
	hosts: ["hostname"],
	names: [],
	unique: INSTANCE,
	key: INSTANCE,
	newest,
	...more,
});

/** One row for each name of a cluster. */
const perCluster = (name: string, newest: readonly string[]): SpelledTable => ({
	name,
	hosts: [],
	names: ["cluster_name"],
	unique: ["cluster_name"],
	key: ["cluster_name"],
	newest,
});

const perHost = (
	name: string,
	key: string,
	newest: string,
	others: readonly string[] = [],
): SpelledTable => ({
	name,
	hosts: [key, ...others],
	names: [],
	unique: [key],
	key: [key],
	newest: [newest],
});

/** Any number of rows for each. */
const records = (
	name: string,
	id: string,
	names: readonly string[] = [],
): SpelledTable => ({ name, hosts: ["hostname"], names, key: [id] });

const period = (
	name: string,
	id: string,
	also: readonly string[],
	hosts: readonly string[],
): SpelledTable => ({
	name,
	hosts: ["hostname", ...hosts],
	names: ["cluster_name"],
	unique: [
		...INSTANCE,
		"in_active_period",
		"end_active_period_unixtime",
		...also,
	],
	key: [id],
	newest: [id],
	older: "end period",
});

/**
 * Lists of names in JSON or parted by commas are left out: no statement looks into them, and whoever reads them folds. So are the
 * names of Baton's own nodes, and the tables that it does not use. Rows that go by an instance's row come before it.
 */
export const SPELLED_TABLES: readonly SpelledTable[] = [
	perInstance("baton_instance", [], { bySeen: true }),
	perInstance("baton_member", [], { bySeen: true }),
	perInstance("database_instance", ["last_seen", "last_checked"], {
		hosts: ["hostname", "master_host", "replication_group_primary_host"],
		names: ["cluster_name"],
	}),
	perInstance("baton_fence", ["since_ms"], { names: ["successor"] }),
	{ name: "baton_role", hosts: ["hostname"], names: [], key: ["identity"] },
	perInstance("database_instance_downtime", [
		"downtime_active",
		"end_timestamp",
	]),
	perInstance("candidate_database_instance", ["last_suggested"]),
	perInstance("database_instance_tls", ["required"]),
	perInstance("database_instance_pool", ["registered_at"], {
		unique: [...INSTANCE, "pool"],
		key: [...INSTANCE, "pool"],
	}),
	perInstance("database_instance_tags", ["last_updated"], {
		unique: [...INSTANCE, "tag_name"],
		key: [...INSTANCE, "tag_name"],
	}),
	perInstance("database_instance_maintenance", ["end_timestamp"], {
		unique: ["maintenance_active", ...INSTANCE],
		key: ["database_instance_maintenance_id"],
		older: "end maintenance",
	}),
	perInstance("blocked_topology_recovery", ["last_blocked_timestamp"], {
		names: ["cluster_name"],
	}),
	perInstance("database_instance_stale_binlog_coordinates", ["first_seen"]),
	perInstance("database_instance_last_analysis", ["analysis_timestamp"]),
	perInstance("database_instance_topology_history", [], {
		hosts: ["hostname", "master_host"],
		names: ["cluster_name"],
		unique: ["snapshot_unix_timestamp", ...INSTANCE],
		key: ["snapshot_unix_timestamp", ...INSTANCE],
	}),
	perCluster("cluster_alias", ["last_registered"]),
	perCluster("cluster_alias_override", []),
	perCluster("cluster_domain_name", ["last_registered"]),
	perCluster("cluster_injected_pseudo_gtid", ["time_injected"]),
	perHost("hostname_resolve", "hostname", "resolved_timestamp", [
		"resolved_hostname",
	]),
	perHost(
		"hostname_resolve_history",
		"resolved_hostname",
		"resolved_timestamp",
		["hostname"],
	),
	// The virtual name beside it stays as a person gave it.
	perHost("hostname_unresolve", "hostname", "last_registered"),
	perHost("hostname_ips", "hostname", "last_updated"),
	{
		...perHost("host_attributes", "hostname", "submit_timestamp"),
		unique: ["hostname", "attribute_name"],
		key: ["hostname", "attribute_name"],
	},
	records("audit", "audit_id", ["cluster_name"]),
	records("database_instance_coordinates_history", "history_id"),
	records("database_instance_analysis_changelog", "changelog_id"),
	period("topology_failure_detection", "detection_id", ["is_actionable"], []),
	period("topology_recovery", "recovery_id", [], ["successor_hostname"]),
];

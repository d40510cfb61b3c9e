/**
 * Which columns hold servers, hosts and clusters, and what becomes of two rows that turn out to be about one of them: because a host was
 * spelled in two ways, because one server had two names, or because one cluster had two identities.
 */
import { wordRank } from "../../topology/role.ts";
import type { Row } from "./merged-rows.ts";

/** What is done with the rows that are not the first of those that share their key. */
export type Older =
	/** There can be one only. */
	| "remove"
	/** It is history: the row stays, and its active period is over. */
	| "end period"
	/** The same of a maintenance. */
	| "end maintenance";

export interface MergedTable {
	readonly name: string;
	/** Pairs of columns that hold a server. */
	readonly instances: readonly (readonly [host: string, port: string])[];
	/** Columns that hold a host and have no port beside them. */
	readonly hosts: readonly string[];
	/** Columns that hold `host:port` of a server. */
	readonly names: readonly string[];
	/** Columns that hold the name of a cluster. */
	readonly clusters: readonly string[];
	/** Columns in which no two rows may be equal, where what is renamed is among them. */
	readonly unique?: readonly string[];
	/** The primary key. */
	readonly key: readonly string[];
	/** Which of several rows stays: the one with the highest value in these, the first one counting most. */
	readonly first?: readonly (string | ((row: Row) => number))[];
	/** The rows are about an instance: the one that was seen last counts most. */
	readonly bySeen?: true;
	readonly older?: Older;
	/** The column `identity` holds a cluster's identity: the row goes along when that is given up for another one. */
	readonly ofCluster?: true;
	/** It is said of the server, not of what happened to it: it goes along when the server goes by another name. */
	readonly goesAlong?: true;
	/** It was said of the server that the name was then: it does not go along with another one. */
	readonly ofServer?: true;
	/** The column `epoch` counts within the identity: another one knows nothing of it. */
	readonly countsEpoch?: true;
	/** The column `server` tells which server the row is about: it does not go along with another one of that name. */
	readonly isMarked?: true;
}

/** The row is about an open matter. */
const isOpen = ({ state }: Row): number => (state === "rejoined" ? 0 : 1);

const word = (row: Row): number => wordRank(row.word);

const KEY = ["hostname", "port"] as const;

/** Holds no server, host, name or cluster but what is said. */
const NOTHING: Pick<MergedTable, "instances" | "hosts" | "names" | "clusters"> =
	{ instances: [], hosts: [], names: [], clusters: [] };

/** One row for each instance. */
const perInstance = (
	name: string,
	first: MergedTable["first"],
	more: Partial<MergedTable> = {},
): MergedTable => ({
	...NOTHING,
	name,
	instances: [KEY],
	unique: KEY,
	key: KEY,
	...(first === undefined ? {} : { first }),
	...more,
});

/** {@link perInstance}, of what goes along with it. */
const said = (
	name: string,
	first: MergedTable["first"],
	more: Partial<MergedTable> = {},
): MergedTable => perInstance(name, first, { goesAlong: true, ...more });

/** {@link said}, of the server that the name was then. */
const saidOfServer: typeof said = (name, first, more = {}) =>
	said(name, first, { ofServer: true, ...more });

/** One row for each name of a cluster. */
const perCluster = (name: string, first: readonly string[]): MergedTable => ({
	...NOTHING,
	name,
	clusters: ["cluster_name"],
	unique: ["cluster_name"],
	key: ["cluster_name"],
	first,
});

const perHost = (
	name: string,
	key: string,
	newest: string,
	others: readonly string[] = [],
): MergedTable => ({
	...NOTHING,
	name,
	hosts: [key, ...others],
	unique: [key],
	key: [key],
	first: [newest],
});

/** Any number of rows for each. */
const records = (
	name: string,
	id: string,
	clusters: readonly string[] = [],
): MergedTable => ({
	...NOTHING,
	name,
	instances: [KEY],
	clusters,
	key: [id],
});

const period = (
	name: string,
	id: string,
	also: readonly string[],
	others: MergedTable["instances"] = [],
): MergedTable => ({
	...NOTHING,
	name,
	instances: [KEY, ...others],
	clusters: ["cluster_name"],
	unique: [...KEY, "in_active_period", "end_active_period_unixtime", ...also],
	key: [id],
	first: [id],
	older: "end period",
});

const MASTER = ["master_host", "master_port"] as const;

/**
 * Lists of names in JSON or parted by commas are left out: no statement looks into them, and whoever reads them folds. So are the
 * names of Baton's own nodes, and the tables that it does not use. Rows that go by an instance's row come before it.
 */
export const MERGED_TABLES: readonly MergedTable[] = [
	said("baton_instance", undefined, { bySeen: true }),
	said("baton_member", undefined, { bySeen: true, ofCluster: true }),
	said("database_instance", ["last_seen", "last_checked"], {
		instances: [
			KEY,
			MASTER,
			["replication_group_primary_host", "replication_group_primary_port"],
		],
		clusters: ["cluster_name"],
	}),
	said("baton_fence", [isOpen, "since_ms"], {
		names: ["successor"],
		ofCluster: true,
		isMarked: true,
		countsEpoch: true,
	}),
	{
		...NOTHING,
		name: "baton_role",
		instances: [KEY],
		unique: ["identity"],
		key: ["identity"],
		// Each cluster counts its own epochs: between two of them the time decides.
		first: [word, "since_ms", "epoch"],
		ofCluster: true,
		goesAlong: true,
		isMarked: true,
	},
	{ ...NOTHING, name: "baton_recovery", key: ["recovery_id"], ofCluster: true },
	{
		...NOTHING,
		name: "baton_recovery_step",
		key: ["recovery_step_id"],
		ofCluster: true,
	},
	saidOfServer("database_instance_downtime", [
		"downtime_active",
		"end_timestamp",
	]),
	saidOfServer("candidate_database_instance", ["last_suggested"]),
	saidOfServer("database_instance_tls", ["required"]),
	saidOfServer("database_instance_pool", ["registered_at"], {
		unique: [...KEY, "pool"],
		key: [...KEY, "pool"],
	}),
	saidOfServer("database_instance_tags", ["last_updated"], {
		unique: [...KEY, "tag_name"],
		key: [...KEY, "tag_name"],
	}),
	saidOfServer("database_instance_maintenance", ["end_timestamp"], {
		unique: ["maintenance_active", ...KEY],
		key: ["database_instance_maintenance_id"],
		older: "end maintenance",
	}),
	saidOfServer("database_instance_stale_binlog_coordinates", ["first_seen"]),
	saidOfServer("database_instance_last_analysis", ["analysis_timestamp"]),
	perInstance("baton_forgotten", ["until_ms"]),
	perInstance("blocked_topology_recovery", ["last_blocked_timestamp"], {
		clusters: ["cluster_name"],
	}),
	perInstance("database_instance_topology_history", undefined, {
		instances: [KEY, MASTER],
		clusters: ["cluster_name"],
		unique: ["snapshot_unix_timestamp", ...KEY],
		key: ["snapshot_unix_timestamp", ...KEY],
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
	period("topology_failure_detection", "detection_id", ["is_actionable"]),
	period(
		"topology_recovery",
		"recovery_id",
		[],
		[["successor_hostname", "successor_port"]],
	),
];

/** What is written in a row that goes to another identity. */
export const toIdentity = (table: MergedTable, identity: unknown): Row => ({
	identity,
	...(table.countsEpoch ? { epoch: 0 } : {}),
});

/** Columns that hold a host, with a port beside them or without. */
export const hostsIn = (table: MergedTable): readonly string[] => [
	...table.instances.map(([host]) => host),
	...table.hosts,
];

import { table } from "./column.ts";

/** What an instance is known by beyond its reference row. Absent for a row that another program wrote. */
export const batonInstance = table({
	name: "baton_instance",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		/** Digest of everything but the check; equal means that nothing else changed. */
		fingerprint: "varchar(64)",
		/** JSON: the last check to the millisecond, and what changes with every probe. */
		probe: "text",
		/** JSON: the fields that have no reference column. Empty when only failed checks are known. */
		detail: "text",
	},
	key: ["hostname", "port"],
});

export const batonCluster = table({
	name: "baton_cluster",
	columns: {
		identity: "varchar(160)",
		cluster_name: "varchar(128)",
		epoch: "bigint",
		created_ms: "bigint",
	},
	key: ["identity"],
	indexes: [
		{ name: "cluster_name_idx_baton_cluster", columns: ["cluster_name"] },
	],
});

export const batonMember = table({
	name: "baton_member",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		identity: "varchar(160)",
	},
	key: ["hostname", "port"],
	indexes: [{ name: "identity_idx_baton_member", columns: ["identity"] }],
});

/** Who was forgotten, and until when nobody brings it back unasked. */
export const batonForgotten = table({
	name: "baton_forgotten",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		until_ms: "bigint",
	},
	key: ["hostname", "port"],
});

/** A further address of a known server, and the name that the server goes by. */
export const batonAlias = table({
	name: "baton_alias",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		canonical_hostname: "varchar(128)",
		canonical_port: "smallint",
		since_ms: "bigint",
		/** JSON: which server the address was proved to be one of. */
		server: "text",
	},
	key: ["hostname", "port"],
	indexes: [
		{
			name: "canonical_idx_baton_alias",
			columns: ["canonical_hostname", "canonical_port"],
		},
	],
});

/** Who is a cluster's primary, by the word of an operation or a person; see src/topology/role.ts. */
export const batonRole = table({
	name: "baton_role",
	columns: {
		identity: "varchar(160)",
		hostname: "varchar(128)",
		port: "smallint",
		/** JSON: what tells the server from another one at its address. */
		server: "text",
		epoch: "bigint",
		word: "varchar(16)",
		since_ms: "bigint",
	},
	key: ["identity"],
});

/** The claim of the operation that holds a cluster; no row when none does. */
export const batonOperation = table({
	name: "baton_operation",
	columns: {
		identity: "varchar(160)",
		epoch: "bigint",
		workflow_id: "varchar(255)",
		run_id: "varchar(128)",
		kind: "varchar(64)",
		started_ms: "bigint",
	},
	key: ["identity"],
});

/** What a running operation plans from, as JSON; see src/engine/pictures.ts. */
export const batonPicture = table({
	name: "baton_operation_picture",
	columns: {
		uid: "varchar(128)",
		identity: "varchar(160)",
		picture: "text",
		/** Another one each time that it is written. */
		revision: "varchar(64)",
	},
	key: ["uid"],
	indexes: [
		{ name: "identity_idx_baton_operation_picture", columns: ["identity"] },
	],
});

/** What persons asked for, once it was begun: nothing is begun twice. */
export const batonRequest = table({
	name: "baton_request",
	columns: {
		/** Of the cluster and the request's own id. */
		request_hash: "varchar(64)",
		run_id: "varchar(128)",
		begun_ms: "bigint",
	},
	key: ["request_hash"],
});

/** The last rolling maintenance of each cluster, running or ended. */
export const batonRolling = table({
	name: "baton_rolling",
	columns: {
		identity: "varchar(160)",
		/** JSON: see src/rolling/status.ts. */
		status: "text",
		updated_ms: "bigint",
	},
	key: ["identity"],
});

/** The newest attempt that asked for a step, in the cluster's present epoch. */
export const batonStepAttempt = table({
	name: "baton_step_attempt",
	columns: {
		identity: "varchar(160)",
		epoch: "bigint",
		step: "varchar(255)",
		attempt: "bigint",
	},
	key: ["identity", "epoch", "step"],
});

export const batonFence = table({
	name: "baton_fence",
	columns: {
		hostname: "varchar(128)",
		port: "smallint",
		identity: "varchar(160)",
		successor: "varchar(160)",
		since_ms: "bigint",
		/** Of the operation that has laid it. 0 for none, and in rows of before version 6. */
		epoch: "bigint",
		state: "varchar(16)",
		note: "text",
		/** JSON: what tells the server from another one at its address. Empty in rows of before version 5. */
		server: "text",
	},
	key: ["hostname", "port"],
});

export const batonDetection = table({
	name: "baton_detection",
	columns: {
		detection_id: "bigint",
		started_ms: "bigint",
		verdict: "text",
	},
	key: ["detection_id"],
});

export const batonRecovery = table({
	name: "baton_recovery",
	columns: {
		recovery_id: "bigint",
		identity: "varchar(160)",
		started_ms: "bigint",
		ended_ms: "bigint",
		acknowledged_ms: "bigint",
	},
	key: ["recovery_id"],
	indexes: [{ name: "identity_idx_baton_recovery", columns: ["identity"] }],
});

export const batonRecoveryStep = table({
	name: "baton_recovery_step",
	columns: {
		recovery_step_id: "bigint",
		at_ms: "bigint",
		/** Of the cluster; empty where it cannot be told, and in rows of before version 7. */
		identity: "varchar(160)",
		/** Of the last step of an operation; empty in others, and in rows of before version 7. */
		outcome: "varchar(16)",
	},
	key: ["recovery_step_id"],
});

/** One row that the health check writes and reads. */
export const batonHealth = table({
	name: "baton_health",
	columns: { anchor: "tinyint", checked_ms: "bigint" },
	key: ["anchor"],
});

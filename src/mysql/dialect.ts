import type { InstanceName } from "../topology/instance-name.ts";
import type { Value } from "./session.ts";

export interface Statement {
	readonly sql: string;
	readonly values: readonly Value[];
}

/** Where a channel shall point. GTID positioning always; the credential only where the server has none of its own. */
export interface ChannelTarget {
	readonly source: InstanceName;
	readonly user?: string;
	readonly password?: string;
	readonly heartbeatSeconds: number;
	/** Use TLS on the channel. */
	readonly tls: boolean;
}

/** Names of the columns of the replica status, which differ by family and version. */
export interface ReplicaStatusColumns {
	readonly sourceHost: string;
	readonly sourcePort: string;
	readonly sourceUser: string;
	readonly sourceUuid: string;
	readonly receiverRunning: string;
	readonly applierRunning: string;
	readonly readFile: string;
	readonly readPosition: string;
	readonly execFile: string;
	readonly execPosition: string;
	readonly secondsBehind: string;
	readonly sslAllowed: string;
	readonly channel: string;
}

/** What is said to one family and version range of servers. Everything outside `dialects/` is the same for all. */
export interface Dialect {
	readonly name: "classic" | "modern" | "mariadb";
	/** One row: identity and settings, with the aliases that {@link file://./probe.ts} reads. */
	readonly identityQuery: string;
	readonly replicaStatus: string;
	readonly replicaStatusColumns: ReplicaStatusColumns;
	/** File and Position of the server's own binary log. */
	readonly binaryLogStatus: string;
	/** Rows with Host and Port. */
	readonly replicas: string;
	/** Rows (name, value) of the global variables and status values about semi-sync and uptime. */
	readonly switchesQuery: string;
	/** Rows (name, value) about the channel's heartbeat: heartbeat_period, heartbeats, and silent_for_us where it is dated. */
	readonly heartbeatQuery: string;
	readonly processesQuery: string;
	readonly stopReceiver: string;
	/**
	 * A global variable, in seconds, that bounds how long stopping a receiver may wait for a hung source; empty where nothing
	 * waits. Whole seconds.
	 */
	readonly stopPatience: string;
	readonly stopReplica: string;
	readonly startReplica: string;
	readonly startApplier: string;
	readonly resetReplicaAll: string;
	/** Only valid while both threads are stopped. Unapplied relay logs are deleted. */
	readonly changeSource: (target: ChannelTarget) => Statement;
	/**
	 * The same for a channel that is positioned by GTID already, while its applier runs: relay logs stay. Undefined where the
	 * server wants both threads stopped.
	 */
	readonly changeReceiver: ((target: ChannelTarget) => Statement) | undefined;
	readonly startReceiver: string;
	/** One row, one column: 0 when everything of the set is applied, otherwise when the seconds ran out. */
	readonly waitApplied: (gtid: string, seconds: number) => Statement;
	/** Statements that make a former primary able to replicate by GTID; given its position. */
	readonly adoptPosition: (gtid: string) => readonly Statement[];
	readonly setReadOnly: (
		on: boolean,
		superReadOnly: boolean,
	) => readonly string[];
	/** One row: user, password of the channel. Empty where a replica does not keep them readable. */
	readonly replicationCredential: string;
}

import type { InstanceName } from "../topology/instance-name.ts";
import type { Value } from "./answer.ts";

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

/** What a poll asks besides identity, replica status and the position of the binary log. Empty where the server knows no such thing. */
export interface PollQueries {
	/** Rows (name, value): those global variables about semi-sync and group replication that exist; which do depends on loaded plugins. */
	readonly pluginVariables: string;
	/** One row: `uptime` in seconds. */
	readonly uptime: string;
	/** Rows (name, value) of status: semi-sync, and whatever else is no variable. Asked of servers with such plugins only, or always. */
	readonly status: string;
	/** Status is asked of servers without such plugins too. */
	readonly isStatusAlwaysAsked: boolean;
	/** Rows (channel, heartbeat_period, heartbeats, silent_for_us). */
	readonly heartbeats: string;
	/** Rows (member_id, host, port, state, role) of the server's replication group; role is empty where the server does not say it here. */
	readonly groupMembers: string;
	/** Rows (host) of the clients that binary logs are sent to. */
	readonly dumps: string;
}

/** One of these privileges is needed for something. */
export interface NeededPrivilege {
	/** As GRANT names them; the first is the one to ask for. */
	readonly anyOf: readonly [string, ...string[]];
	/** `*.*`, `schema.*` or `schema.table`. */
	readonly on: string;
	/** What is not known, or cannot be done, without it. */
	readonly about: string;
	readonly without: string;
	/** Only with this setting. */
	readonly onlyWith?: "show-replicas" | "own-credentials";
}

/** What is said to one family and version range of servers. Everything outside `dialects/` is the same for all. */
export interface Dialect {
	readonly name: "legacy" | "classic" | "modern" | "mariadb";
	/** One row: identity and settings, with the aliases that {@link file://./probe.ts} reads. */
	readonly identityQuery: string;
	readonly replicaStatus: string;
	/** The privilege without which the replica status is refused, as GRANT names it. */
	readonly replicaStatusPrivilege: string;
	readonly replicaStatusColumns: ReplicaStatusColumns;
	/** File and Position of the server's own binary log; no row where it writes none. */
	readonly binaryLogStatus: string;
	/** Rows with Host and Port. */
	readonly replicas: string;
	readonly poll: PollQueries;
	/** What the account needs, for watching and for operations. */
	readonly privileges: readonly NeededPrivilege[];
	/** Rows (name, value) with the heartbeat_period of the default channel. */
	readonly heartbeatQuery: string;
	readonly processesQuery: string;
	/** SHOW RELAYLOG EVENTS of one channel; `where` names file, position and number. */
	readonly relayLogEvents: (channel: string, where: Statement) => Statement;
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

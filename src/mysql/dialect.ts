import type { Value } from "./answer.ts";
import type { ChannelStatements } from "./channel-statements.ts";

export interface Statement {
	readonly sql: string;
	readonly values: readonly Value[];
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
	/** Rows (channel, says) of the errors of parallel appliers, the first that failed first; empty where the status itself has them. */
	readonly workerErrors: string;
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

/** Names of the variables of the source side of semi-sync, which differ by plugin and version. */
export interface SemiSyncVariables {
	readonly enabled: string;
	readonly timeout: string;
	readonly waitPoint: string;
	/** Empty where it is always one. */
	readonly waitForReplicaCount: string;
	/** The status value that counts the replicas that acknowledge. */
	readonly clients: string;
}

/** How it is seen that an applier gets on, and what it waits for. All of them look at the server's appliers together. */
export interface ApplierQueries {
	/** One row: `work`, a number that rises while a transaction is being applied. */
	readonly work: string;
	/** Rows (state): what its threads say that they do, and of a row lock that they wait for one. */
	readonly states: string;
	/** Rows (id, user): sessions that hold what an applier waits for. */
	readonly holders: string;
}

/** What is said to one family and version range of servers. Everything outside `dialects/` is the same for all. */
export interface Dialect extends ChannelStatements {
	readonly name: "legacy" | "classic" | "modern" | "mariadb" | "maxscale";
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
	/** One row: the `period` of the channel's heartbeat. Undefined where the replica status tells it. */
	readonly heartbeatQuery: ((channel: string) => Statement) | undefined;
	/** Rows (id, user, host, command). */
	readonly processesQuery: string;
	readonly applier: ApplierQueries;
	/**
	 * Rows (mark, id, user, host, seconds, holds_up, statement): sessions with a transaction that has written, and sessions that for a
	 * second and more keep a switch to read-only waiting (`holds_up`). A session may have both. What it does now has a mark of its own.
	 */
	readonly openWork: string;
	/** SHOW RELAYLOG EVENTS of one channel; `where` names file, position and number. */
	readonly relayLogEvents: (channel: string, where: Statement) => Statement;
	/** What the server receives it only hands on: it has no applier to be waited for. */
	readonly onlyHandsOn?: true;
	/** The source of a channel can be changed while its applier runs, and then its relay logs stay. */
	readonly keepsRelayLogs: boolean;
	/** `id` of each receiver's thread where stopping one may wait for its source; empty where it waits for nobody. */
	readonly receiversQuery: string;
	/** One row, one column: 0 when everything of the set is applied, otherwise when the seconds ran out. */
	readonly waitApplied: (gtid: string, seconds: number) => Statement;
	/** Statements that make a former primary able to replicate by GTID; given its position. */
	readonly adoptPosition: (gtid: string) => readonly Statement[];
	/** Makes the server so; only `readOnly` counts where there is no super_read_only. */
	readonly setReadOnly: (state: {
		readonly readOnly: boolean;
		readonly superReadOnly: boolean;
	}) => string;
	/**
	 * Holds up the writes of accounts that read_only does not hold up, for as long as the session lasts or until the other statement;
	 * empty where read-only holds up all.
	 */
	readonly holdWrites: string;
	readonly releaseWrites: string;
	/** One row: `gtid`, what the server has applied. */
	readonly position: string;
	/** As they may be called, the likeliest first. */
	readonly semiSyncSource: readonly SemiSyncVariables[];
	/** The switch of the replica side of semi-sync, as it may be called, the likeliest first. */
	readonly semiSyncReplica: readonly string[];
	/** Deletes the binary logs with all that the server knows of GTIDs. */
	readonly resetBinaryLogs: string;
	/** One row: `gtid`, the transaction that the channel's applier failed on. Undefined where the server does not tell it. */
	readonly failedTransaction: ((channel: string) => Statement) | undefined;
	/** Makes the channel's applier pass over what comes next, when it is started. Not for a server with GTIDs of MySQL. */
	readonly skipNext: (channel: string) => readonly Statement[];
	/** One row: `skips`, whether that was said already. */
	readonly skipQuery: string;
	/** One row: user, password, and a text that is not empty with TLS. Empty where a replica does not keep them readable. */
	readonly replicationCredential: string;
	/** Characters that the password of a channel may have. */
	readonly longestPassword: number;
}

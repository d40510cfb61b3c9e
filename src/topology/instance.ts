import { type Check, NEVER_CHECKED, type ProbeFinding } from "./check.ts";
import { type GroupReplication, NO_GROUP } from "./group-replication.ts";
import { foldHost } from "./host.ts";
import { type InstanceName, instanceName } from "./instance-name.ts";
import { NO_SEMI_SYNC, type SemiSync } from "./semi-sync.ts";

export type Flavor = "MySQL" | "MariaDB" | "Percona" | "MaxScale" | "unknown";

export type PromotionRule =
	| "must"
	| "prefer"
	| "neutral"
	| "prefer_not"
	| "must_not";

/** A place in a binary or relay log. `file` is empty when unknown. */
export interface Coordinates {
	readonly file: string;
	/** Bytes from the start of the file. */
	readonly position: number;
}

/** State of a replication thread: −1 no thread, 0 stopped, 1 running, 2 anything else such as "Connecting". */
export type ThreadState = -1 | 0 | 1 | 2;

/** Of the thread that receives and the one that applies. */
export interface ThreadStates {
	readonly receiver: ThreadState;
	readonly applier: ThreadState;
}

/** What a replica says of its (default) channel. An instance that replicates from nobody has {@link NO_REPLICATION}. */
export interface Replication {
	/** Name of the channel (MySQL) or connection (MariaDB); empty for the default one. */
	readonly channel: string;
	/** Empty, or `_` after a reset in the drop-in form; `//host` when detached. */
	readonly sourceHost: string;
	readonly sourcePort: number;
	readonly sourceUuid: string;
	readonly user: string;
	readonly receiver: ThreadState;
	readonly applier: ThreadState;
	/** The same as a row of the store has them, where its flags of running threads tell otherwise; see {@link threadStatesOf}. */
	readonly toldStates?: ThreadStates;
	/** Coordinates in the source's log: received, and applied. */
	readonly readCoordinates: Coordinates;
	readonly execCoordinates: Coordinates;
	readonly relayCoordinates: Coordinates;
	/** MySQL: everything received since the relay log was set up. MariaDB: the receiver's GTID position. */
	readonly retrievedGtid: string;
	readonly lastReceiverError: string;
	readonly lastReceiverErrno: number;
	readonly lastApplierError: string;
	readonly secondsBehind: number | null;
	readonly sqlDelaySeconds: number;
	/** Replicates by Oracle GTID (auto-position), or by MariaDB GTID. */
	readonly usingOracleGtid: boolean;
	readonly usingMariadbGtid: boolean;
	readonly hasFilters: boolean;
	readonly allowTls: boolean;
	/** Heartbeat period of the channel in seconds; 0 when off or unknown. */
	readonly heartbeatPeriodSeconds: number;
	/**
	 * Milliseconds, at the time of the probe and by the replica's own clock, since the receiver last got an event or a
	 * heartbeat; null where the server cannot tell (MariaDB counts heartbeats but does not date them).
	 */
	readonly silentForMs: number | null;
	/** Heartbeats received so far; null when unknown. With {@link readCoordinates} it shows on MariaDB whether the source still speaks. */
	readonly heartbeats: number | null;
}

/** One mysqld as last probed. Plain JSON. An instance that was never reached is {@link unknownInstance}, not a missing value. */
export interface Instance {
	readonly name: InstanceName;
	readonly host: string;
	readonly port: number;
	readonly check: Check;
	readonly uptimeSeconds: number;
	readonly serverId: number;
	readonly serverUuid: string;
	readonly version: string;
	readonly versionComment: string;
	/** First two numbers of the version, `8.4`. */
	readonly majorVersion: string;
	readonly flavor: Flavor;
	readonly readOnly: boolean;
	/** Always false on MariaDB, which has no such switch. */
	readonly superReadOnly: boolean;
	readonly logBin: boolean;
	readonly logReplicaUpdates: boolean;
	readonly binlogFormat: string;
	readonly binlogRowImage: string;
	readonly selfCoordinates: Coordinates;
	/** `gtid_mode` on MySQL; empty on MariaDB. */
	readonly gtidMode: string;
	readonly supportsOracleGtid: boolean;
	/** MySQL: gtid_executed. MariaDB: gtid_current_pos. */
	readonly executedGtid: string;
	/** MariaDB: gtid_binlog_state (every event in the binary logs); empty on MySQL. */
	readonly binlogGtidState: string;
	readonly purgedGtid: string;
	readonly errantGtid: string;
	/** The default channel, or the first by name when there is no default one: the one that places the instance in its cluster. */
	readonly replication: Replication;
	/** Further channels of a multi-source replica, by name. */
	readonly otherChannels: readonly Replication[];
	readonly semiSync: SemiSync;
	readonly group: GroupReplication;
	/** Replicas that the server itself names. */
	readonly replicas: readonly InstanceName[];
	/** How many it sends its binary logs to, whether it can name them or not. 0 where it does not tell. */
	readonly countedReplicas: number;
	/** Lag by ReplicationLagQuery, else seconds behind. */
	readonly lagSeconds: number | null;
	readonly replicationCredentialsAvailable: boolean;
	readonly isBinlogServer: boolean;
	readonly usingPseudoGtid: boolean;
	readonly dataCenter: string;
	readonly region: string;
	readonly environment: string;
	readonly instanceAlias: string;
	readonly promotionRule: PromotionRule;
	readonly suggestedClusterAlias: string;
	readonly clusterDomain: string;
	/** `host:port` of the cluster's primary; changes with it. */
	readonly clusterName: string;
	readonly depth: number;
	readonly isCoMaster: boolean;
	readonly ancestryUuid: string;
	/** What the last good probe could not find out. */
	readonly findings: readonly ProbeFinding[];
}

export const NO_COORDINATES: Coordinates = { file: "", position: 0 };

export const NO_REPLICATION: Replication = {
	channel: "",
	sourceHost: "",
	sourcePort: 0,
	sourceUuid: "",
	user: "",
	receiver: -1,
	applier: -1,
	readCoordinates: NO_COORDINATES,
	execCoordinates: NO_COORDINATES,
	relayCoordinates: NO_COORDINATES,
	retrievedGtid: "",
	lastReceiverError: "",
	lastReceiverErrno: 0,
	lastApplierError: "",
	secondsBehind: null,
	sqlDelaySeconds: 0,
	usingOracleGtid: false,
	usingMariadbGtid: false,
	hasFilters: false,
	allowTls: false,
	heartbeatPeriodSeconds: 0,
	silentForMs: null,
	heartbeats: null,
};

/** The null object of an instance that is named but was never seen. */
export const unknownInstance = (host: string, port: number): Instance => ({
	name: instanceName(host, port),
	host: foldHost(host),
	port,
	check: NEVER_CHECKED,
	uptimeSeconds: 0,
	serverId: 0,
	serverUuid: "",
	version: "",
	versionComment: "",
	majorVersion: "",
	flavor: "unknown",
	readOnly: false,
	superReadOnly: false,
	logBin: false,
	logReplicaUpdates: false,
	binlogFormat: "",
	binlogRowImage: "",
	selfCoordinates: NO_COORDINATES,
	gtidMode: "",
	supportsOracleGtid: false,
	executedGtid: "",
	binlogGtidState: "",
	purgedGtid: "",
	errantGtid: "",
	replication: NO_REPLICATION,
	otherChannels: [],
	semiSync: NO_SEMI_SYNC,
	group: NO_GROUP,
	replicas: [],
	countedReplicas: 0,
	lagSeconds: null,
	replicationCredentialsAvailable: false,
	isBinlogServer: false,
	usingPseudoGtid: false,
	dataCenter: "",
	region: "",
	environment: "",
	instanceAlias: "",
	promotionRule: "neutral",
	suggestedClusterAlias: "",
	clusterDomain: "",
	clusterName: "",
	depth: 0,
	isCoMaster: false,
	ancestryUuid: "",
	findings: [],
});

/** Replicates, or is set up to replicate, from another server. */
export const isReplica = (instance: Instance): boolean =>
	instance.replication.sourceHost !== "" &&
	instance.replication.sourceHost !== "_" &&
	instance.replication.sourcePort !== 0;

/** The source's name, or undefined for a server that replicates from nobody or is detached. */
export const sourceOf = (instance: Instance): InstanceName | undefined =>
	isReplica(instance) && !isDetached(instance)
		? instanceName(
				instance.replication.sourceHost,
				instance.replication.sourcePort,
			)
		: undefined;

/** Replication was broken on purpose by putting `//` before the source's host. */
export const isDetached = (instance: Instance): boolean =>
	instance.replication.sourceHost.startsWith("//");

/**
 * The states of both threads to whoever asks for these and not for whether they run: a row that another program wrote may have
 * both, and not agree with itself.
 */
export const threadStatesOf = ({ replication }: Instance): ThreadStates =>
	replication.toldStates ?? replication;

export const isReplicationRunning = (instance: Instance): boolean =>
	instance.replication.receiver === 1 && instance.replication.applier === 1;

/** As it was last seen, by whoever that was, and not looked at since: what was seen of it counts as that of a server that cannot be reached. */
export const asRemembered = (seen: Instance): Instance => {
	const { seenAtMs } = seen.check;
	return {
		...seen,
		check: {
			...NEVER_CHECKED,
			seenAtMs,
			checkedAtMs: seenAtMs === 0 ? 0 : seenAtMs + 1,
		},
	};
};

/** The last finished check was good. */
export const isLastCheckValid = (instance: Instance): boolean =>
	instance.check.seenAtMs > 0 &&
	instance.check.checkedAtMs <= instance.check.seenAtMs;

export const usesGtid = (instance: Instance): boolean =>
	instance.replication.usingOracleGtid || instance.replication.usingMariadbGtid;

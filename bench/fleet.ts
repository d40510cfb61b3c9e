// Many clusters as they look in production, made up: no server stands behind them.

import { type Check, NEVER_CHECKED } from "../src/topology/check.ts";
import {
	type Instance,
	NO_REPLICATION,
	unknownInstance,
} from "../src/topology/instance.ts";
import { NO_SEMI_SYNC } from "../src/topology/semi-sync.ts";

/** One primary of so many has died. */
const DEAD_EVERY = 50;
const DEAD_FOR_MS = 60_000;

export interface FleetCluster {
	/** The primary's name. */
	readonly name: string;
	/** The primary first. */
	readonly instances: readonly Instance[];
}

/** Clusters of one primary with replicas below it, looked at just before `nowMs`; hosts are `c1-db1.bench` and so on. */
export const fleetOf = (
	clusters: number,
	instances: number,
	nowMs: number,
): FleetCluster[] =>
	Array.from({ length: clusters }, (_, index) =>
		clusterOf(index + 1, instances, nowMs),
	);

const PORT = 3306;

const clusterOf = (
	cluster: number,
	size: number,
	nowMs: number,
): FleetCluster => {
	const isDead = cluster % DEAD_EVERY === 0;
	const primary = primaryOf(cluster, checkAt(nowMs, isDead));
	const replicas = Array.from({ length: size - 1 }, (_, index) =>
		replicaOf(cluster, index + 2, primary, checkAt(nowMs, false), isDead),
	);
	return { name: primary.name, instances: [primary, ...replicas] };
};

const checkAt = (nowMs: number, isDead: boolean): Check => ({
	...NEVER_CHECKED,
	outcome: isDead ? "connection-refused" : "ok",
	checkedAtMs: nowMs,
	attemptedAtMs: nowMs,
	seenAtMs: isDead ? nowMs - DEAD_FOR_MS : nowMs,
	partialSuccess: true,
	error: isDead ? "connection refused" : "",
	latencyMs: 1,
});

const uuidOf = (cluster: number, number: number): string =>
	`00000000-0000-4000-8000-${String(cluster * 100 + number).padStart(12, "0")}`;

const serverOf = (cluster: number, number: number, check: Check): Instance => ({
	...unknownInstance(`c${cluster}-db${number}.bench`, PORT),
	check,
	uptimeSeconds: 86_400,
	serverId: cluster * 100 + number,
	serverUuid: uuidOf(cluster, number),
	version: "8.4.6",
	versionComment: "MySQL Community Server - GPL",
	majorVersion: "8.4",
	flavor: "MySQL",
	logBin: true,
	logReplicaUpdates: true,
	binlogFormat: "ROW",
	binlogRowImage: "FULL",
	selfCoordinates: { file: "binlog.000123", position: 456_789 },
	gtidMode: "ON",
	supportsOracleGtid: true,
	executedGtid: `${uuidOf(cluster, 1)}:1-1000000`,
	semiSync: { ...NO_SEMI_SYNC, available: true },
	dataCenter: `dc${cluster % 3}`,
	clusterName: `c${cluster}-db1.bench:${PORT}`,
	suggestedClusterAlias: `cluster-${cluster}`,
});

const primaryOf = (cluster: number, check: Check): Instance => ({
	...serverOf(cluster, 1, check),
	semiSync: {
		...NO_SEMI_SYNC,
		available: true,
		sourceEnabled: true,
		sourceActive: true,
		waitForReplicaCount: 1,
		clients: 2,
	},
});

const replicaOf = (
	cluster: number,
	number: number,
	primary: Instance,
	check: Check,
	hasLostSource: boolean,
): Instance => ({
	...serverOf(cluster, number, check),
	readOnly: true,
	superReadOnly: true,
	depth: 1,
	lagSeconds: hasLostSource ? null : 0,
	ancestryUuid: primary.serverUuid,
	replication: {
		...NO_REPLICATION,
		sourceHost: primary.host,
		sourcePort: PORT,
		sourceUuid: primary.serverUuid,
		user: "repl",
		receiver: hasLostSource ? 2 : 1,
		applier: 1,
		readCoordinates: primary.selfCoordinates,
		execCoordinates: primary.selfCoordinates,
		relayCoordinates: { file: "relay.000002", position: 4_711 },
		retrievedGtid: primary.executedGtid,
		secondsBehind: hasLostSource ? null : 0,
		usingOracleGtid: true,
		heartbeatPeriodSeconds: 1,
		silentForMs: hasLostSource ? DEAD_FOR_MS : 300,
		heartbeats: 100,
	},
});

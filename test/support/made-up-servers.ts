import {
	ANALYSIS_DEFAULTS,
	type AnalysisSettings,
} from "../../src/analysis/facts.ts";
import type { PlanSettings } from "../../src/planning/plan.ts";
import type { Check, ProbeOutcome } from "../../src/topology/check.ts";
import {
	type Instance,
	NO_REPLICATION,
	type Replication,
	unknownInstance,
} from "../../src/topology/instance.ts";
import { NO_SEMI_SYNC, type SemiSync } from "../../src/topology/semi-sync.ts";
import type { Downtime, Snapshot } from "../../src/topology/snapshot.ts";

// Servers that do not exist, for the pure logic and for workflows whose activities are stood in for. They listen on 3306 where no port is said: `h:3307`.

export const NOW = 1_800_000_000_000;

/** The n-th made-up server UUID. */
export const uuid = (n: number): string =>
	`00000000-0000-0000-0000-${String(n).padStart(12, "0")}`;

/** Transactions 1 to `last` of the primary. */
export const gtids = (last: number): string => `${uuid(1)}:1-${last}`;

/** A check that went well at that time. */
export const seenAt = (atMs: number): Check => ({
	outcome: "ok",
	checkedAtMs: atMs,
	attemptedAtMs: atMs,
	seenAtMs: atMs,
	partialSuccess: false,
	error: "",
	latencyMs: 1,
});

/** A check that failed after a good one, so that the instance is known but not seen now. */
export const failing = (
	outcome: ProbeOutcome,
	error: string = outcome,
): Check => ({
	...seenAt(NOW),
	outcome,
	seenAtMs: NOW - 2_000,
	error,
});

const placeOf = (address: string): [host: string, port: number] => {
	const [host = "", port = "3306"] = address.split(":");
	return [host, Number(port)];
};

/** A server that was seen, and of which nothing is known but what is said here. */
export const seen = (
	address: string,
	rest: Partial<Instance> = {},
	atMs: number = NOW,
): Instance => ({
	...unknownInstance(...placeOf(address)),
	check: seenAt(atMs),
	...rest,
});

/** It writes row events, those that it replicates too. */
export const LOGGING = {
	logBin: true,
	logReplicaUpdates: true,
	binlogFormat: "ROW",
} as const satisfies Partial<Instance>;

/** A channel whose two threads run. */
export const running = (
	source: string,
	rest: Partial<Replication> = {},
): Replication => {
	const [sourceHost, sourcePort] = placeOf(source);
	return {
		...NO_REPLICATION,
		sourceHost,
		sourcePort,
		receiver: 1,
		applier: 1,
		...rest,
	};
};

/** A server that is up, writes row events with GTID and replicates from nobody. */
export const server = (
	address: string,
	serverId: number,
	rest: Partial<Instance> = {},
): Instance =>
	seen(address, {
		...LOGGING,
		serverId,
		serverUuid: uuid(serverId),
		version: "8.4.3",
		flavor: "MySQL",
		gtidMode: "ON",
		supportsOracleGtid: true,
		executedGtid: gtids(100),
		...rest,
	});

export const replicating = (
	source: string,
	rest: Partial<Replication> = {},
): Replication =>
	running(source, {
		sourceUuid: uuid(1),
		user: "repl",
		retrievedGtid: gtids(100),
		usingOracleGtid: true,
		heartbeatPeriodSeconds: 0.5,
		silentForMs: 100,
		...rest,
	});

/** A replica of `p` that replicates without lag. */
export const replica = (
	address: string,
	serverId: number,
	rest: Partial<Instance> = {},
	replication: Partial<Replication> = {},
): Instance =>
	server(address, serverId, {
		readOnly: true,
		superReadOnly: true,
		lagSeconds: 0,
		replication: replicating("p", replication),
		...rest,
	});

/** A receiver that wants to run and cannot reach its source. */
export const LOST_SOURCE: Partial<Replication> = { receiver: 2 };

/** A receiver that somebody stopped. */
export const STOPPED: Partial<Replication> = {
	receiver: 0,
	silentForMs: null,
};

/** A source that waits for one acknowledgement and practically never gives up waiting. */
export const LOSSLESS: SemiSync = {
	...NO_SEMI_SYNC,
	available: true,
	sourceEnabled: true,
	sourceActive: true,
	sourceTimeoutMs: 1_000_000_000,
	waitForReplicaCount: 1,
	waitPoint: "AFTER_SYNC",
	clients: 1,
};

export const ACKER: SemiSync = {
	...NO_SEMI_SYNC,
	available: true,
	replicaEnabled: true,
	replicaActive: true,
};

/** The cluster `c` of primary `p:3306`. */
export const snapshotOf = (
	instances: readonly Instance[],
	rest: Partial<Snapshot> = {},
): Snapshot => ({
	identity: "c",
	clusterName: "p:3306",
	clusterAlias: "shop",
	clusterDomain: "",
	takenAtMs: NOW,
	instances,
	downtimes: [],
	maintained: [],
	staleCoordinates: [],
	...rest,
});

export const downtimeOf = (host: Lowercase<string>): Downtime => ({
	instance: `${host}:3306`,
	owner: "me",
	reason: "upgrade",
	beganAtMs: NOW - 1_000,
	endsAtMs: NOW + 60_000,
});

export const ANALYSIS: AnalysisSettings = {
	...ANALYSIS_DEFAULTS,
	pollSeconds: 1,
};

export const PROMOTION: PlanSettings = {
	appliesPromotion: true,
	catchUpMs: 1_000,
	transactionsMs: 1_000,
	gapMs: 5_000,
	checksLogin: true,
	exactSemiSync: false,
	concurrentMoves: 5,
	noMarkers: "",
	banned: [],
	preventCrossDataCenter: false,
	preventCrossRegion: false,
	maxLagMinutes: 0,
	refuseUnapplied: false,
	mode: "available",
	verifyFilters: false,
	maxMaintenanceLagSeconds: 20,
};

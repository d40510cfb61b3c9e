/** What the replicas of one source have in common and where they differ. */
import { type Instance, isLastCheckValid } from "../topology/instance.ts";

/** Replicas that log what they replicate, and so could be sources themselves; by binary-log format. */
export interface LoggingReplicas {
	readonly count: number;
	readonly statement: number;
	readonly mixed: number;
	readonly row: number;
	readonly majorVersions: number;
}

/** What all reachable replicas have in common; false where none is reachable. */
export interface CommonToReplicas {
	readonly oracleGtid: boolean;
	readonly mariadbGtid: boolean;
	readonly binlogServer: boolean;
}

/** Least and greatest by text; empty where there is no replica. */
export interface GtidModes {
	readonly min: string;
	readonly max: string;
}

export interface ReplicaFacts {
	readonly logging: LoggingReplicas;
	readonly common: CommonToReplicas;
	readonly gtidModes: GtidModes;
	/** Greatest errant set by text; those of downtimed replicas do not count. */
	readonly errant: string;
	readonly semiSyncEnabled: number;
}

const NO_REPLICAS: ReplicaFacts = {
	logging: { count: 0, statement: 0, mixed: 0, row: 0, majorVersions: 0 },
	common: { oracleGtid: false, mariadbGtid: false, binlogServer: false },
	gtidModes: { min: "", max: "" },
	errant: "",
	semiSyncEnabled: 0,
};

const loggingOf = (replicas: readonly Instance[]): LoggingReplicas => {
	const logging = replicas.filter(
		(each) => each.logBin && each.logReplicaUpdates,
	);
	const withFormat = (format: string) =>
		logging.filter((each) => each.binlogFormat === format).length;
	return {
		count: logging.length,
		statement: withFormat("STATEMENT"),
		mixed: withFormat("MIXED"),
		row: withFormat("ROW"),
		majorVersions: new Set(logging.map((each) => each.majorVersion)).size,
	};
};

const commonTo = (replicas: readonly Instance[]): CommonToReplicas => {
	const valid = replicas.filter(isLastCheckValid);
	const every = (test: (each: Instance) => boolean) =>
		valid.length > 0 && valid.every(test);
	return {
		oracleGtid: every((each) => each.replication.usingOracleGtid),
		mariadbGtid: every((each) => each.replication.usingMariadbGtid),
		binlogServer: every((each) => each.isBinlogServer),
	};
};

const extremesOf = (values: readonly string[]): GtidModes => {
	let min = values[0] ?? "";
	let max = min;
	for (const value of values) {
		if (value < min) min = value;
		if (value > max) max = value;
	}
	return { min, max };
};

export const replicaFactsOf = (
	replicas: readonly Instance[],
	isDowntimed: (instance: Instance) => boolean,
): ReplicaFacts =>
	replicas.length === 0
		? NO_REPLICAS
		: {
				logging: loggingOf(replicas),
				common: commonTo(replicas),
				gtidModes: extremesOf(replicas.map((each) => each.gtidMode)),
				errant: extremesOf(
					replicas.map((each) => (isDowntimed(each) ? "" : each.errantGtid)),
				).max,
				semiSyncEnabled: replicas.filter((each) => each.semiSync.replicaEnabled)
					.length,
			};

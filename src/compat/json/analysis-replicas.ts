import type { Instance } from "../../topology/instance.ts";

const seenReplicas = (replicas: readonly Instance[]): Instance[] =>
	replicas.filter(
		({ check }) => check.seenAtMs > 0 && check.checkedAtMs <= check.seenAtMs,
	);

/** How many replicas could be sources themselves, by binary-log format (detection.md §6.2). */
export const loggingCounts = (replicas: readonly Instance[]) => {
	const logging = replicas.filter(
		(each) => each.logBin && each.logReplicaUpdates,
	);
	const withFormat = (format: string) =>
		logging.filter((each) => each.binlogFormat === format).length;
	return {
		CountLoggingReplicas: logging.length,
		CountStatementBasedLoggingReplicas: withFormat("STATEMENT"),
		CountMixedBasedLoggingReplicas: withFormat("MIXED"),
		CountRowBasedLoggingReplicas: withFormat("ROW"),
		CountDistinctMajorVersionsLoggingReplicas: new Set(
			logging.map((each) => each.majorVersion),
		).size,
	};
};

/** What all the reachable replicas have in common. */
export const immediateTopology = (
	instance: Instance,
	replicas: readonly Instance[],
) => {
	const valid = seenReplicas(replicas);
	const every = (test: (each: Instance) => boolean) =>
		valid.length > 0 && valid.every(test);
	return {
		IsBinlogServer: instance.isBinlogServer,
		PseudoGTIDImmediateTopology: instance.usingPseudoGtid,
		OracleGTIDImmediateTopology: every((r) => r.replication.usingOracleGtid),
		MariaDBGTIDImmediateTopology: every((r) => r.replication.usingMariadbGtid),
		BinlogServerImmediateTopology: every((r) => r.isBinlogServer),
	};
};

/** Semi-sync on the source, and how many replicas have their side enabled. */
export const semiSyncPart = (
	{ semiSync }: Instance,
	replicas: readonly Instance[],
) => ({
	SemiSyncMasterEnabled: semiSync.sourceEnabled,
	SemiSyncMasterStatus: semiSync.sourceActive,
	SemiSyncMasterWaitForReplicaCount: semiSync.waitForReplicaCount,
	SemiSyncMasterClients: semiSync.clients,
	CountSemiSyncReplicasEnabled: replicas.filter(
		(each) => each.semiSync.replicaEnabled,
	).length,
});

const extremes = (values: readonly string[]) => {
	const sorted = [...values].sort();
	return { min: sorted[0] ?? "", max: sorted.at(-1) ?? "" };
};

/** GTID modes of the instance and, as text, least and greatest of its replicas. */
export const gtidPart = (instance: Instance, replicas: readonly Instance[]) => {
	const modes = extremes(replicas.map((each) => each.gtidMode));
	return {
		GTIDMode: instance.gtidMode,
		MinReplicaGTIDMode: modes.min,
		MaxReplicaGTIDMode: modes.max,
		MaxReplicaGTIDErrant: extremes(replicas.map((each) => each.errantGtid)).max,
	};
};

import type { Facts } from "../../analysis/facts.ts";

/** How many replicas could be sources themselves, by binary-log format. */
export const loggingCounts = ({ logging }: Facts) => ({
	CountLoggingReplicas: logging.count,
	CountStatementBasedLoggingReplicas: logging.statement,
	CountMixedBasedLoggingReplicas: logging.mixed,
	CountRowBasedLoggingReplicas: logging.row,
	CountDistinctMajorVersionsLoggingReplicas: logging.majorVersions,
});

/** What all the reachable replicas have in common. */
export const immediateTopology = ({ instance, common }: Facts) => ({
	IsBinlogServer: instance.isBinlogServer,
	PseudoGTIDImmediateTopology: instance.usingPseudoGtid,
	OracleGTIDImmediateTopology: common.oracleGtid,
	MariaDBGTIDImmediateTopology: common.mariadbGtid,
	BinlogServerImmediateTopology: common.binlogServer,
});

/** Semi-sync on the source, and how many replicas have their side enabled. */
export const semiSyncPart = ({
	instance: { semiSync },
	semiSyncEnabled,
}: Facts) => ({
	SemiSyncMasterEnabled: semiSync.sourceEnabled,
	SemiSyncMasterStatus: semiSync.sourceActive,
	SemiSyncMasterWaitForReplicaCount: semiSync.waitForReplicaCount,
	SemiSyncMasterClients: semiSync.clients,
	CountSemiSyncReplicasEnabled: semiSyncEnabled,
});

/** GTID modes of the instance and of its replicas. */
export const gtidPart = ({ instance, gtidModes, errant }: Facts) => ({
	GTIDMode: instance.gtidMode,
	MinReplicaGTIDMode: gtidModes.min,
	MaxReplicaGTIDMode: gtidModes.max,
	MaxReplicaGTIDErrant: errant,
});

import type { Facts } from "./facts.ts";

/** Findings about how a topology is built, independent of the analysis code. */
export type StructureWarning =
	| "NoLoggingReplicasStructureWarning"
	| "NoFailoverSupportStructureWarning"
	| "StatementAndMixedLoggingReplicasStructureWarning"
	| "StatementAndRowLoggingReplicasStructureWarning"
	| "MixedAndRowLoggingReplicasStructureWarning"
	| "MultipleMajorVersionsLoggingReplicasStructureWarning"
	| "DifferentGTIDModesStructureWarning"
	| "ErrantGTIDStructureWarning"
	| "NoWriteableMasterStructureWarning"
	| "NotEnoughValidSemiSyncReplicasStructureWarning";

interface StructureRow {
	readonly code: StructureWarning;
	readonly when: (facts: Facts) => boolean;
	/** When it holds, for people. */
	readonly says: string;
}

/** In the order in which they are listed. Members of replication groups have them too. */
export const STRUCTURE: readonly StructureRow[] = [
	{
		code: "NoLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.count > 1 && f.logging.count === 0,
		says: "a primary with several replicas, none of which logs the changes that it replicates",
	},
	{
		code: "NoFailoverSupportStructureWarning",
		when: (f) =>
			f.isPrimary &&
			f.count > 1 &&
			!f.common.oracleGtid &&
			!f.common.mariadbGtid &&
			!f.common.binlogServer &&
			!f.instance.usingPseudoGtid,
		says: "a primary with several replicas that do not all replicate by GTID, and without Pseudo-GTID",
	},
	{
		code: "StatementAndMixedLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.logging.statement > 0 && f.logging.mixed > 0,
		says: "of the logging replicas of a primary some log statements and some mixed",
	},
	{
		code: "StatementAndRowLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.logging.statement > 0 && f.logging.row > 0,
		says: "of the logging replicas of a primary some log statements and some rows",
	},
	{
		code: "MixedAndRowLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.logging.mixed > 0 && f.logging.row > 0,
		says: "of the logging replicas of a primary some log mixed and some rows",
	},
	{
		code: "MultipleMajorVersionsLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.logging.majorVersions > 1,
		says: "the logging replicas of a primary are of several major versions",
	},
	{
		code: "DifferentGTIDModesStructureWarning",
		when: (f) =>
			f.count > 0 &&
			(f.gtidModes.min !== f.instance.gtidMode ||
				f.gtidModes.max !== f.instance.gtidMode),
		says: "a source and one of its replicas differ in `gtid_mode`",
	},
	{
		code: "ErrantGTIDStructureWarning",
		when: (f) => f.errant !== "",
		says: "a replica, not downtimed, has transactions that its source never had",
	},
	{
		code: "NoWriteableMasterStructureWarning",
		when: (f) => f.isPrimary && f.instance.readOnly,
		says: "the primary is read-only",
	},
	{
		code: "NotEnoughValidSemiSyncReplicasStructureWarning",
		when: ({ isPrimary, instance: { semiSync } }) =>
			isPrimary &&
			semiSync.sourceEnabled &&
			!semiSync.sourceActive &&
			semiSync.waitForReplicaCount > 0 &&
			semiSync.clients < semiSync.waitForReplicaCount,
		says: "semi-sync is enabled on the primary, is not in force, and has fewer clients than it waits for",
	},
];

export const structureOf = (facts: Facts): StructureWarning[] =>
	STRUCTURE.filter((row) => row.when(facts)).map((row) => row.code);

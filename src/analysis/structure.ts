import type { Facts } from "./facts.ts";

/** Findings about how a topology is built, independent of the analysis code (detection.md §8). */
export type StructureWarning =
	| "NoLoggingReplicasStructureWarning"
	| "NoFailoverSupportStructureWarning"
	| "ErrantGTIDStructureWarning"
	| "NoWriteableMasterStructureWarning"
	| "NotEnoughValidSemiSyncReplicasStructureWarning";

interface StructureRow {
	readonly code: StructureWarning;
	readonly when: (facts: Facts) => boolean;
}

const logs = (facts: Facts): boolean =>
	facts.replicas.some((each) => each.logBin && each.logReplicaUpdates);

const everyReplicaUsesGtid = (facts: Facts): boolean => {
	const seen = facts.replicas.filter((each) => each.check.seenAtMs > 0);
	return (
		seen.length > 0 &&
		(seen.every((each) => each.replication.usingOracleGtid) ||
			seen.every((each) => each.replication.usingMariadbGtid) ||
			seen.every((each) => each.isBinlogServer))
	);
};

const ROWS: readonly StructureRow[] = [
	{
		code: "NoLoggingReplicasStructureWarning",
		when: (f) => f.isPrimary && f.count > 1 && !logs(f),
	},
	{
		code: "NoFailoverSupportStructureWarning",
		when: (f) =>
			f.isPrimary &&
			f.count > 1 &&
			!everyReplicaUsesGtid(f) &&
			!f.instance.usingPseudoGtid,
	},
	{
		code: "ErrantGTIDStructureWarning",
		when: (f) => f.replicas.some((each) => each.errantGtid !== ""),
	},
	{
		code: "NoWriteableMasterStructureWarning",
		when: (f) => f.isPrimary && f.instance.readOnly,
	},
	{
		code: "NotEnoughValidSemiSyncReplicasStructureWarning",
		when: (f) =>
			f.isPrimary &&
			f.instance.semiSync.sourceEnabled &&
			!f.instance.semiSync.sourceActive &&
			f.instance.semiSync.waitForReplicaCount > 0 &&
			f.instance.semiSync.clients < f.instance.semiSync.waitForReplicaCount,
	},
];

export const structureOf = (facts: Facts): StructureWarning[] =>
	ROWS.filter((row) => row.when(facts)).map((row) => row.code);

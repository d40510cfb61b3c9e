import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { type AnalysisSettings, type Facts, factsOf } from "./facts.ts";
import { type StructureWarning, structureOf } from "./structure.ts";
import { isRecovery, NO_PROBLEM, TAXONOMY } from "./taxonomy.ts";
import type {
	AnalysisCode,
	Condition,
	RecoveryKind,
	TaxonomyRow,
} from "./taxonomy-row.ts";

/** What is wrong with one instance of a snapshot: exactly one code, any number of structure warnings. */
export interface AnalysisEntry {
	readonly instance: InstanceName;
	readonly identity: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly code: AnalysisCode;
	/** The finding in plain words. */
	readonly says: string;
	/** Which kind of recovery the code calls for; `none` where there is none. */
	readonly recovery: RecoveryKind;
	/** The code calls for a recovery and nothing speaks against one. Whether this version has it is policy's to say. */
	readonly isActionable: boolean;
	/** Why a code that has a recovery may not be acted on yet; empty otherwise. */
	readonly notActionableBecause: string;
	readonly structure: readonly StructureWarning[];
	readonly facts: Facts;
	readonly isDowntimed: boolean;
	readonly downtimeEndsAtMs: number;
	readonly isReplicasDowntimed: boolean;
}

/** Downtime of the instance, or of all its replicas where the finding is about them, sets the finding aside. */
export const isSkippable = (entry: AnalysisEntry): boolean =>
	entry.isDowntimed || entry.isReplicasDowntimed;

/** The analysis of every instance of the snapshot, in the order of its instances; entries without any finding included. */
export const analyse = (
	snapshot: Snapshot,
	settings: AnalysisSettings,
): AnalysisEntry[] =>
	factsOf(snapshot, settings).map((facts) => entryOf(snapshot, facts));

/** Only the entries that say something. */
export const findings = (entries: readonly AnalysisEntry[]): AnalysisEntry[] =>
	entries.filter(
		(entry) => entry.code !== "NoProblem" || entry.structure.length > 0,
	);

const testOf =
	(facts: Facts) =>
	(each: Condition): boolean =>
		each.test(facts);

const rowOf = (facts: Facts): TaxonomyRow => {
	// One closure for all rows: one for each of them is most of what an analysis throws away.
	const holds = testOf(facts);
	return TAXONOMY.find((each) => each.when.every(holds)) ?? NO_PROBLEM;
};

/** The reference does not analyse an instance under maintenance at all: here it is shown, and left alone. */
const heldBack = (row: TaxonomyRow, facts: Facts): string => {
	if (row.recovery === "none") return "";
	if (facts.isMaintained && isRecovery(row.recovery))
		return `${facts.instance.name} is under maintenance: nothing is done to it until that ends; use end-maintenance`;
	return row.heldBack?.(facts) ?? "";
};

const entryOf = (snapshot: Snapshot, facts: Facts): AnalysisEntry => {
	const row = rowOf(facts);
	const because = heldBack(row, facts);
	return {
		instance: facts.instance.name,
		identity: snapshot.identity,
		clusterName: snapshot.clusterName,
		clusterAlias: snapshot.clusterAlias,
		code: row.code,
		says: row.says(facts),
		recovery: row.recovery,
		isActionable: isRecovery(row.recovery) && because === "",
		notActionableBecause: because,
		structure: structureOf(facts),
		facts,
		isDowntimed: facts.isDowntimed,
		downtimeEndsAtMs: facts.downtimeEndsAtMs,
		isReplicasDowntimed:
			row.aboutReplicas === true &&
			facts.count > 0 &&
			facts.count === facts.downtimed,
	};
};

import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { type AnalysisSettings, type Facts, factsOf } from "./facts.ts";
import { type StructureWarning, structureOf } from "./structure.ts";
import {
	type AnalysisCode,
	NO_PROBLEM,
	TAXONOMY,
	type TaxonomyRow,
} from "./taxonomy.ts";

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
	readonly recovery: TaxonomyRow["recovery"];
	/** A recovery may act on it now. */
	readonly isActionable: boolean;
	/** Why a code that has a recovery may not be acted on yet; empty otherwise. */
	readonly notActionableBecause: string;
	readonly structure: readonly StructureWarning[];
	readonly facts: Facts;
	readonly isDowntimed: boolean;
	readonly downtimeEndsAtMs: number;
	readonly isReplicasDowntimed: boolean;
}

/** Downtime of the instance, or of all its replicas where the finding is about them, sets the finding aside (detection.md §9). */
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

const entryOf = (snapshot: Snapshot, facts: Facts): AnalysisEntry => {
	const row = TAXONOMY.find((each) => each.when(facts)) ?? NO_PROBLEM;
	const downtime = snapshot.downtimes.find(
		(each) => each.instance === facts.instance.name,
	);
	const because = row.recovery === "none" ? "" : (row.heldBack?.(facts) ?? "");
	return {
		instance: facts.instance.name,
		identity: snapshot.identity,
		clusterName: snapshot.clusterName,
		clusterAlias: snapshot.clusterAlias,
		code: row.code,
		says: row.says(facts),
		recovery: row.recovery,
		isActionable: row.recovery === "primary" && because === "",
		notActionableBecause: because,
		structure: structureOf(facts),
		facts,
		isDowntimed: downtime !== undefined,
		downtimeEndsAtMs: downtime?.endsAtMs ?? 0,
		isReplicasDowntimed:
			row.aboutReplicas === true &&
			facts.count > 0 &&
			facts.count === facts.downtimed,
	};
};

import { splitName } from "../topology/instance-name.ts";
import { type AnalysisEntry, isSkippable } from "./analysis.ts";
import type { Facts } from "./facts.ts";

/** What the configuration leaves out of the analysis. */
export interface ListingRules {
	/** RecoveryIgnoreHostnameFilters, searched in the host name alone. */
	readonly isIgnored: (host: string) => boolean;
	/** ReduceReplicationAnalysisCount. */
	readonly reduced: boolean;
}

/** What the caller wants to have in it. */
interface Wanted {
	readonly downtimed: boolean;
	/** Entries without any finding as well. */
	readonly withoutProblem?: boolean;
}

/** It could be in trouble: itself, or by its replicas. In practice all but healthy leaves. */
const isConcerned = (f: Facts): boolean =>
	!f.lastCheckValid || f.isFailingToConnect || f.count > 0;

const byImportance = (a: AnalysisEntry, b: AnalysisEntry): number =>
	Number(b.facts.isPrimary) - Number(a.facts.isPrimary) ||
	Number(b.instance === b.clusterName) - Number(a.instance === a.clusterName) ||
	b.facts.count - a.facts.count;

/**
 * The analysis as it is told, the same for the command line, the API and the watcher: without what says
 * nothing, what the configuration ignores, and, unless wanted, what a downtime sets aside. Primaries first, then the instance
 * that its cluster is named after, then by number of replicas. Leaving out healthy leaves never hides a code: a primary that
 * lost its last replica and waits for acknowledgements stays.
 */
export const listed = (
	entries: readonly AnalysisEntry[],
	rules: ListingRules,
	wanted: Wanted,
): AnalysisEntry[] =>
	entries
		.filter(
			(entry) =>
				(wanted.withoutProblem === true ||
					entry.code !== "NoProblem" ||
					entry.structure.length > 0) &&
				(!rules.reduced ||
					entry.code !== "NoProblem" ||
					isConcerned(entry.facts)) &&
				!rules.isIgnored(splitName(entry.instance).host) &&
				(wanted.downtimed || !isSkippable(entry)),
		)
		.sort(byImportance);

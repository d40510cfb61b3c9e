import { type AnalysisEntry, isSkippable } from "../../analysis/analysis.ts";
import type { Coordinates } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";

/** `replica<source` (cli.md §0). */
export const belowLine = (
	replica: InstanceName,
	source: InstanceName,
): string => `${replica}<${source}`;

/** `mysql-bin.000167:137086726` */
export const coordinatesText = (coordinates: Coordinates): string =>
	`${coordinates.file}:${coordinates.position}`;

/** `db1:3306 (cluster db1:3306): DeadMaster, NoLoggingReplicasStructureWarning` (cli.md §7.8). */
export const analysisLine = (entry: AnalysisEntry): string => {
	const codes = [
		...(entry.code === "NoProblem" ? [] : [entry.code]),
		...entry.structure,
	];
	return `${entry.instance} (cluster ${entry.clusterName}): ${codes.join(", ")}`;
};

/**
 * The entries that `replication-analysis` shows: those that say something, without downtimed ones, primaries first, then
 * the instance that its cluster is named after, then by number of replicas (detection.md §6.1, §9).
 */
export const listedEntries = (
	entries: readonly AnalysisEntry[],
): AnalysisEntry[] =>
	entries
		.filter((entry) => entry.code !== "NoProblem" || entry.structure.length > 0)
		.filter((entry) => !isSkippable(entry))
		.sort(
			(a, b) =>
				Number(b.facts.isPrimary) - Number(a.facts.isPrimary) ||
				Number(b.instance === b.clusterName) -
					Number(a.instance === a.clusterName) ||
				b.facts.count - a.facts.count,
		);

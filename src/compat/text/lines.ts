import type { AnalysisEntry } from "../../analysis/analysis.ts";
import type { Coordinates } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";

/** `replica<source`. */
export const belowLine = (
	replica: InstanceName,
	source: InstanceName,
): string => `${replica}<${source}`;

/** `mysql-bin.000167:137086726` */
export const coordinatesText = (coordinates: Coordinates): string =>
	`${coordinates.file}:${coordinates.position}`;

/** `db1:3306 (cluster db1:3306): DeadMaster, NoLoggingReplicasStructureWarning`. */
export const analysisLine = (entry: AnalysisEntry): string => {
	const codes = [
		...(entry.code === "NoProblem" ? [] : [entry.code]),
		...entry.structure,
	];
	return `${entry.instance} (cluster ${entry.clusterName}): ${codes.join(", ")}`;
};

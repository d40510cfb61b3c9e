import { ANALYSIS, snapshotOf } from "../../test/workflows/made-up-cluster.ts";
import type { Instance } from "../topology/instance.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { type AnalysisEntry, analyse } from "./analysis.ts";
import type { AnalysisSettings } from "./facts.ts";

/** The analysis of the first of the instances. */
export const entryOf = (
	instances: readonly Instance[],
	rest: Partial<Snapshot> = {},
	settings: Partial<AnalysisSettings> = {},
): AnalysisEntry => {
	const snapshot = snapshotOf(instances, rest);
	const entry = analyse(snapshot, { ...ANALYSIS, ...settings })[0];
	if (entry === undefined) throw new Error("no entry");
	return entry;
};

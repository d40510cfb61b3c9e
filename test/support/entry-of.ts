import { type AnalysisEntry, analyse } from "../../src/analysis/analysis.ts";
import type { AnalysisSettings } from "../../src/analysis/facts.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { ANALYSIS, snapshotOf } from "./made-up-servers.ts";

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

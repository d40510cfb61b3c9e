import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import { analysisSettings } from "../config/analysis-settings.ts";
import type { Configuration } from "../config/keys.ts";
import { snapshotsOfStore } from "../reading/snapshots-of-store.ts";
import type { Store } from "../store/contract.ts";

/** The analysis of every known instance. */
export const analysisOfStore = async (
	store: Store,
	configuration: Configuration,
	nowMs: number,
): Promise<readonly AnalysisEntry[]> => {
	const settings = analysisSettings(configuration);
	const snapshots = await snapshotsOfStore(store, nowMs);
	return snapshots.flatMap((snapshot) => analyse(snapshot, settings));
};

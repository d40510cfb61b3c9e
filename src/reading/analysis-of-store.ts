import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import type { Store } from "../store/contract.ts";
import { snapshotsOfCluster, snapshotsOfStore } from "./snapshots-of-store.ts";

/** The analysis of every known instance. @param clusterName of those of this cluster alone */
export const analysisOfStore = async (
	store: Store,
	settings: AnalysisSettings,
	nowMs: number,
	clusterName?: string,
): Promise<readonly AnalysisEntry[]> => {
	const snapshots =
		clusterName === undefined
			? await snapshotsOfStore(store, nowMs)
			: await snapshotsOfCluster(store, clusterName, nowMs);
	return snapshots.flatMap((snapshot) => analyse(snapshot, settings));
};

import type { Snapshot } from "../topology/snapshot.ts";
import type { Watcher } from "./watcher.ts";

/** The watchers that run in this process: operations look at clusters through their connections. */
export const createWatchedClusters = () => {
	const watchers = new Set<Watcher>();
	return {
		began: (watcher: Watcher): void => {
			watchers.add(watcher);
		},
		ended: (watcher: Watcher): void => {
			watchers.delete(watcher);
		},
		/** The cluster as it is now; undefined when no watcher of this process has it whole. */
		lookNow: async (identity: string): Promise<Snapshot | undefined> => {
			for (const watcher of watchers) {
				const snapshot = await watcher.lookNow(identity);
				if (snapshot !== undefined) return snapshot;
			}
			return undefined;
		},
	};
};

export type WatchedClusters = ReturnType<typeof createWatchedClusters>;

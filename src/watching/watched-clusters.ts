import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { Watcher } from "./watcher.ts";

/** The watchers that run in this process: operations look at clusters through their connections. */
export const createWatchedClusters = (
	/** Told which servers they watch, all together, when that changes. */
	onServers: (names: readonly InstanceName[]) => void,
) => {
	const watched = new Map<Watcher, readonly InstanceName[]>();
	const tell = (): void => onServers([...watched.values()].flat());
	return {
		began: (watcher: Watcher): void => {
			watched.set(watcher, []);
		},
		ended: (watcher: Watcher): void => {
			watched.delete(watcher);
			tell();
		},
		watches: (watcher: Watcher, names: readonly InstanceName[]): void => {
			if (!watched.has(watcher)) return;
			watched.set(watcher, names);
			tell();
		},
		/** The cluster as it is now; undefined when no watcher of this process has it whole. */
		lookNow: async (
			...asked: Parameters<Watcher["lookNow"]>
		): Promise<Snapshot | undefined> => {
			for (const watcher of watched.keys()) {
				const snapshot = await watcher.lookNow(...asked);
				if (snapshot !== undefined) return snapshot;
			}
			return undefined;
		},
		/** Whoever reads the store afterwards finds the cluster as it is now. */
		settle: async (identity: string): Promise<void> => {
			await Promise.all(
				[...watched.keys()].map((watcher) => watcher.settle(identity)),
			);
		},
	};
};

export type WatchedClusters = ReturnType<typeof createWatchedClusters>;

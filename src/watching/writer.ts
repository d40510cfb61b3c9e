import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";

interface WriterDeps {
	readonly store: Store;
	readonly onStored: () => void;
	readonly log: { info(text: string): void };
}

/** Carries what a watcher saw into the store, in batches: a store that is slow or away holds nothing else up. */
export interface Writer {
	changed(cluster: ClusterWatch, name: InstanceName): void;
	flush(): Promise<void>;
	/** Brings the cluster's recorded primary and alias in line with what is seen. */
	settle(cluster: ClusterWatch): Promise<void>;
	forget(name: InstanceName): void;
	/** Was forgotten by an operator while it was watched: its source may still name it for a while. */
	isForgotten(name: InstanceName): boolean;
}

export const createWriter = (deps: WriterDeps): Writer => {
	const dirty = new Map<ClusterWatch, Set<InstanceName>>();
	const forgotten = new Set<InstanceName>();
	const aliases = new Map<string, string>();

	return {
		changed: (cluster, name) => {
			const names = dirty.get(cluster);
			if (names === undefined) dirty.set(cluster, new Set([name]));
			else names.add(name);
		},
		flush: async () => {
			if (dirty.size === 0) return;
			const batch = [...dirty];
			dirty.clear();
			try {
				await deps.store.inventory.save(
					batch.flatMap(([cluster, names]) =>
						cluster.instances().filter((each) => names.has(each.name)),
					),
				);
			} catch (error) {
				for (const [cluster, names] of batch) {
					const later = dirty.get(cluster) ?? new Set();
					for (const name of names) later.add(name);
					dirty.set(cluster, later);
				}
				throw error;
			}
			deps.onStored();
		},
		settle: async (cluster) => {
			const primary = cluster.presentPrimary();
			if (
				primary !== undefined &&
				primary !== cluster.view.clusterName &&
				cluster.isComplete
			) {
				await deps.store.clusters.rename(cluster.identity, primary);
				deps.log.info(`the primary of ${cluster.identity} is ${primary} now`);
			}
			const alias =
				cluster
					.instances()
					.find((each) => each.name === (primary ?? cluster.view.clusterName))
					?.suggestedClusterAlias ?? "";
			if (alias !== "" && aliases.get(cluster.identity) !== alias) {
				await deps.store.clusters.setSuggestedAlias(
					primary ?? cluster.view.clusterName,
					alias,
				);
				aliases.set(cluster.identity, alias);
			}
		},
		forget: (name) => {
			forgotten.add(name);
			// A minute is long enough for SHOW REPLICAS of its source to let go of it, and short enough for a second thought.
			setTimeout(() => forgotten.delete(name), 60_000).unref();
		},
		isForgotten: (name) => forgotten.has(name),
	};
};

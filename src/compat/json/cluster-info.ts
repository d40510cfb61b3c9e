import { matchesClusterFilters } from "../../config/filters.ts";

/** The filters that say which clusters recover by themselves. */
export interface RecoveryFilters {
	readonly RecoverMasterClusterFilters: readonly string[];
	readonly RecoverIntermediateMasterClusterFilters: readonly string[];
}

interface ClusterFacts {
	readonly clusterName: string;
	readonly alias: string;
	readonly domain: string;
	readonly countInstances?: number;
}

/** orchestrator's `ClusterInfo`. The alias falls back to the name; the heuristic lag is always 0. */
export const clusterInfoJson = (
	cluster: ClusterFacts,
	filters: RecoveryFilters,
) => {
	// As policy asks it, by the alias as it is recorded.
	const named = { name: cluster.clusterName, alias: cluster.alias };
	return {
		ClusterName: cluster.clusterName,
		ClusterAlias: cluster.alias || cluster.clusterName,
		ClusterDomain: cluster.domain,
		CountInstances: cluster.countInstances ?? 0,
		HeuristicLag: 0,
		HasAutomatedMasterRecovery: matchesClusterFilters(
			filters.RecoverMasterClusterFilters,
			named,
		),
		HasAutomatedIntermediateMasterRecovery: matchesClusterFilters(
			filters.RecoverIntermediateMasterClusterFilters,
			named,
		),
	};
};

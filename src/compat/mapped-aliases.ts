import type { Configuration } from "../config/keys.ts";
import { aliasesByName } from "../discovery/aliases.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";

type NameMap = Configuration["ClusterNameToAlias"];

/** Compiled anew when the configuration was read again. */
const lookupOf = (map: () => NameMap): ((clusterName: string) => string) => {
	let compiled: { of: NameMap; alias: (clusterName: string) => string } = {
		of: {},
		alias: () => "",
	};
	return (clusterName) => {
		const of = map();
		if (compiled.of !== of) compiled = { of, alias: aliasesByName(of) };
		return compiled.alias(clusterName);
	};
};

/**
 * The store, whose clusters without an alias in the table show the one that ClusterNameToAlias has for their name, and are
 * found by it. A node writes that alias into the table; this is for the time before, and for stores of others.
 */
export const withMappedAliases = (store: Store, map: () => NameMap): Store => {
	const aliasOf = lookupOf(map);
	const mapped = <Cluster extends ClusterRecord>(cluster: Cluster): Cluster =>
		cluster.alias === cluster.clusterName
			? { ...cluster, alias: aliasOf(cluster.clusterName) || cluster.alias }
			: cluster;
	const { clusters } = store;
	const all: typeof clusters.all = async () =>
		(await clusters.all()).map(mapped);
	return {
		...store,
		tentatively: (work) =>
			store.tentatively((within) => work(withMappedAliases(within, map))),
		clusters: {
			...clusters,
			all,
			byIdentity: async (identity) => {
				const found = await clusters.byIdentity(identity);
				return found && mapped(found);
			},
			resolve: async (hint, defaultPort) => {
				const found = await clusters.resolve(hint, defaultPort);
				if (found !== undefined) return mapped(found);
				return (await all()).find((each) => each.alias === hint);
			},
		},
	};
};

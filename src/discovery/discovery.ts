import { createHostFilter } from "../config/filters.ts";
import type { Configuration } from "../config/keys.ts";
import { patternMatches } from "../config/pattern.ts";
import { BatonError } from "../errors.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Discovery } from "../planning/operation.ts";
import type { Store } from "../store/contract.ts";
import { derive } from "../topology/derive.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";

export interface DiscoveryDeps {
	readonly store: Store;
	readonly servers: Servers;
	readonly config: () => Configuration;
}

/** Bound of one crawl, so that a server which names thousands cannot send us everywhere. */
const MOST_INSTANCES = 5_000;
const AT_ONCE = 16;

/** Whom not to follow (config.md §7). */
export const ignoring = (config: Configuration) => {
	const any = createHostFilter(config.DiscoveryIgnoreHostnameFilters);
	const replica = createHostFilter(
		config.DiscoveryIgnoreReplicaHostnameFilters,
	);
	const source = createHostFilter(config.DiscoveryIgnoreMasterHostnameFilters);
	return (name: InstanceName, as: "any" | "replica" | "source"): boolean => {
		const at = splitName(name);
		return (
			any(at) ||
			(as === "replica" && replica(at)) ||
			(as === "source" && source(at))
		);
	};
};

/** The cluster name, and all known instances that hang together with this one. */
const clusterAround = async (
	store: Store,
	instance: Instance,
): Promise<{
	clusterName: string;
	members: InstanceName[];
	derived: Instance;
}> => {
	const others = (await store.inventory.all()).filter(
		(each) => each.name !== instance.name,
	);
	const all = derive([...others, instance]);
	const derived = all.find((each) => each.name === instance.name) ?? instance;
	return {
		derived,
		clusterName: derived.clusterName,
		members: [
			...all
				.filter(
					(each) =>
						each.clusterName === derived.clusterName &&
						each.name !== instance.name,
				)
				.map((each) => each.name),
			instance.name,
		],
	};
};

export const createDiscovery = (deps: DiscoveryDeps): Discovery => {
	const discover: Discovery["discover"] = async (name) => {
		if (ignoring(deps.config())(name, "any"))
			throw new BatonError(
				"Refused",
				`${name} matches DiscoveryIgnoreHostnameFilters: it is never probed`,
			);
		const known = await deps.store.inventory.get(name);
		const seen = await deps.servers.look(name, known);
		if (!isLastCheckValid(seen)) {
			if (known !== undefined) await deps.store.inventory.save([seen]);
			throw new BatonError("ServerUnreachable", `${name}: ${seen.check.error}`);
		}
		const { clusterName, members, derived } = await clusterAround(
			deps.store,
			seen,
		);
		await deps.store.inventory.save([derived]);
		await deps.store.clusters.adopt(clusterName, members);
		await nameAlias(deps, derived, clusterName);
		return derived;
	};

	return {
		discover,
		crawl: async (start) => {
			const ignores = ignoring(deps.config());
			const seen = new Set<InstanceName>();
			let next = [start];
			while (next.length > 0 && seen.size < MOST_INSTANCES) {
				const batch = next.splice(0, AT_ONCE).filter((name) => !seen.has(name));
				for (const name of batch) seen.add(name);
				const found = await Promise.all(
					batch.map((name) =>
						discover(name).catch((error: unknown) => {
							// The first one must answer; what it names may be down and is then known by name only.
							if (name === start) throw error;
							return undefined;
						}),
					),
				);
				next = next.concat(
					found
						.flatMap((each) => neighbours(each, ignores))
						.filter((name) => !seen.has(name)),
				);
			}
		},
	};
};

const neighbours = (
	instance: Instance | undefined,
	ignores: ReturnType<typeof ignoring>,
): InstanceName[] => {
	if (instance === undefined) return [];
	const source = sourceOf(instance);
	return [
		...instance.replicas.filter((name) => !ignores(name, "replica")),
		...(source === undefined || ignores(source, "source") ? [] : [source]),
	].filter((name) => !ignores(name, "any"));
};

/** The alias that the server suggests, else the configuration's ClusterNameToAlias (detection.md §4.4). */
const nameAlias = async (
	deps: DiscoveryDeps,
	instance: Instance,
	clusterName: string,
): Promise<void> => {
	const mapped = Object.entries(deps.config().ClusterNameToAlias).find(
		([pattern]) => patternMatches(pattern, clusterName),
	)?.[1];
	const alias =
		instance.suggestedClusterAlias !== ""
			? instance.suggestedClusterAlias
			: mapped;
	if (
		alias !== undefined &&
		alias !== "" &&
		(instance.name === clusterName || instance.suggestedClusterAlias === "")
	)
		await deps.store.clusters.setSuggestedAlias(clusterName, alias);
	if (instance.clusterDomain !== "" && instance.name === clusterName)
		await deps.store.clusters.setDomain(clusterName, instance.clusterDomain);
};

/** Names as people give them, resolved against what is known: one way for both surfaces. */
import { errors } from "../errors.ts";
import type {
	ClusterRecord,
	ClusterSummary,
	Store,
} from "../store/contract.ts";
import {
	type HostPort,
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import { clusterOfAlias, nearClusters } from "./clusters.ts";
import { fuzzyMatch } from "./instances.ts";

export interface NamesDeps {
	readonly store: () => Promise<
		Pick<Store, "inventory" | "clusters" | "aliases">
	>;
	/** HostnameResolveMethod, applied to a host that a person named. @throws when it does not resolve */
	readonly resolveHost: (target: HostPort) => Promise<string>;
	readonly defaultPort: () => number;
}

export interface Names {
	/** With the host's resolved name. Two slashes mark a detached host, which is never resolved. */
	literal(name: InstanceName): Promise<InstanceName>;
	/** The name by which a server goes that is known by this address; else the name as it is. */
	canonical(name: InstanceName): Promise<InstanceName>;
	/** The known instance that is meant, exactly, by another address of it or by a part of its host; else the name as it is. */
	completed(name: InstanceName): Promise<InstanceName>;
	/** {@link literal}, then {@link completed}. */
	instance(name: InstanceName): Promise<InstanceName>;
	/** By name, alias, identity or one of its instances. @throws BatonError UnknownCluster */
	cluster(hint: string): Promise<ClusterRecord>;
	/** By alias or name. @throws BatonError UnknownCluster */
	clusterOfAlias(alias: string): Promise<ClusterSummary>;
}

export const createNames = (deps: NamesDeps): Names => {
	const literal = async (name: InstanceName): Promise<InstanceName> => {
		const target = splitName(name);
		if (target.host.startsWith("//")) return name;
		return instanceName(await deps.resolveHost(target), target.port);
	};

	const canonical = async (name: InstanceName): Promise<InstanceName> =>
		(await deps.store()).aliases.nameOf(name);

	const completed = async (name: InstanceName): Promise<InstanceName> => {
		const { inventory } = await deps.store();
		if ((await inventory.get(name)) !== undefined) return name;
		const other = await canonical(name);
		return other === name ? fuzzyMatch(name, await inventory.names()) : other;
	};

	return {
		literal,
		canonical,
		completed,
		instance: async (name) => completed(await literal(name)),
		cluster: async (hint) => {
			const { clusters } = await deps.store();
			const found =
				hint === ""
					? undefined
					: await clusters.resolve(hint, deps.defaultPort());
			if (found !== undefined) return found;
			throw errors.clusterNotDetermined({
				hint,
				near: nearClusters(await clusters.all(), hint),
			});
		},
		clusterOfAlias: async (alias) => {
			const { clusters } = await deps.store();
			const known = await clusters.all();
			const found = clusterOfAlias(known, alias);
			if (found !== undefined) return found;
			throw errors.unknownAlias({ alias, near: nearClusters(known, alias) });
		},
	};
};

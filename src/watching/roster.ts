import type { Forgotten } from "../discovery/forgotten.ts";
import {
	asRemembered,
	type Instance,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { ClusterWatch } from "./cluster-watch.ts";
import { type KeptDeps, KeptInstance } from "./kept-instance.ts";
import type { StoreReading } from "./store-view.ts";

interface RosterDeps {
	readonly nowMs: () => number;
	readonly forgotten: Forgotten;
	readonly isMine: (identity: string) => boolean;
	/** DiscoveryIgnoreHostnameFilters: never probed. */
	readonly isIgnored: (name: InstanceName) => boolean;
	readonly keptDeps: () => KeptDeps;
}

/**
 * Which instances this watcher watches, and in which cluster.
 * 1. An instance is watched in one cluster, over one kept connection.
 * 2. What the store has of it counts until it was looked at here: one that cannot be reached from the beginning is still the server that it
 *    was, below the source and with the settings that were last seen.
 * 3. What was found here and is on its way into the store stays, until a reading that began after it arrived.
 */
export const createRoster = (deps: RosterDeps) => {
	const clusters = new Map<string, ClusterWatch>();
	const homes = new Map<InstanceName, ClusterWatch>();
	/** Found here: when it was in the store, Infinity before. */
	const arriving = new Map<InstanceName, number>();
	const { forgotten } = deps;
	let stored: Pick<StoreReading, "homes" | "membersOf"> = {
		homes: new Map(),
		membersOf: new Map(),
	};

	const drop = (name: InstanceName): void => {
		const cluster = homes.get(name);
		cluster?.members.get(name)?.close();
		cluster?.remove(name);
		homes.delete(name);
	};

	// What was forgotten takes part in nothing from then on, however soon the next failover is.
	const unfollow = forgotten.follow(drop);

	const watch = (
		cluster: ClusterWatch,
		name: InstanceName,
		known?: Instance,
	): void => {
		const home = homes.get(name);
		if (home === cluster) return;
		if (home !== undefined) drop(name);
		const { host, port } = splitName(name);
		cluster.add(
			new KeptInstance(
				known === undefined ? unknownInstance(host, port) : asRemembered(known),
				deps.keptDeps(),
			),
		);
		homes.set(name, cluster);
	};

	/** Members that the store has, or will have. */
	const isStaying = (
		name: InstanceName,
		cluster: ClusterWatch,
		reading: StoreReading,
	): boolean =>
		reading.homes.get(name) === cluster.identity ||
		(arriving.get(name) ?? 0) >= reading.startedMs;

	/** Who is in no cluster any more was forgotten by somebody. */
	const leave = (reading: StoreReading): void => {
		for (const [name, cluster] of homes) {
			const stays = isStaying(name, cluster, reading) && !deps.isIgnored(name);
			if (stays && deps.isMine(cluster.identity)) continue;
			drop(name);
			if (!reading.homes.has(name)) forgotten.add(name);
		}
		for (const [name, sinceMs] of arriving)
			if (sinceMs < reading.startedMs) arriving.delete(name);
		const known = new Set(reading.views.map(({ identity }) => identity));
		for (const [identity, cluster] of clusters)
			if (!known.has(identity) && cluster.members.size === 0)
				clusters.delete(identity);
	};

	return {
		clusters: () => clusters.values(),
		names: (): InstanceName[] => [...homes.keys()],
		clusterNamed: (identity: string): ClusterWatch | undefined =>
			clusters.get(identity),
		clusterOf: (name: InstanceName): ClusterWatch | undefined =>
			homes.get(name),
		/** Identity of the cluster that it belongs to, watched here or not. */
		identityOf: (name: InstanceName): string | undefined =>
			homes.get(name)?.identity ?? stored.homes.get(name),
		/** No other server belongs to its cluster. */
		isAlone: (name: InstanceName): boolean => {
			const cluster = homes.get(name);
			const members =
				cluster === undefined
					? stored.membersOf.get(stored.homes.get(name) ?? "")?.length
					: cluster.members.size;
			return members === 1;
		},
		/** The clusters in which somebody whom it would watch, and does not yet, is in the store. */
		withNewcomers: (reading: Omit<StoreReading, "known">): Set<string> =>
			new Set(
				[...reading.homes].flatMap(([name, identity]) =>
					deps.isMine(identity) &&
					homes.get(name)?.identity !== identity &&
					!deps.isIgnored(name)
						? [identity]
						: [],
				),
			),
		isForgotten: forgotten.has,
		watch,
		drop,
		/** It is watched from now on, and on its way into the store. */
		arrives: (cluster: ClusterWatch, name: InstanceName): void => {
			arriving.set(name, Number.POSITIVE_INFINITY);
			watch(cluster, name);
		},
		hasArrived: (name: InstanceName): void => {
			arriving.set(name, deps.nowMs());
		},
		/** Brings it in line with the store. */
		update: (reading: StoreReading): void => {
			stored = reading;
			for (const { identity, view } of reading.views) {
				if (!deps.isMine(identity)) continue;
				const cluster =
					clusters.get(identity) ?? new ClusterWatch(identity, view);
				cluster.view = view;
				clusters.set(identity, cluster);
				for (const name of reading.membersOf.get(identity) ?? []) {
					forgotten.inStore(name, reading.startedMs);
					const isLeftOut = deps.isIgnored(name) || forgotten.has(name);
					if (!isLeftOut && !(arriving.has(name) && homes.has(name)))
						watch(cluster, name, reading.known.get(name));
				}
			}
			leave(reading);
		},
		close: (): void => {
			unfollow();
			for (const [name, cluster] of homes) cluster.members.get(name)?.close();
		},
	};
};

export type Roster = ReturnType<typeof createRoster>;

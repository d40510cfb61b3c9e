import type { Hostnames } from "../discovery/hostnames.ts";
import type { Identity } from "../discovery/identity.ts";
import type { KnownAliases } from "../discovery/known-aliases.ts";
import { undecidedName } from "../discovery/name-findings.ts";
import {
	type Ignores,
	type Neighbours,
	neighboursOf,
} from "../discovery/neighbours.ts";
import { settleOwnName } from "../discovery/own-name.ts";
import { errorText } from "../errors.ts";
import type { ProveOne } from "../mysql/one-process.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Store } from "../store/contract.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { isAnotherNow } from "../topology/server-mark.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";
import type { Roster } from "./roster.ts";
import type { Writer } from "./writer.ts";

interface FollowerDeps {
	readonly servers: Servers;
	readonly store: Pick<Store, "clusters" | "inventory" | "fences" | "roles">;
	readonly hostnames: Hostnames;
	readonly aliases: KnownAliases;
	readonly identity: Pick<Identity, "rename">;
	readonly proveOne: ProveOne;
	/** Another server answers at the address of a member than the one that belongs there. */
	readonly isStranger: (name: InstanceName) => boolean;
	readonly roster: Roster;
	readonly writer: Pick<Writer, "later">;
	readonly ignores: () => Ignores;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void; warn(text: string): void };
}

/** A server that did not answer, or whose name could not be settled, is looked at again after so long. Milliseconds. */
const LOOK_AGAIN_MS = 60_000;

/** Nobody replicates in a longer circle; a chain that is longer is followed no further. */
const LONGEST_RING = 64;

/**
 * Goes on from a server to those that it names.
 * 1. Whoever is found is watched at once; the store hears of it when it can.
 * 2. A replica belongs to the cluster of its source: one that now follows a server of another cluster moves there, and nobody is
 *    taken from a cluster because a server of another one names it; but for a source that stands alone in its cluster, and is on record
 *    as nobody's primary: that is taken in where its replicas are.
 * 3. Nobody follows a server into the cluster of another one that had its address before.
 */
export const createFollower = (deps: FollowerDeps) => {
	const { roster, writer, store } = deps;
	const nextLook = new Map<string, number>();
	const arrivals = new Map<string, Set<InstanceName>>();

	const isDue = (key: string): boolean => {
		if ((nextLook.get(key) ?? 0) > deps.nowMs()) return false;
		nextLook.set(key, deps.nowMs() + LOOK_AGAIN_MS);
		return true;
	};

	const failed = (what: string) => (error: unknown) =>
		deps.log.warn(`${what}: ${errorText(error)}`);

	/** In the store a member is known by another one of its cluster, by the name that the cluster has by then. */
	const adopt = async (
		identity: string,
		anchor: InstanceName,
		names: readonly InstanceName[],
		areNew: boolean,
	): Promise<void> => {
		const record = await store.clusters.byIdentity(identity);
		if (areNew)
			await store.inventory.save(
				names.map((name) =>
					unknownInstance(splitName(name).host, splitName(name).port),
				),
			);
		await store.clusters.adopt(
			record?.clusterName ?? anchor,
			[anchor, ...names],
			(name) => areNew && names.includes(name),
		);
	};

	const arrive = (
		cluster: ClusterWatch,
		anchor: InstanceName,
		names: readonly InstanceName[],
	): void => {
		const { identity } = cluster;
		const waiting = arrivals.get(identity) ?? new Set();
		arrivals.set(identity, waiting);
		// Somebody may have forgotten one while it was looked at.
		for (const name of names.filter((each) => !roster.isForgotten(each))) {
			waiting.add(name);
			roster.arrives(cluster, name);
		}
		writer.later(`the members of ${identity}`, async () => {
			const all = [...waiting];
			await adopt(identity, anchor, all, true);
			for (const name of all) {
				waiting.delete(name);
				roster.hasArrived(name);
			}
		});
	};

	/** By what is watched here, else by the store. */
	const pictureNow = async (
		name: InstanceName,
	): Promise<Instance | undefined> => {
		const kept = roster.clusterOf(name)?.members.get(name);
		return kept?.isKnown === true
			? kept.latest
			: await store.inventory.get(name);
	};

	const sourceNow = async (
		name: InstanceName,
	): Promise<InstanceName | undefined> => {
		const picture = await pictureNow(name);
		return picture && sourceOf(picture);
	};

	/** The identities of those who follow each other in a circle, the instance among them; none when it is in no circle. */
	const homesOfRing = async (
		name: InstanceName,
		source: InstanceName,
	): Promise<string[]> => {
		const ring: InstanceName[] = [name];
		let at: InstanceName | undefined = source;
		while (
			at !== undefined &&
			!ring.includes(at) &&
			ring.length < LONGEST_RING
		) {
			ring.push(at);
			at = await sourceNow(at);
		}
		return at === name
			? ring.flatMap((each) => roster.identityOf(each) ?? [])
			: [];
	};

	const isAnotherThanFenced = async (picture: Instance): Promise<boolean> => {
		const fence = await store.fences.get(picture.name);
		return fence !== undefined && isAnotherNow(fence.server, picture);
	};

	/** It replicates from nobody, and its cluster is nothing but itself. */
	const isFree = async (picture: Instance, home: string): Promise<boolean> =>
		isLastCheckValid(picture) &&
		!isReplica(picture) &&
		roster.isAlone(picture.name) &&
		(await store.roles.of(home)) === undefined;

	/** Its source is in another cluster: so is it. A ring gathers in its first identity, or its members would chase each other for ever. */
	const move = (
		cluster: ClusterWatch,
		kept: KeptInstance,
		source: InstanceName,
		home: string,
	): void => {
		const { name } = kept;
		const above = roster.clusterOf(source)?.members.get(source);
		// Whether it is the server that belongs there says its first check.
		if (above?.isKnown === false || deps.isStranger(source)) return;
		if (!isDue(`move ${name}`)) return;
		writer.later(`the cluster of ${name}`, async () => {
			const picture = await pictureNow(source);
			if (picture !== undefined && (await isAnotherThanFenced(picture))) return;
			if (
				cluster.members.size > 1 &&
				picture !== undefined &&
				(await isFree(picture, home))
			) {
				deps.log.info(
					`${source} has replicas in ${cluster.identity} and belongs there now, no longer to ${home}`,
				);
				await adopt(cluster.identity, name, [source], false);
				return;
			}
			const homes = await homesOfRing(name, source);
			if (homes.some((each) => each < home)) return;
			deps.log.info(
				`${name} follows ${source} and belongs to ${home} now, no longer to ${cluster.identity}`,
			);
			await adopt(home, source, [name], false);
		});
	};

	/** Whom it names, each by the name that it goes by. */
	const namedBy = (latest: Instance): Neighbours => {
		const { members, doubtful, elsewhere } = neighboursOf(
			latest,
			deps.ignores(),
		);
		const settled = (names: readonly InstanceName[]) => [
			...new Set(names.map(deps.aliases.nameOf)),
		];
		return {
			members: settled(members),
			doubtful: settled(doubtful),
			elsewhere: settled(elsewhere),
		};
	};

	/** It goes on under the name that it calls itself by. */
	const rename = (
		cluster: ClusterWatch,
		kept: KeptInstance,
		name: InstanceName,
	): void =>
		writer.later(`the name of ${kept.name}`, async () => {
			if (roster.clusterOf(kept.name) !== cluster) return;
			const { outcome } = await deps.identity.rename(kept.latest, name);
			if (outcome === "undecided") kept.nameFinding = undecidedName(name);
			if (outcome !== "merged") return;
			roster.drop(kept.name);
			roster.arrives(cluster, name);
			roster.hasArrived(name);
		});

	/** A server that only one side's word stands for becomes known when it answers. */
	const tryOut = (name: InstanceName, found: () => void): void => {
		if (!isDue(name)) return;
		deps.servers
			.look(name)
			.then((seen) => {
				if (isLastCheckValid(seen)) found();
			})
			.catch(failed(`looking at ${name}`));
	};

	return {
		follow: (cluster: ClusterWatch, kept: KeptInstance): void => {
			const { members, doubtful, elsewhere } = namedBy(kept.latest);
			const its = sourceOf(kept.latest);
			const source = its && deps.aliases.nameOf(its);
			const isNew = (name: InstanceName): boolean =>
				!cluster.members.has(name) && !roster.isForgotten(name);
			const found: InstanceName[] = [];
			for (const name of [...members, ...doubtful].filter(isNew)) {
				const home = roster.identityOf(name);
				if (home === undefined) {
					if (members.includes(name)) found.push(name);
				} else if (name === source && home !== cluster.identity)
					move(cluster, kept, name, home);
			}
			if (found.length > 0) {
				arrive(cluster, kept.name, found);
				deps.log.info(`found ${found.join(", ")} through ${kept.name}`);
			}
			for (const name of doubtful)
				if (isNew(name) && roster.identityOf(name) === undefined)
					tryOut(name, () => arrive(cluster, kept.name, [name]));
			for (const name of elsewhere)
				if (roster.identityOf(name) === undefined && !roster.isForgotten(name))
					tryOut(name, () =>
						writer.later(`the cluster of ${name}`, async () => {
							if (!roster.isForgotten(name))
								await store.clusters.adopt(name, [name]);
						}),
					);
		},

		/** A server that calls itself otherwise than it is contacted by. */
		settleName: (cluster: ClusterWatch, kept: KeptInstance): void => {
			if (deps.aliases.nameOf(kept.ownName) === kept.name) {
				kept.nameFinding = undefined;
				return;
			}
			if (!isDue(`name ${kept.name}`)) return;
			settleOwnName(deps, kept.name, { ...kept.latest, name: kept.ownName })
				.then(({ name, finding }) => {
					if (finding !== undefined && kept.nameFinding?.says !== finding.says)
						deps.log.warn(`${kept.name}: ${finding.says}`);
					if (name === kept.name) kept.nameFinding = finding;
					else rename(cluster, kept, name);
				})
				.catch(failed(`settling the name of ${kept.name}`));
		},
	};
};

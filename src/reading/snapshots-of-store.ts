import type { AnalysisSettings } from "../analysis/facts.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import type { ResolvedHostname } from "../store/naming/contract.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
	instanceName,
} from "../topology/instance-name.ts";
import { withOpenings } from "../topology/opening.ts";
import type { Role } from "../topology/role.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { openingsAmong, replacedAmong } from "./opening-of-store.ts";

type Stored = Pick<
	Store,
	| "inventory"
	| "clusters"
	| "downtimes"
	| "maintenances"
	| "stalePositions"
	| "hostnames"
	| "fences"
>;

/**
 * One snapshot per cluster name, of the rows as they are in the store, whoever wrote them. Instances are in host, port
 * order and snapshots in order of cluster name. Ages are counted from `nowMs`.
 */
export const snapshotsOfStore = (
	store: Stored,
	nowMs: number,
): Promise<Snapshot[]> => snapshotsOf(store, store.inventory.all(), nowMs);

/** The same for one cluster alone: who waits for an answer about it does not wait for the others. Nothing when it is not known. */
export const snapshotsOfCluster = async (
	store: Stored,
	clusterName: string,
	nowMs: number,
): Promise<Snapshot[]> => {
	const { inventory } = store;
	const members = await inventory.ofCluster(clusterName);
	const below = await Promise.all(
		members.map(({ name }) => inventory.replicasOf(name)),
	);
	const elsewhere = below
		.flat()
		.filter((each) => each.clusterName !== clusterName);
	const snapshots = await snapshotsOf(
		store,
		Promise.resolve([...members, ...elsewhere]),
		nowMs,
	);
	return snapshots.filter((each) => each.clusterName === clusterName);
};

/** The same for those clusters alone of which the analysis may have something to say: for who wants nothing but findings. */
export const doubtfulSnapshots = (
	store: Stored,
	settings: AnalysisSettings,
	nowMs: number,
): Promise<Snapshot[]> =>
	snapshotsOf(
		store,
		store.inventory.doubtful({
			silentPeriods: settings.silentPeriods,
			exactSemiSync: settings.enforceExactSemiSyncReplicas,
		}),
		nowMs,
	);

const snapshotsOf = async (
	store: Stored,
	wanted: Promise<Instance[]>,
	nowMs: number,
): Promise<Snapshot[]> => {
	const [stored, clusters, downtimes, maintenances, stale, resolves, fences] =
		await Promise.all([
			wanted,
			store.clusters.all(),
			store.downtimes.active(nowMs),
			store.maintenances.active(nowMs),
			store.stalePositions.all(),
			store.hostnames.resolves(),
			store.fences.all(),
		]);
	const instances = withOpenings(
		withKnownSources(stored, resolves),
		clusters.map(openingsAmong(fences)),
	);
	const records = new Map(clusters.map((each) => [each.clusterName, each]));
	const byInstance = new Map(instances.map((each) => [each.name, each]));
	const groups = groupByClusterName(instances);
	const roleOf = rolesAmong(
		clusters,
		groups.every(([name]) => records.has(name))
			? []
			: await store.clusters.members(),
	);
	const clusterNames = new Map<string, string>(
		instances.map((each) => [each.name, each.clusterName]),
	);
	const byCluster = <T extends { readonly instance: InstanceName }>(
		items: readonly T[],
	) => grouped(items, (each) => clusterNames.get(each.instance));
	const elsewhereOf = grouped(instances, (each) => {
		const home = clusterNames.get(sourceOf(each) ?? "");
		return home === each.clusterName ? undefined : home;
	});
	const replacedOf = replacedAmong(fences);
	const downtimesOf = byCluster(downtimes);
	const maintenancesOf = byCluster(maintenances);
	const staleOf = byCluster(stale);
	return groups.map(([clusterName, members]) => {
		const record = records.get(clusterName);
		const role = roleOf(clusterName, members);
		const recorded = role && byInstance.get(role.primary);
		const elsewhere = elsewhereOf.get(clusterName) ?? [];
		const named = new Set(elsewhere.map(({ name }) => name));
		const replaced = replacedOf(role);
		return {
			identity: record?.identity ?? clusterName,
			clusterName,
			clusterAlias: record?.alias ?? clusterName,
			clusterDomain: record?.domain ?? "",
			takenAtMs: nowMs,
			...(role === undefined ? {} : { role }),
			...(replaced.length > 0 && { replaced }),
			...(recorded !== undefined && recorded.clusterName !== clusterName
				? { recordedElsewhere: recorded }
				: {}),
			instances: members,
			downtimes: [
				...(downtimesOf.get(clusterName) ?? []),
				...downtimes.filter(({ instance }) => named.has(instance)),
			],
			maintained: (maintenancesOf.get(clusterName) ?? []).map(
				(each) => each.instance,
			),
			staleCoordinates: staleOf.get(clusterName) ?? [],
			...(elsewhere.length > 0 && { replicasElsewhere: elsewhere }),
		};
	});
};

/** Who is on record as the primary of some instances of one name; a tree beside the recorded primary's goes by another one. */
const rolesAmong = (
	clusters: readonly ClusterRecord[],
	homes: Awaited<ReturnType<Stored["clusters"]["members"]>>,
): ((name: string, members: readonly Instance[]) => Role | undefined) => {
	const byName = new Map(clusters.map((each) => [each.clusterName, each.role]));
	const byIdentity = new Map(
		clusters.map((each) => [each.identity, each.role]),
	);
	const identities = new Map(
		homes.map(({ instance, identity }) => [instance, identity]),
	);
	return (name, members) =>
		byName.get(name) ??
		members
			.map((each) => byIdentity.get(identities.get(each.name) ?? ""))
			.find((role) => role !== undefined);
};

/**
 * Replicas may name their source by the name that its host resolves to, while its own row has the name by which it was contacted:
 * they are its replicas.
 */
const withKnownSources = (
	instances: readonly Instance[],
	resolves: readonly ResolvedHostname[],
): readonly Instance[] => {
	const hostsOf = grouped(
		resolves.filter(({ hostname, resolved }) => hostname !== resolved),
		({ resolved }) => resolved,
	);
	if (hostsOf.size === 0) return instances;
	const names = new Set(instances.map(({ name }) => name));
	return instances.map((each) => {
		const { sourceHost, sourcePort } = each.replication;
		const source = sourceOf(each);
		if (source === undefined || names.has(source)) return each;
		const known = hostsOf
			.get(sourceHost)
			?.find(({ hostname }) => names.has(instanceName(hostname, sourcePort)));
		return known === undefined
			? each
			: {
					...each,
					replication: { ...each.replication, sourceHost: known.hostname },
				};
	});
};

/** What has no key is left out. */
const grouped = <T>(
	items: readonly T[],
	keyOf: (item: T) => string | undefined,
): Map<string, T[]> => {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		const key = keyOf(item);
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
};

const groupByClusterName = (
	instances: readonly Instance[],
): [string, Instance[]][] => {
	const groups = grouped(instances, (each) => each.clusterName);
	for (const group of groups.values())
		group.sort((a, b) => compareNames(a.name, b.name));
	return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

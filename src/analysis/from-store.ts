import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { compareNames, type InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { AnalysisSettings } from "./facts.ts";

type Stored = Pick<
	Store,
	"inventory" | "clusters" | "downtimes" | "maintenances" | "stalePositions"
>;

/**
 * One snapshot per cluster name, of the rows as they are in the store, whoever wrote them. Instances are in host, port
 * order and snapshots in order of cluster name. Ages are counted from `nowMs`.
 */
export const snapshotsOfStore = (
	store: Stored,
	nowMs: number,
): Promise<Snapshot[]> => snapshotsOf(store, store.inventory.all(), nowMs);

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
	const [instances, clusters, downtimes, maintenances, stale] =
		await Promise.all([
			wanted,
			store.clusters.all(),
			store.downtimes.active(nowMs),
			store.maintenances.active(nowMs),
			store.stalePositions.all(),
		]);
	const records = new Map(clusters.map((each) => [each.clusterName, each]));
	const clusterNames = new Map(
		instances.map((each) => [each.name, each.clusterName]),
	);
	const byCluster = <T extends { readonly instance: InstanceName }>(
		items: readonly T[],
	) => grouped(items, (each) => clusterNames.get(each.instance));
	const downtimesOf = byCluster(downtimes);
	const maintenancesOf = byCluster(maintenances);
	const staleOf = byCluster(stale);
	return groupByClusterName(instances).map(([clusterName, members]) => {
		const record = records.get(clusterName);
		return {
			identity: record?.identity ?? clusterName,
			clusterName,
			clusterAlias: record?.alias ?? clusterName,
			clusterDomain: record?.domain ?? "",
			takenAtMs: nowMs,
			instances: members,
			downtimes: downtimesOf.get(clusterName) ?? [],
			maintained: (maintenancesOf.get(clusterName) ?? []).map(
				(each) => each.instance,
			),
			staleCoordinates: staleOf.get(clusterName) ?? [],
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

import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { compareNames } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/**
 * One snapshot per cluster name, of the rows as they are in the store, whoever wrote them. Instances are in host, port
 * order and snapshots in order of cluster name. Ages are counted from `nowMs`.
 */
export const snapshotsOfStore = async (
	store: Pick<Store, "inventory" | "clusters" | "downtimes">,
	nowMs: number,
): Promise<Snapshot[]> => {
	const [instances, clusters, downtimes] = await Promise.all([
		store.inventory.all(),
		store.clusters.all(),
		store.downtimes.active(nowMs),
	]);
	const records = new Map(clusters.map((each) => [each.clusterName, each]));
	return groupByClusterName(instances).map(([clusterName, members]) => {
		const record = records.get(clusterName);
		const names = new Set(members.map((each) => each.name));
		return {
			identity: record?.identity ?? clusterName,
			clusterName,
			clusterAlias: record?.alias ?? clusterName,
			clusterDomain: record?.domain ?? "",
			takenAtMs: nowMs,
			instances: members,
			downtimes: downtimes.filter((each) => names.has(each.instance)),
			maintained: [],
			staleCoordinates: [],
		};
	});
};

const groupByClusterName = (
	instances: readonly Instance[],
): [string, Instance[]][] => {
	const groups = new Map<string, Instance[]>();
	for (const instance of instances) {
		const group = groups.get(instance.clusterName);
		if (group) group.push(instance);
		else groups.set(instance.clusterName, [instance]);
	}
	for (const group of groups.values())
		group.sort((a, b) => compareNames(a.name, b.name));
	return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

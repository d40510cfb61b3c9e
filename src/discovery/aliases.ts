import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import { hostPattern } from "../topology/pattern.ts";

/**
 * ClusterNameToAlias: the alias of a cluster's name by the first pattern, in the order of the file, that is found in it. Compiled
 * once: call it once a configuration. @returns a lookup; empty for none
 */
export const aliasesByName = (
	map: Readonly<Record<string, string>>,
): ((clusterName: string) => string) => {
	const patterns = Object.entries(map).map(
		([pattern, alias]) => [hostPattern(pattern), alias] as const,
	);
	return (clusterName) =>
		patterns.find(([pattern]) => pattern?.test(clusterName))?.[1] ?? "";
};

/**
 * The alias of a cluster: that of the instance which was checked last with success, is writable and has most replicas, in this
 * order, among those that have one and were not lost in a recovery.
 */
export const aliasAmong = (
	instances: readonly Instance[],
	lost: ReadonlySet<InstanceName>,
): string => {
	const followers = new Map<InstanceName, number>();
	for (const { replication } of instances) {
		const source = instanceName(replication.sourceHost, replication.sourcePort);
		followers.set(source, (followers.get(source) ?? 0) + 1);
	}
	const rank = (each: Instance): number[] => [
		Number(isLastCheckValid(each)),
		Number(!each.readOnly),
		followers.get(each.name) ?? 0,
	];
	let best: { alias: string; rank: number[] } | undefined;
	for (const each of instances) {
		if (each.suggestedClusterAlias === "" || lost.has(each.name)) continue;
		const its = rank(each);
		const differs = its.findIndex(
			(value, index) => value !== best?.rank[index],
		);
		if (
			best === undefined ||
			(differs >= 0 && (its[differs] ?? 0) > (best.rank[differs] ?? 0))
		)
			best = { alias: each.suggestedClusterAlias, rank: its };
	}
	return best?.alias ?? "";
};

/** Which known cluster a text names. The two surfaces look in an order of their own, as in the reference. */
import type { ClusterRecord } from "../store/contract.ts";
import { foldClusterName, isInstanceName } from "../topology/instance-name.ts";
import { nearInstances } from "./instances.ts";
import { alike, meant } from "./near.ts";

/** By name, then by alias, then by identity. */
export const clusterCalled = <Cluster extends ClusterRecord>(
	known: readonly Cluster[],
	text: string,
): Cluster | undefined =>
	known.find((each) => each.clusterName === foldClusterName(text)) ??
	known.find((each) => each.alias === text) ??
	known.find((each) => each.identity === text);

/** By alias, then by name. */
export const clusterOfAlias = <Cluster extends ClusterRecord>(
	known: readonly Cluster[],
	alias: string,
): Cluster | undefined =>
	known.find((each) => each.alias === alias) ??
	known.find((each) => each.clusterName === foldClusterName(alias));

/** What somebody may have meant whose text names no cluster: `; did you mean …?`, or nothing. */
export const nearClusters = (
	known: readonly ClusterRecord[],
	text: string,
): string => {
	const names = known.map(({ clusterName }) => clusterName);
	const aliases = known.map(({ alias }) => alias).filter((each) => each !== "");
	const name = foldClusterName(text);
	return meant([
		...new Set([
			...alike(
				text,
				aliases.filter((each) => !isInstanceName(each)),
			),
			...(isInstanceName(name)
				? nearInstances(name, names.filter(isInstanceName))
				: alike(text, names)),
		]),
	]);
};

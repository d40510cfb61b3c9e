import type { Fence } from "../store/contract.ts";
import type { Opening } from "../topology/opening.ts";

interface Cluster {
	readonly identity: string;
	readonly clusterName: string;
}

const openingBy = (
	fences: readonly Fence[],
	{ clusterName }: Cluster,
): Opening | undefined => {
	const own = fences.filter((each) => each.successor === clusterName);
	const [first] = own;
	return first === undefined || first.successor === ""
		? undefined
		: {
				instance: first.successor,
				atMs: Math.max(...own.map(({ sinceMs }) => sinceMs)),
				inPlaceOf: own
					.filter(({ state }) => state !== "rejoined")
					.map(({ instance }) => instance),
			};
};

/** Of any cluster, the operation that made its recorded primary what it is: it left a fence on whom it replaced. */
export const openingsAmong = (
	fences: readonly Fence[],
): ((cluster: Cluster) => Opening | undefined) => {
	const byIdentity = new Map<string, Fence[]>();
	for (const each of fences) {
		const own = byIdentity.get(each.identity);
		if (own === undefined) byIdentity.set(each.identity, [each]);
		else own.push(each);
	}
	return (cluster) =>
		openingBy(byIdentity.get(cluster.identity) ?? [], cluster);
};

import type { Fence } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Opening } from "../topology/opening.ts";
import type { Role } from "../topology/role.ts";

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

/** Of any recorded primary, whom it has replaced: that stays with the fence of one that has come back. */
export const replacedAmong = (
	fences: readonly Fence[],
): ((role: Pick<Role, "primary"> | undefined) => readonly InstanceName[]) => {
	const bySuccessor = new Map<string, InstanceName[]>();
	for (const { successor, instance } of fences)
		bySuccessor.set(successor, [
			...(bySuccessor.get(successor) ?? []),
			instance,
		]);
	return (role) =>
		role === undefined ? [] : (bySuccessor.get(role.primary) ?? []);
};

/** Of a cluster, who must not take writes. */
export const fencedAmong = (
	fences: readonly Fence[],
	identity: string,
): readonly InstanceName[] =>
	fences
		.filter(
			(each) =>
				each.identity === identity &&
				(each.state === "waiting" || each.state === "fenced"),
		)
		.map(({ instance }) => instance);

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

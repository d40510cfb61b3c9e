import type { Instance } from "./instance.ts";
import { compareClusterNames, compareNames } from "./instance-name.ts";

const byPreference = (a: Instance, b: Instance): number =>
	Number(a.readOnly) - Number(b.readOnly) ||
	a.depth - b.depth ||
	compareNames(a.name, b.name);

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The cluster's primaries, writable first, then by depth: two in a co-primary pair. Needs derived instances. */
export const primariesOf = (
	instances: readonly Instance[],
	clusterName: string,
): readonly Instance[] =>
	instances
		.filter(
			(i) => i.clusterName === clusterName && (i.depth === 0 || i.isCoMaster),
		)
		.toSorted(byPreference);

/** What the choice of a cluster's primary reads of an instance. */
type Placed = Pick<
	Instance,
	"name" | "clusterName" | "depth" | "isCoMaster" | "readOnly"
>;

/** All writable primaries, by the cluster's name, the shallowest of a cluster first. */
export const writablePrimaries = <Each extends Placed>(
	instances: readonly Each[],
): Each[] =>
	instances
		.filter((each) => (each.depth === 0 || each.isCoMaster) && !each.readOnly)
		.toSorted(
			(a, b) =>
				byText(a.clusterName, b.clusterName) ||
				a.depth - b.depth ||
				compareNames(a.name, b.name),
		);

/** The first writable primary of each cluster that has one, by the cluster's name. */
export const writablePrimaryOfEach = <Each extends Placed>(
	instances: readonly Each[],
): Each[] => {
	const all = writablePrimaries(instances);
	return all.filter(
		({ clusterName }, at) => all[at - 1]?.clusterName !== clusterName,
	);
};

/**
 * The name that a group of derived instances goes by: the one that most of them carry. A replica that was detached, or whose
 * source is unknown, is a cluster of its own and does not outvote the rest. Ties: a cluster with a writable primary, then the
 * first name. Empty for no instances.
 */
export const clusterNameOf = (instances: readonly Instance[]): string => {
	const sizes = new Map<string, number>();
	for (const { clusterName } of instances)
		sizes.set(clusterName, (sizes.get(clusterName) ?? 0) + 1);
	const isReadOnly = (name: string) =>
		Number(primariesOf(instances, name)[0]?.readOnly ?? true);
	const most = Math.max(...sizes.values());
	return (
		[...sizes.keys()]
			.filter((name) => sizes.get(name) === most)
			.toSorted(
				(a, b) => isReadOnly(a) - isReadOnly(b) || compareClusterNames(a, b),
			)[0] ?? ""
	);
};

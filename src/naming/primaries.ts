/** The primary that somebody means who names a cluster. */
import { BatonError } from "../errors.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { primariesOf } from "../topology/primary.ts";

/** The one primary of the cluster. @throws BatonError Refused when there is none, or a co-primary pair (recovery.md §17.2) */
export const onlyPrimary = async (
	{ inventory }: Pick<Store, "inventory">,
	cluster: ClusterRecord,
): Promise<Instance> => {
	const rows = await inventory.ofCluster(cluster.clusterName);
	const primaries = primariesOf(rows, cluster.clusterName);
	const [primary] = primaries;
	if (primary === undefined || primaries.length > 1)
		throw new BatonError(
			"Refused",
			`Cannot deduce cluster master for ${cluster.clusterName}. Found ${primaries.length} potential masters, where one is needed: see the topology for who replicates from whom`,
		);
	return primary;
};

/**
 * The one primary that takes writes, of a co-primary pair too; where none does, the only one, so that a primary that was left
 * read-only can still be replaced. @throws BatonError Refused when that is nobody, or several (recovery.md §17.3)
 */
export const onlyWritablePrimary = async (
	{ inventory }: Pick<Store, "inventory">,
	cluster: ClusterRecord,
): Promise<Instance> => {
	const rows = await inventory.ofCluster(cluster.clusterName);
	const primaries = primariesOf(rows, cluster.clusterName);
	const writable = primaries.filter((each) => !each.readOnly);
	const [primary, second] = writable.length > 0 ? writable : primaries;
	if (primary !== undefined && second === undefined) return primary;
	throw new BatonError(
		"Refused",
		`Cannot deduce cluster master for ${cluster.clusterName}. Found ${writable.length} potential masters that take writes, where one is needed: see the topology for who is writable`,
	);
};

/** The primary that somebody means who names a cluster. */
import { errors } from "../errors.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { primariesOf } from "../topology/primary.ts";

/** By the topology; where that has none, the recorded one that died before it was seen as what it had become. */
const primariesFound = async (
	inventory: Store["inventory"],
	{ identity, clusterName }: ClusterRecord,
): Promise<readonly Instance[]> => {
	const rows = await inventory.ofCluster(clusterName);
	const primaries = primariesOf(rows, clusterName);
	return primaries.length > 0
		? primaries
		: (await inventory.ofIdentity(identity)).filter(
				(each) => each.name === clusterName && !isLastCheckValid(each),
			);
};

/** The one primary of the cluster. @throws BatonError Refused when there is none, or a co-primary pair */
export const onlyPrimary = async (
	{ inventory }: Pick<Store, "inventory">,
	cluster: ClusterRecord,
): Promise<Instance> => {
	const primaries = await primariesFound(inventory, cluster);
	const [primary] = primaries;
	if (primary === undefined || primaries.length > 1)
		throw errors.primaryNotDeduced({
			cluster: cluster.clusterName,
			count: primaries.length,
		});
	return primary;
};

/**
 * The one primary that takes writes, of a co-primary pair too; where none does, the only one, so that a primary that was left
 * read-only can still be replaced. @throws BatonError Refused when that is nobody, or several
 */
export const onlyWritablePrimary = async (
	{ inventory }: Pick<Store, "inventory">,
	cluster: ClusterRecord,
): Promise<Instance> => {
	const primaries = await primariesFound(inventory, cluster);
	const writable = primaries.filter((each) => !each.readOnly);
	const [primary, second] = writable.length > 0 ? writable : primaries;
	if (primary !== undefined && second === undefined) return primary;
	throw errors.writableNotDeduced({
		cluster: cluster.clusterName,
		count: writable.length,
	});
};

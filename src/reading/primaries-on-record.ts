import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { writablePrimaryOfEach } from "../topology/primary.ts";

interface Placed {
	readonly name: InstanceName;
	readonly clusterName: string;
	readonly depth: number;
	readonly isCoMaster: boolean;
	readonly readOnly: boolean;
}

/** The recorded primary, or one that it shares its role with. */
const isOnRecord = (
	{ name, clusterName, isCoMaster }: Placed,
	primary: InstanceName,
): boolean => name === primary || (isCoMaster && clusterName === primary);

/**
 * The first writable primary of each cluster that has one, by the cluster's name. Whoever else takes writes where a primary is on
 * record is a finding, and no primary.
 */
export const primariesOnRecord = async <Each extends Placed>(
	{ roles, clusters }: Pick<Store, "roles" | "clusters">,
	instances: readonly Each[],
): Promise<readonly Each[]> => {
	const recorded = await roles.all();
	if (recorded.size === 0) return writablePrimaryOfEach(instances);
	const members = await clusters.members();
	const primaryOf = new Map(
		members.map(({ instance, identity }) => [
			instance,
			recorded.get(identity)?.primary,
		]),
	);
	return writablePrimaryOfEach(
		instances.filter((each) => {
			const primary = primaryOf.get(each.name);
			return primary === undefined || isOnRecord(each, primary);
		}),
	);
};

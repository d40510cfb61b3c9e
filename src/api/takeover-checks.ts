import { BatonError } from "../errors.ts";
import type { Store } from "../store/contract.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

type Rows = Pick<Store, "inventory">;

/**
 * Refuses, on what the store knows, a takeover whose successor is not indicated or does not replicate from the primary; the
 * operation itself looks again on live servers. The messages hold the fragments that programs look for (api.md §2).
 */
export const checkSuccessor = async (
	store: Rows,
	primary: Instance,
	designated: InstanceName | undefined,
	auto: boolean,
): Promise<void> => {
	const replicas = await store.inventory.replicasOf(primary.name);
	if (designated === undefined) {
		if (auto || replicas.length <= 1) return;
		throw new BatonError(
			"Refused",
			`GracefulMasterTakeover: target instance not indicated, auto=false, and master ${primary.name} has multiple replicas (${replicas.length}); name one of them, or use graceful-master-takeover-auto`,
		);
	}
	await checkDirectReplica(store, primary, designated);
};

/** Refuses a designated instance that is unknown, or is no direct replica of the primary. */
export const checkDirectReplica = async (
	store: Rows,
	primary: Instance,
	designated: InstanceName,
): Promise<void> => {
	const known = await store.inventory.get(designated);
	if (known === undefined)
		throw new BatonError(
			"UnknownInstance",
			`designated instance ${designated} is not known`,
		);
	if (sourceOf(known) !== primary.name)
		throw new BatonError(
			"Refused",
			`designated instance ${designated} must be directly replicating from the master ${primary.name}`,
		);
};

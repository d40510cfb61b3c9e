import { type AuditedChange, strangerLeft } from "../audit/changes.ts";
import type { Store } from "../store/contract.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

interface LeavingDeps {
	readonly store: Pick<Store, "clusters" | "inventory">;
	/** For the record. */
	readonly tell: (change: AuditedChange) => Promise<void>;
	readonly log: { info(text: string): void };
}

/**
 * Takes a server out of the cluster that another one belonged to which had its address before: into the cluster of somebody with whom it
 * replicates, or one of its own. Told; nothing where it has left already.
 */
export const createLeaving = ({ store, tell, log }: LeavingDeps) => {
	/** Somebody of another cluster who replicates from it, or from whom it replicates. */
	const companionOf = async (
		instance: Instance,
		left: string,
	): Promise<InstanceName | undefined> => {
		const source = sourceOf(instance);
		const replicas = await store.inventory.replicasOf(instance.name);
		for (const each of [
			...(source === undefined ? [] : [source]),
			...replicas.map(({ name }) => name),
		]) {
			const identity = await store.clusters.identityOf(each);
			if (identity !== undefined && identity !== left) return each;
		}
		return undefined;
	};

	return async (instance: Instance, identity: string): Promise<void> => {
		const { name } = instance;
		if ((await store.clusters.identityOf(name)) !== identity) return;
		const left = await store.clusters.byIdentity(identity);
		const to = await store.clusters.resettle(
			name,
			await companionOf(instance, identity),
		);
		log.info(
			`another server answers at ${name} than the member of ${identity} that was there; it belongs to ${to} now`,
		);
		await tell(strangerLeft(name, left?.clusterName ?? identity));
	};
};

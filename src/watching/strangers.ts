import type { AuditTrail } from "../audit/audit-trail.ts";
import { strangerLeft } from "../audit/changes.ts";
import type { Fence, Store } from "../store/contract.ts";
import { isLastCheckValid, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { isAnother, markOf } from "../topology/server-mark.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";
import type { Writer } from "./writer.ts";

interface StrangersDeps {
	readonly store: Pick<Store, "clusters" | "inventory">;
	readonly writer: Pick<Writer, "later">;
	readonly fenceOf: (name: InstanceName) => Fence | undefined;
	readonly audit: AuditTrail;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void };
}

/** It is on record as the primary, or the cluster goes by its name: what answers there is a finding. */
const isRecorded = ({ view }: ClusterWatch, name: InstanceName): boolean =>
	(view.role?.primary ?? view.clusterName) === name;

/**
 * Servers that answer at the address of a member, and surely are other ones.
 * 1. One that replicates from a member was rebuilt: it is the member now.
 * 2. At the address of the recorded primary it stays, and is a finding.
 * 3. Any other one leaves the cluster: for that of its replicas or of its source, or for one of its own. Not while an operation holds
 *    the cluster.
 */
export const createStrangers = (deps: StrangersDeps) => {
	const { store, writer } = deps;
	const strangers = new Set<InstanceName>();
	const met = new WeakSet<KeptInstance>();

	/** What the store says of it may have been overwritten by a watcher that ended before it could do anything about it. */
	const isOtherThanFenced = (
		{ identity }: ClusterWatch,
		kept: KeptInstance,
	): boolean => {
		const fence = met.has(kept) ? undefined : deps.fenceOf(kept.name);
		return fence?.identity === identity && isAnother(fence.server, kept.latest);
	};

	const isStrange = (cluster: ClusterWatch, kept: KeptInstance): boolean => {
		const isSo =
			isAnother(kept.mark, kept.latest) ||
			isOtherThanFenced(cluster, kept) ||
			(met.has(kept) && strangers.has(kept.name));
		met.add(kept);
		return isSo;
	};

	/** Somebody of another cluster who replicates from it, or from whom it replicates. */
	const companion = async (
		{ name, latest }: KeptInstance,
		left: string,
	): Promise<InstanceName | undefined> => {
		const source = sourceOf(latest);
		const replicas = await store.inventory.replicasOf(name);
		for (const each of [
			...(source === undefined ? [] : [source]),
			...replicas.map((replica) => replica.name),
		]) {
			const identity = await store.clusters.identityOf(each);
			if (identity !== undefined && identity !== left) return each;
		}
		return undefined;
	};

	const leave = (cluster: ClusterWatch, kept: KeptInstance): void => {
		const { name } = kept;
		const { identity, view } = cluster;
		writer.later(`the stranger ${name}`, async () => {
			if ((await store.clusters.identityOf(name)) !== identity) return;
			const to = await store.clusters.resettle(
				name,
				await companion(kept, identity),
			);
			deps.log.info(
				`another server answers at ${name} than the member of ${identity} that was there; it belongs to ${to} now`,
			);
			await deps.audit({
				atMs: deps.nowMs(),
				clusterName: "",
				...strangerLeft(name, view.clusterName),
			});
		});
	};

	return {
		has: (name: InstanceName): boolean => strangers.has(name),
		/** After each good check. */
		checked: (cluster: ClusterWatch, kept: KeptInstance): void => {
			const { name, latest } = kept;
			if (!isLastCheckValid(latest)) return;
			const source = sourceOf(latest);
			const isRebuilt = source !== undefined && cluster.members.has(source);
			if (isRebuilt || !isStrange(cluster, kept)) {
				met.add(kept);
				kept.mark = markOf(latest);
				strangers.delete(name);
				return;
			}
			strangers.add(name);
			if (!isRecorded(cluster, name) && cluster.view.heldBy === undefined)
				leave(cluster, kept);
		},
	};
};

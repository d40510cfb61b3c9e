import type { Fence } from "../store/contract.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { isAnother, markOf } from "../topology/server-mark.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";
import type { Writer } from "./writer.ts";

interface StrangersDeps {
	readonly writer: Pick<Writer, "later">;
	readonly fenceOf: (name: InstanceName) => Fence | undefined;
	/** Takes it out of the cluster. */
	readonly leave: (instance: Instance, identity: string) => Promise<void>;
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

	const leave = ({ identity }: ClusterWatch, { latest }: KeptInstance): void =>
		deps.writer.later(`the stranger ${latest.name}`, () =>
			deps.leave(latest, identity),
		);

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

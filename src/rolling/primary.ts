import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** Of a cluster whose servers can be taken out in turn. */
export interface PrimaryFound {
	readonly primary: Instance;
	/** Whom it has replaced, and who did not rejoin since. */
	readonly replaced: readonly Instance[];
}

/** The one server that replicates from nobody and has replicas, or why there is no such one. */
export const primaryIn = (
	snapshot: Snapshot,
): PrimaryFound | { readonly refusal: string } => {
	const grouped = snapshot.instances.find(({ group }) => group.name !== "");
	if (grouped !== undefined)
		return {
			refusal: `${grouped.name} is a member of a replication group, whose members this version does not take out in turn`,
		};
	const ring = snapshot.instances.find((each) => each.isCoMaster);
	if (ring !== undefined)
		return {
			refusal: `${ring.name} is one of two primaries that replicate from each other; make one of them a replica first`,
		};
	const { fenced = [], role } = snapshot;
	const tops = snapshot.instances.filter((each) => !isReplica(each));
	// One that was replaced is no second primary: it is held back until it has rejoined.
	const replaced = tops.filter(
		({ name }) => fenced.includes(name) && name !== role?.primary,
	);
	const [primary, ...others] = tops.filter((each) => !replaced.includes(each));
	return primary === undefined || others.length > 0
		? {
				refusal: `the cluster needs one primary, and has ${tops.length === 0 ? "none" : tops.map(({ name }) => name).join(", ")}`,
			}
		: { primary, replaced };
};

/** Why the server that was replaced is waited for, or has to be skipped. */
export const whyNotRejoined = (each: Instance, by: Instance): string =>
	`${by.name} is the primary in place of ${each.name}, which ${isLastCheckValid(each) ? "does not replicate from it yet" : "does not answer"}`;

/** Where a server came back to, and below whom it belongs by now. */
export interface Stray {
	readonly from: InstanceName;
	readonly below: InstanceName;
}

/** Of a server that came back to a source which was replaced while it was out; else undefined. */
export const strayFrom = (
	snapshot: Snapshot,
	name: InstanceName,
): Stray | undefined => {
	const found = primaryIn(snapshot);
	const server = findInstance(snapshot, name);
	if ("refusal" in found || server === undefined || !isLastCheckValid(server))
		return undefined;
	const from = sourceOf(server);
	return from !== undefined && found.replaced.some((each) => each.name === from)
		? { from, below: found.primary.name }
		: undefined;
};

import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
	type ReplicateOptions,
} from "../topology/can-replicate.ts";
import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

export interface RelocationPlan {
	/** Why it is not done; empty when it can go. */
	readonly refusal: string;
	readonly instance: InstanceName;
	readonly from: InstanceName | "";
	readonly below: InstanceName;
	/** What the new source has received, as of the snapshot. */
	readonly sourceHas: string;
}

const descends = (
	snapshot: Snapshot,
	below: Instance,
	from: InstanceName,
): boolean => {
	const seen = new Set<InstanceName>();
	for (
		let at: Instance | undefined = below;
		at !== undefined && !seen.has(at.name);
		at = findInstance(snapshot, sourceOf(at) ?? "")
	) {
		if (at.name === from) return true;
		seen.add(at.name);
	}
	return false;
};

const refusalOf = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	options: ReplicateOptions,
): string => {
	if (!isLastCheckValid(instance))
		return `${instance.name} cannot be reached: ${instance.check.error}`;
	if (!isLastCheckValid(below))
		return `${below.name} cannot be reached: ${below.check.error}`;
	// Snapshots in the histories of version 0.1 lack the list.
	if ((snapshot.maintained ?? []).includes(instance.name))
		return `${instance.name} is under maintenance; end that first, with end-maintenance`;
	if (!isReplica(instance))
		return `${instance.name} is not a replica; use graceful-master-takeover to change the primary`;
	if (descends(snapshot, below, instance.name))
		return `${below.name} is a descendant of ${instance.name}`;
	const verdict = canReplicateFrom(instance, below, options);
	if (!verdict.ok) return verdict.reason;
	if (!isGtidCompatible(instance, below))
		return `${instance.name} does not replicate by a GTID that ${below.name} supports: only relocation by GTID is built`;
	const purged = missingPurged(instance, below);
	if (purged !== "")
		return `${below.name} has purged transactions that ${instance.name} needs: ${purged.slice(0, 200)}`;
	const family = familyOf(instance);
	const has = received(below);
	// A replica further down may hold what a lagging new source has yet to receive from the same primary.
	const primary = snapshot.instances.find(
		(each) => each.name === snapshot.clusterName,
	);
	const known = primary === undefined ? has : received(primary);
	if (
		!contains(family, has, received(instance)) &&
		!contains(family, known, received(instance))
	)
		return `${instance.name} has transactions that ${below.name} lacks: ${missing(family, has, received(instance)).slice(0, 200)}`;
	return "";
};

/** One replica below another server, by GTID (recovery.md §19.1, §19.3). */
export const planRelocation = (
	snapshot: Snapshot,
	request: { readonly instance: InstanceName; readonly below: InstanceName },
	options: ReplicateOptions,
): RelocationPlan => {
	const instance = findInstance(snapshot, request.instance);
	const below = findInstance(snapshot, request.below);
	const refuse = (refusal: string): RelocationPlan => ({
		refusal,
		...request,
		from: "",
		sourceHas: "",
	});
	if (instance === undefined)
		return refuse(
			`${request.instance} is not in cluster ${snapshot.clusterName}`,
		);
	if (below === undefined)
		return refuse(`${request.below} is not in cluster ${snapshot.clusterName}`);
	const refusal = refusalOf(snapshot, instance, below, options);
	return {
		refusal,
		instance: instance.name,
		from: sourceOf(instance) ?? "",
		below: below.name,
		sourceHas: received(below),
	};
};

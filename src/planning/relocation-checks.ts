import { canReplicateFrom } from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { underMaintenance } from "./members.ts";
import type { PlanSettings } from "./plan.ts";
import { cannot } from "./privileges.ts";

/** What speaks against a move of one server below another, in whatever way. */

/** Whether `below` replicates from the server, directly or through others, or is it. */
export const descends = (
	snapshot: Snapshot,
	below: Instance,
	from: InstanceName,
): boolean => {
	const seen = new Set<InstanceName>();
	let at: Instance | undefined = below;
	while (at !== undefined && !seen.has(at.name)) {
		if (at.name === from) return true;
		seen.add(at.name);
		const source = sourceOf(at);
		at = source === undefined ? undefined : findInstance(snapshot, source);
	}
	return false;
};

/** Its place is decided by the members of its group. */
const isGroupSecondary = ({ group }: Instance): boolean =>
	group.name !== "" && group.singlePrimary && group.memberRole !== "PRIMARY";

/** A group hands on among its members by itself what one of them gets. */
const isInGroupOf = (instance: Instance, below: Instance): boolean =>
	instance.group.name !== "" && instance.group.name === below.group.name;

export const unreachable = ({ name, check }: Instance): string =>
	`${name} cannot be reached: ${check.error}`;

export const severalChannels = (each: Instance): string =>
	`${each.name} replicates by several channels, which are not moved yet: ${channelsText(each)}`;

/** Why nobody can be moved below the server, whoever it is; undefined when somebody can. */
export const whyNobodyBelow = (below: Instance): string | undefined => {
	if (!isLastCheckValid(below)) return unreachable(below);
	return isMultiSource(below) ? severalChannels(below) : undefined;
};

/** What speaks for itself, wherever the server is to go. */
const standsStill = (
	snapshot: Snapshot,
	instance: Instance,
): string | undefined => {
	const held = underMaintenance(snapshot, [instance]);
	if (held !== undefined) return held;
	if (isGroupSecondary(instance))
		return `${instance.name} is a secondary of a replication group, which follows the primary of its group`;
	if (!isReplica(instance))
		return `${instance.name} is not a replica; use graceful-master-takeover to change the primary`;
	return undefined;
};

/** Why it may not be put there, in whatever way. */
export const misfit = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
): string | undefined => {
	const isOwn = sourceOf(instance) === below.name;
	if (!isOwn && descends(snapshot, below, instance.name))
		return `${below.name} is a descendant of ${instance.name}, and a server cannot be moved below its own replicas; name a server outside of them, or move ${below.name} away first`;
	if (isInGroupOf(instance, below))
		return `${instance.name} is a member of the replication group that ${below.name} is in, and gets from it what that has`;
	const verdict = canReplicateFrom(instance, below, settings);
	return verdict.ok ? undefined : verdict.reason;
};

/** Why its account may not point it elsewhere; undefined when it may. */
export const cannotBePointed = (instance: Instance): string | undefined => {
	const why = cannot(instance, "point");
	return why === undefined
		? undefined
		: `${instance.name} cannot be moved: ${why}`;
};

/**
 * What speaks against the move: what holds in whatever way it goes, then what does in this one.
 * @returns a sentence; undefined when nothing does
 */
export const whyNot = (
	unfitFor: typeof misfit,
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
): string | undefined => {
	if (instance.name === below.name)
		return `${instance.name} cannot be moved below itself; name another server as its source`;
	for (const each of [instance, below])
		if (!isLastCheckValid(each)) return unreachable(each);
	const why = standsStill(snapshot, instance);
	if (why !== undefined) return why;
	for (const each of [instance, below])
		if (isMultiSource(each)) return severalChannels(each);
	return unfitFor(snapshot, instance, below, settings);
};

import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import { contains, familyOf, received } from "../topology/gtid/gtid.ts";
import { lackedBut } from "../topology/gtid/lacked.ts";
import { withoutErrant } from "../topology/gtid/without-errant.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { recordedPrimary, underMaintenance } from "./members.ts";
import type { PlanSettings } from "./plan.ts";
import { cannot } from "./privileges.ts";

/** What speaks against a move of one server below another. */

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

/**
 * What it has and the new source will not get. What was written there or above it does not count: that one was looked at earlier,
 * perhaps, and has it by now or has yet to receive it. The move waits for that. The dead neither write nor hand on.
 * Nothing comes to one whose receiver is stopped.
 */
const lackedBelow = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): string => {
	const has = withoutErrant(instance);
	const primary = recordedPrimary(snapshot);
	const receives = below.replication.receiver > 0;
	const above = [
		...ancestorsOf(lineageOf(snapshot.instances), below),
		...(primary === undefined ? [] : [primary]),
	];
	const upstream = [below, ...(receives ? above.filter(isLastCheckValid) : [])];
	const isKnown = upstream.some((each) =>
		contains(familyOf(instance), received(each), has),
	);
	return isKnown ? "" : lackedBut(below, has, upstream);
};

/** Its place is decided by the members of its group. */
const isGroupSecondary = ({ group }: Instance): boolean =>
	group.name !== "" && group.singlePrimary && group.memberRole !== "PRIMARY";

const unreachable = ({ name, check }: Instance): string =>
	`${name} cannot be reached: ${check.error}`;

const severalChannels = (each: Instance): string =>
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
const misfit = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
): string | undefined => {
	const isOwn = sourceOf(instance) === below.name;
	if (!isOwn && descends(snapshot, below, instance.name))
		return `${below.name} is a descendant of ${instance.name}, and a server cannot be moved below its own replicas; name a server outside of them, or move ${below.name} away first`;
	const verdict = canReplicateFrom(instance, below, settings);
	return verdict.ok ? undefined : verdict.reason;
};

const unable = (instance: Instance): string | undefined => {
	const why = cannot(instance, "point");
	return why === undefined
		? undefined
		: `${instance.name} cannot be moved: ${why}`;
};

/** Why it would not replicate there by GTID, or something would be lost. Of its own source it has all already. */
const unfit: typeof misfit = (snapshot, instance, below, settings) => {
	const isOwn = sourceOf(instance) === below.name;
	const why = misfit(snapshot, instance, below, settings);
	if (why !== undefined) return why;
	if (!isGtidCompatible(instance, below))
		return `${instance.name} does not replicate by a GTID that ${below.name} supports; match moves it by Pseudo-GTID`;
	if (!isOwn && below.errantGtid !== "")
		return `${below.name} has errant transactions, which ${instance.name} would get: ${below.errantGtid.slice(0, 200)}`;
	const pointless = unable(instance);
	if (pointless !== undefined) return pointless;
	const purged = missingPurged(instance, below);
	if (purged !== "")
		return `${below.name} has purged transactions that ${instance.name} needs: ${purged.slice(0, 200)}`;
	const lacked = lackedBelow(snapshot, instance, below);
	return lacked === ""
		? undefined
		: `${instance.name} has transactions that ${below.name} lacks: ${lacked.slice(0, 200)}`;
};

/** Why it would not replicate there by what is found in the logs. Whether that is found only the logs tell. */
const unmatchable: typeof misfit = (snapshot, instance, below, settings) => {
	const { usingOracleGtid, usingMariadbGtid, sqlDelaySeconds } =
		instance.replication;
	if (usingOracleGtid || usingMariadbGtid)
		return `${instance.name} replicates by GTID, which needs no Pseudo-GTID; use relocate`;
	const held = underMaintenance(snapshot, [below]);
	if (held !== undefined) return held;
	if (below.isBinlogServer)
		return `${below.name} is a binlog server, whose logs are not its own`;
	if (sqlDelaySeconds > settings.maxMaintenanceLagSeconds)
		return `${instance.name} is delayed by ${sqlDelaySeconds} s, and what it received has to be applied first; take the delay off`;
	return misfit(snapshot, instance, below, settings) ?? unable(instance);
};

/** Why the server cannot be moved there by GTID, as a sentence; undefined when it can. */
export const whyNotBelow: typeof misfit = (...asked) => whyNot(unfit, ...asked);

/** Why the server cannot be matched there by Pseudo-GTID, as a sentence; undefined when it can. */
export const whyNotMatched: typeof misfit = (...asked) => {
	const [, , , { noMarkers }] = asked;
	return noMarkers === "" ? whyNot(unmatchable, ...asked) : noMarkers;
};

const whyNot = (
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

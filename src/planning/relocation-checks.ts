import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import { compareCoordinates } from "../topology/coordinates.ts";
import {
	errantHeld,
	errantLackedBy,
	whyStranded,
	withoutErrantHeld,
} from "../topology/gtid/errant-held.ts";
import { contains, familyOf, received } from "../topology/gtid/gtid.ts";
import { lackedBut } from "../topology/gtid/lacked.ts";
import { ownLacked } from "../topology/gtid/own-lacked.ts";
import {
	type Coordinates,
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
	usesGtid,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { haveSameLogs } from "./log-origin.ts";
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
	const lineage = lineageOf(snapshot.instances);
	const has = withoutErrantHeld(instance, ancestorsOf(lineage, instance));
	const primary = recordedPrimary(snapshot);
	const receives = below.replication.receiver > 0;
	const above = [
		...ancestorsOf(lineage, below),
		...(primary === undefined ? [] : [primary]),
	];
	const upstream = [below, ...(receives ? above.filter(isLastCheckValid) : [])];
	const isKnown = upstream.some((each) =>
		contains(familyOf(instance), received(each), has),
	);
	return isKnown ? "" : lackedBut(below, has, upstream);
};

/** Why the new source would not let it in, for what it has and that one has not. One that stands below it may have newer ones of it. */
const turnedAway = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): string | undefined => {
	const errant = errantIn(snapshot, instance);
	const lost =
		errant === "" || descends(snapshot, instance, below.name)
			? ""
			: ownLacked(below, instance);
	const why =
		lost === ""
			? whyStranded(instance, received(instance), errant, below)
			: `${instance.name} has transactions that ${below.name} committed once and has no more, and would not let it in with (error 1236): ${lost.slice(0, 200)}`;
	return why === "" ? undefined : why;
};

/** What is errant of what the instance has, or gets from those above it. */
export const errantIn = (snapshot: Snapshot, instance: Instance): string =>
	errantHeld(instance, ancestorsOf(lineageOf(snapshot.instances), instance));

/** Its place is decided by the members of its group. */
const isGroupSecondary = ({ group }: Instance): boolean =>
	group.name !== "" && group.singlePrimary && group.memberRole !== "PRIMARY";

/** A group hands on among its members by itself what one of them gets. */
const isInGroupOf = (instance: Instance, below: Instance): boolean =>
	instance.group.name !== "" && instance.group.name === below.group.name;

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
	if (isInGroupOf(instance, below))
		return `${instance.name} is a member of the replication group that ${below.name} is in, and gets from it what that has`;
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
		return `${instance.name} does not replicate by a GTID that ${below.name} supports`;
	const given = isOwn ? "" : errantLackedBy(instance, below.errantGtid);
	if (given !== "")
		return `${below.name} has errant transactions, which ${instance.name} would get: ${given.slice(0, 200)}`;
	const pointless = unable(instance);
	if (pointless !== undefined) return pointless;
	const purged = missingPurged(instance, below);
	if (purged !== "")
		return `${below.name} has purged transactions that ${instance.name} needs: ${purged.slice(0, 200)}`;
	const lacked = lackedBelow(snapshot, instance, below);
	return lacked === ""
		? turnedAway(snapshot, instance, below)
		: `${instance.name} has transactions that ${below.name} lacks: ${lacked.slice(0, 200)}`;
};

/** Why it would not replicate there from whatever place in the logs. Which one it is only the servers tell. */
const unplaced: typeof misfit = (snapshot, instance, below, settings) => {
	if (usesGtid(instance))
		return `${instance.name} replicates by GTID, which needs no Pseudo-GTID; use relocate`;
	const held = underMaintenance(snapshot, [below]);
	if (held !== undefined) return held;
	const { sqlDelaySeconds } = instance.replication;
	if (sqlDelaySeconds > settings.maxMaintenanceLagSeconds)
		return `${instance.name} is delayed by ${sqlDelaySeconds} s, and what it received has to be applied first; take the delay off`;
	return misfit(snapshot, instance, below, settings) ?? unable(instance);
};

/** It has no data, and no place but that in the logs that it hands on. */
const fixed = ({ name, isBinlogServer }: Instance): string | undefined =>
	isBinlogServer
		? `${name} is a binlog server, which goes below no server but one that hands on the same logs`
		: undefined;

const unmatchable: typeof misfit = (...asked) => {
	const [, instance, below] = asked;
	return below.isBinlogServer
		? `${below.name} is a binlog server, whose logs are not its own`
		: (fixed(instance) ?? unplaced(...asked));
};

/** Why it cannot go on at the place that it has reached. */
const displaced: typeof misfit = (snapshot, instance, below, settings) => {
	const why = unplaced(snapshot, instance, below, settings);
	if (why !== undefined) return why;
	const source = sourceOf(instance);
	const from = source && findInstance(snapshot, source);
	if (source === below.name) return undefined;
	if (from === undefined || !haveSameLogs(snapshot, from, below))
		return `${instance.name} replicates by file and position, and the binary logs of ${below.name} are not those of ${source ?? "its source"}: a place in them is another one there; use relocate`;
	const { execCoordinates } = instance.replication;
	return compareCoordinates(below.selfCoordinates, execCoordinates) < 0
		? `${below.name} is behind ${instance.name}: it has ${textOf(below.selfCoordinates)}, and ${instance.name} has applied up to ${textOf(execCoordinates)}`
		: undefined;
};

const textOf = ({ file, position }: Coordinates): string =>
	`${file}:${position}`;

/** Why one that has to run to a place does not come to it soon. */
const unmoving = (
	{ name, replication, lagSeconds }: Instance,
	{ maxMaintenanceLagSeconds }: PlanSettings,
): string | undefined => {
	if (replication.receiver !== 1 || replication.applier !== 1)
		return `${name} does not replicate, and has to be brought to a place: start its replication first`;
	return lagSeconds === null || lagSeconds > maxMaintenanceLagSeconds
		? `${name} lags by ${lagSeconds === null ? "nobody knows how much" : `${lagSeconds} s`}: wait until it has caught up`
		: undefined;
};

/** The server whose place in two logs tells where the replica goes on: the new source as its sibling, or its source on the way up. */
export const pairServer = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): Instance | undefined => {
	const source = sourceOf(instance);
	if (source === undefined) return undefined;
	if (sourceOf(below) === source) return below;
	const from = findInstance(snapshot, source);
	return from !== undefined && sourceOf(from) === below.name ? from : undefined;
};

/** Why the server at rest does not tell the place. */
const untold = (
	snapshot: Snapshot,
	of: Instance,
	below: Instance,
	settings: PlanSettings,
): string | undefined => {
	if (!isLastCheckValid(of)) return unreachable(of);
	if (isMultiSource(of)) return severalChannels(of);
	const held = underMaintenance(snapshot, [of]);
	if (held !== undefined) return held;
	const denied = cannot(of, "point");
	if (denied !== undefined)
		return `${of.name} cannot be brought to rest: ${denied}`;
	const above = sourceOf(of);
	const source = above && findInstance(snapshot, above);
	if (!of.readOnly && source && sourceOf(source) === of.name)
		return `${of.name} is one of a pair and takes writes: what it has logged is no single place in the log of ${source.name}; make it read-only first`;
	return of === below ? unmoving(of, settings) : undefined;
};

/** Why it cannot go there by the place of a sibling, or of its source. */
const unpaired: typeof misfit = (snapshot, instance, below, settings) => {
	const why = fixed(instance) ?? unplaced(snapshot, instance, below, settings);
	if (why !== undefined) return why;
	const of = pairServer(snapshot, instance, below);
	if (of === undefined)
		return `${instance.name} replicates by file and position, and ${below.name} is neither its sibling nor the source of its source`;
	return unmoving(instance, settings) ?? untold(snapshot, of, below, settings);
};

/** Why the server cannot be moved there by GTID, as a sentence; undefined when it can. */
export const whyNotBelow: typeof misfit = (...asked) => whyNot(unfit, ...asked);

/** Why the server cannot be pointed there at the place that it has reached, as a sentence; undefined when it can. */
export const whyNotDisplaced: typeof misfit = (...asked) =>
	whyNot(displaced, ...asked);

/** Why the server cannot go on there from whatever place there is, as a sentence; undefined when it can. */
export const whyNotPlaced: typeof misfit = (...asked) =>
	whyNot(unplaced, ...asked);

/** Why the server cannot be moved there by the place of a sibling or its source, as a sentence; undefined when it can. */
export const whyNotPaired: typeof misfit = (...asked) =>
	whyNot(unpaired, ...asked);

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

import { isMultiSource } from "../topology/channels.ts";
import { compareCoordinates } from "../topology/coordinates.ts";
import {
	type Coordinates,
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
	usesGtid,
} from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { compareVersions } from "../topology/version.ts";
import { haveSameLogs } from "./log-origin.ts";
import { underMaintenance } from "./members.ts";
import type { PlanSettings } from "./plan.ts";
import { cannot } from "./privileges.ts";
import {
	cannotBePointed,
	misfit,
	severalChannels,
	unreachable,
	whyNot,
} from "./relocation-checks.ts";

/** What speaks against a move by a place in the logs: by file and position, by a server at rest, or by Pseudo-GTID. */

/** Why it would not replicate there from whatever place in the logs. Which one it is only the servers tell. */
const unplaced: typeof misfit = (snapshot, instance, below, settings) => {
	if (usesGtid(instance))
		return `${instance.name} replicates by GTID, which needs no Pseudo-GTID; use relocate`;
	const held = underMaintenance(snapshot, [below]);
	if (held !== undefined) return held;
	const { sqlDelaySeconds } = instance.replication;
	if (sqlDelaySeconds > settings.maxMaintenanceLagSeconds)
		return `${instance.name} is delayed by ${sqlDelaySeconds} s, and what it received has to be applied first; take the delay off`;
	return (
		misfit(snapshot, instance, below, settings) ?? cannotBePointed(instance)
	);
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

/** The binlog router that MaxScale has since then takes no file and position. */
const BY_GTID_SINCE = "2.5";

const handsOnByGtid = ({ flavor, version }: Instance): boolean =>
	flavor === "MaxScale" && compareVersions(version, BY_GTID_SINCE) >= 0;

/** Why it cannot go on at the place that it has reached. */
const displaced: typeof misfit = (snapshot, instance, below, settings) => {
	const why = unplaced(snapshot, instance, below, settings);
	if (why !== undefined) return why;
	const source = sourceOf(instance);
	const from = source && findInstance(snapshot, source);
	if (source === below.name) return undefined;
	if (handsOnByGtid(below))
		return `${below.name} is MaxScale ${below.version}, which hands on by GTID alone from ${BY_GTID_SINCE} on, and ${instance.name} replicates by file and position`;
	if (from === undefined || !haveSameLogs(snapshot, from, below))
		return `${instance.name} replicates by file and position, and the binary logs of ${below.name} are not those of ${source ?? "its source"}: a place in them is another one there; use relocate`;
	// Whose logs grow was perhaps looked at earlier: the move waits for that.
	const grows = isReplica(below)
		? below.replication.receiver > 0
		: !below.readOnly;
	if (grows) return undefined;
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

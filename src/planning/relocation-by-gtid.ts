import { isGtidCompatible, missingPurged } from "../topology/can-replicate.ts";
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
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { errantRemedy } from "./errant-remedy.ts";
import { recordedPrimary } from "./members.ts";
import {
	cannotBePointed,
	descends,
	misfit,
	whyNot,
} from "./relocation-checks.ts";

/** What speaks against a move by GTID. */

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

/** Why it would not replicate there by GTID, or something would be lost. Of its own source it has all already. */
const unfit: typeof misfit = (snapshot, instance, below, settings) => {
	const isOwn = sourceOf(instance) === below.name;
	const why = misfit(snapshot, instance, below, settings);
	if (why !== undefined) return why;
	if (!isGtidCompatible(instance, below))
		return `${instance.name} does not replicate by a GTID that ${below.name} supports`;
	const given = isOwn ? "" : errantLackedBy(instance, below.errantGtid);
	if (given !== "")
		return `${below.name} has errant transactions, which ${instance.name} would get: ${given.slice(0, 200)}; ${errantRemedy(below.name)}`;
	const pointless = cannotBePointed(instance);
	if (pointless !== undefined) return pointless;
	const purged = missingPurged(instance, below);
	if (purged !== "")
		return `${below.name} has purged transactions that ${instance.name} needs: ${purged.slice(0, 200)}`;
	const lacked = lackedBelow(snapshot, instance, below);
	return lacked === ""
		? turnedAway(snapshot, instance, below)
		: `${instance.name} has transactions that ${below.name} lacks: ${lacked.slice(0, 200)}`;
};

/** Why the server cannot be moved there by GTID, as a sentence; undefined when it can. */
export const whyNotBelow: typeof misfit = (...asked) => whyNot(unfit, ...asked);

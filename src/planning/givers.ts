import {
	canReplicateFrom,
	missingPurged,
	type ReplicateOptions,
} from "../topology/can-replicate.ts";
import { isMultiSource } from "../topology/channels.ts";
import { contains, familyOf } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	usesGtid,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { holdings, isHeldByDelay, wouldDiscard } from "./holdings.ts";

/** Replicas of one source that are compared with each other. */
export interface Siblings {
	/** Those that can be reached, by name. */
	readonly reachable: readonly Instance[];
	/** What each of them holds of what the source gave it. */
	readonly held: ReadonlyMap<InstanceName, string>;
	readonly options: ReplicateOptions;
}

/** @param replicas by name, unreachable ones among them */
export const siblingsOf = (
	source: InstanceName,
	replicas: readonly Instance[],
	options: ReplicateOptions,
): Siblings => {
	const reachable = replicas.filter(isLastCheckValid);
	return {
		reachable,
		held: new Map(reachable.map((each) => [each.name, holdings(each, source)])),
		options,
	};
};

/** Whether `one` has received everything that `other` has. */
const covers = (
	one: Instance,
	other: Instance,
	{ held }: Siblings,
): boolean => {
	const has = held.get(one.name) ?? "";
	const asked = held.get(other.name) ?? "";
	// Most replicas hold the same, and sets may be long.
	return has === asked || contains(familyOf(one), has, asked);
};

/** The siblings that have something which `one` has not received. */
export const lackedOf = (
	one: Instance,
	siblings: Siblings,
): readonly InstanceName[] =>
	siblings.reachable
		.filter((other) => !covers(one, other, siblings))
		.map((other) => other.name);

/** The instance as a source: a delay of its own is over by then, since it has applied all. */
export const asSource = (instance: Instance): Instance => ({
	...instance,
	replication: { ...instance.replication, sqlDelaySeconds: 0 },
});

/** It can apply, soon, all that it received. */
const canApply = (instance: Instance, options: ReplicateOptions): boolean =>
	!isHeldByDelay(instance, options) &&
	!wouldDiscard(instance) &&
	instance.replication.lastApplierError === "";

/**
 * Whether `giver` can hand on what `taker` lacks: soon, in a form that the other reads, all of it (filters) and nothing else
 * (errant transactions).
 */
const canGive = (
	giver: Instance,
	taker: Instance,
	siblings: Siblings,
): boolean =>
	giver.name !== taker.name &&
	usesGtid(giver) &&
	giver.logBin &&
	giver.logReplicaUpdates &&
	!isMultiSource(giver) &&
	!giver.replication.hasFilters &&
	giver.errantGtid === "" &&
	canApply(giver, siblings.options) &&
	canReplicateFrom(taker, asSource(giver), siblings.options).ok &&
	missingPurged(taker, giver) === "" &&
	// It would be no source for one that has more in another respect.
	covers(giver, taker, siblings) &&
	!covers(taker, giver, siblings);

/** The replica that has most of what `taker` lacks, and can hand it on. */
export const giverFor = (
	taker: Instance,
	siblings: Siblings,
): Instance | undefined =>
	siblings.reachable
		.filter((each) => canGive(each, taker, siblings))
		.map((each) => ({ each, lacks: lackedOf(each, siblings).length }))
		.toSorted((a, b) => a.lacks - b.lacks)[0]?.each;

import { canReplicateFrom, missingPurged } from "../topology/can-replicate.ts";
import { isMultiSource } from "../topology/channels.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { asSource, giverFor, lackedOf, type Siblings } from "./givers.ts";
import { hasUnapplied } from "./holdings.ts";

/** How soon a replica can be opened without losing anything, best first. */
export const READINESS = {
	/** Has received everything that any reachable replica has, and applied it, or is about to. */
	ready: 0,
	/** Has everything, and some way to go until it is applied. */
	applies: 1,
	/** Can fetch from another what it lacks. */
	fetches: 2,
	/** Lacks what nobody can give it. */
	lacks: 3,
} as const;

type Readiness = keyof typeof READINESS;

/** Lag at the last probe up to which an applier that runs counts as about to be through. */
const ABOUT_TO_BE_READY_SECONDS = 1;

const appliesAtOnce = ({ replication, lagSeconds }: Instance): boolean =>
	replication.applier === 1 &&
	replication.lastApplierError === "" &&
	replication.sqlDelaySeconds === 0 &&
	lagSeconds !== null &&
	lagSeconds <= ABOUT_TO_BE_READY_SECONDS;

/** A replica among its siblings, with all that its rank goes by. */
export interface Standing {
	readonly instance: Instance;
	readonly readiness: Readiness;
	/** The reachable siblings that have what it lacks. */
	readonly lacks: readonly InstanceName[];
	/** From whom it can fetch all or part of it. */
	readonly giver: Instance | undefined;
	/** How many siblings could not replicate from it: version, binary log format, purged transactions. */
	readonly strands: number;
	/** The failed primary waited for acknowledgements, and this one could not: no plugin. */
	readonly withoutSemiSync: boolean;
	/** Was stopped by a person, or is held back, since before. */
	readonly isSetAside: boolean;
}

const readinessOf = (
	instance: Instance,
	lacks: readonly InstanceName[],
	giver: Instance | undefined,
	siblings: Siblings,
): Readiness => {
	if (lacks.length === 0)
		return !hasUnapplied(instance) || appliesAtOnce(instance)
			? "ready"
			: "applies";
	return giver !== undefined && lackedOf(giver, siblings).length === 0
		? "fetches"
		: "lacks";
};

const isStrandedBy = (
	other: Instance,
	instance: Instance,
	{ options }: Siblings,
): boolean =>
	other.name !== instance.name &&
	!isMultiSource(other) &&
	(!canReplicateFrom(other, asSource(instance), options).ok ||
		missingPurged(other, instance) !== "");

export const standingOf = (
	instance: Instance,
	failed: Instance,
	siblings: Siblings,
): Omit<Standing, "isSetAside"> => {
	const lacks = lackedOf(instance, siblings);
	const giver = lacks.length === 0 ? undefined : giverFor(instance, siblings);
	return {
		instance,
		readiness: readinessOf(instance, lacks, giver, siblings),
		lacks,
		giver,
		strands: siblings.reachable.filter((other) =>
			isStrandedBy(other, instance, siblings),
		).length,
		withoutSemiSync:
			failed.semiSync.sourceEnabled && !instance.semiSync.available,
	};
};

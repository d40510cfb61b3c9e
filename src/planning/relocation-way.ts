import type { RequestOf } from "../planning/operation.ts";
import { type Instance, isReplica, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import type { Demand } from "./relocation-method.ts";

/** A replica and the server that it is to stand below. */
export interface Place {
	readonly instance: Instance;
	readonly below: Instance;
}

export interface Refusal {
	readonly refusal: string;
}

export type RelocationRequest = Omit<
	RequestOf<"relocation">,
	"kind" | "cluster" | "requestedBy"
>;

type Way = NonNullable<RelocationRequest["way"]>;

/** As the sentences of its plan call it. */
export const WAY_TITLES: Readonly<Record<Way, string>> = {
	up: "move up",
	siblings: "move below a sibling",
	gtid: "move by GTID",
	repoint: "repointing",
	match: "match",
	matchUp: "match up",
	rematch: "rematch",
	equivalent: "move to an equivalent place",
};

const DEMANDS: Readonly<Record<Way, Demand>> = {
	up: "classic",
	siblings: "classic",
	gtid: "gtid",
	repoint: "same",
	match: "markers",
	matchUp: "markers",
	rematch: "markers",
	equivalent: "recorded",
};

/** What the way leaves to be chosen. */
export const demandOf = (way: Way | undefined): Demand =>
	way === undefined ? "any" : DEMANDS[way];

const notReplica = ({ name }: Instance): Refusal => ({
	refusal: `${name} is not a replica; use graceful-master-takeover to change the primary`,
});

/** @returns the server of that name, or the refusal that says that it is not there */
export const memberOf = (
	snapshot: Snapshot,
	name: InstanceName,
): Instance | Refusal =>
	findInstance(snapshot, name) ?? {
		refusal: `${name} is not in cluster ${snapshot.clusterName}; name a server that is, or discover ${name} first if it belongs there`,
	};

export const isRefusal = (found: object): found is Refusal =>
	"refusal" in found;

/** The source of a replica, which must be a member of the cluster. */
export const sourceIn = (
	snapshot: Snapshot,
	instance: Instance,
): Instance | Refusal => {
	const source = sourceOf(instance);
	return source === undefined
		? notReplica(instance)
		: memberOf(snapshot, source);
};

/** The source of its source. */
export const grandSourceIn = (
	snapshot: Snapshot,
	instance: Instance,
): Instance | Refusal => {
	const source = sourceIn(snapshot, instance);
	if (isRefusal(source)) return source;
	if (sourceOf(source) === instance.name)
		return {
			refusal: `${instance.name} and ${source.name} replicate from each other: there is no server above them; reset-replica on one of them ends that`,
		};
	return isReplica(source)
		? sourceIn(snapshot, source)
		: {
				refusal: `${source.name}, the source of ${instance.name}, is not a replica itself: there is no server above it`,
			};
};

const placeSaid = (instance: Instance): string => {
	const source = sourceOf(instance);
	return source === undefined
		? `${instance.name} from nobody`
		: `${instance.name} from ${source}`;
};

const areSiblings = (one: Instance, other: Instance): boolean =>
	sourceOf(one) !== undefined && sourceOf(one) === sourceOf(other);

const named = (
	snapshot: Snapshot,
	{ instance, below }: RelocationRequest,
): Instance | Refusal =>
	below === undefined
		? {
				refusal: `it is not said below which server ${instance} is to be moved`,
			}
		: memberOf(snapshot, below);

const DESTINATIONS: Readonly<
	Record<
		Way | "any",
		(
			snapshot: Snapshot,
			instance: Instance,
			request: RelocationRequest,
		) => Instance | Refusal
	>
> = {
	any: (snapshot, _, request) => named(snapshot, request),
	gtid: (snapshot, _, request) => named(snapshot, request),
	match: (snapshot, _, request) => named(snapshot, request),
	equivalent: (snapshot, _, request) => named(snapshot, request),
	matchUp: (snapshot, instance) => grandSourceIn(snapshot, instance),
	rematch: (snapshot, instance) => sourceIn(snapshot, instance),
	up: (snapshot, instance, { below }) => {
		const above = grandSourceIn(snapshot, instance);
		return !isRefusal(above) && below !== undefined && below !== above.name
			? {
					refusal: `${below} is not above the source of ${instance.name}: that is ${above.name}`,
				}
			: above;
	},
	siblings: (snapshot, instance, request) => {
		const below = named(snapshot, request);
		if (isRefusal(below) || below.name === instance.name) return below;
		return areSiblings(instance, below)
			? below
			: {
					refusal: `${instance.name} and ${below.name} are not siblings: ${placeSaid(instance)}, ${placeSaid(below)}${
						sourceOf(below) === instance.name
							? `; take-master -i ${below.name} lets the two change places`
							: "; use relocate"
					}`,
				};
	},
	repoint: (snapshot, instance, request) =>
		request.below === undefined
			? sourceIn(snapshot, instance)
			: named(snapshot, request),
};

/** Whom the request is about and where it is to go, or why that way leads nowhere. */
export const placeOf = (
	snapshot: Snapshot,
	request: RelocationRequest,
): Place | Refusal => {
	const instance = memberOf(snapshot, request.instance);
	if (isRefusal(instance)) return instance;
	const below = DESTINATIONS[request.way ?? "any"](snapshot, instance, request);
	return isRefusal(below) ? below : { instance, below };
};

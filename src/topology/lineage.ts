import { type Instance, isLastCheckValid, sourceOf } from "./instance.ts";
import { compareNames, type InstanceName } from "./instance-name.ts";

/** Who hangs below whom in a set of instances. Replication in a circle is a ring: each member's upstream is the next. */
export interface Lineage {
	/** The instance that this one hangs below, if it is in the set. */
	readonly upstreamOf: (instance: Instance) => Instance | undefined;
	/** Direct downstream instances, by host and port. */
	readonly downstreamOf: (instance: Instance) => readonly Instance[];
	/** By host and port: without an upstream in the set, or head of a ring. Everything else is below exactly one of them. */
	readonly tops: readonly Instance[];
	/** Both are each other's source. */
	readonly isCoPrimary: (instance: Instance) => boolean;
}

/**
 * A group's secondaries hang below its primary, whatever else they replicate from; one that was expelled, and so
 * does not see the primary any more, below the member that says it is the primary.
 */
const upstreamName = (
	instance: Instance,
	primaries: ReadonlyMap<string, InstanceName>,
): InstanceName | undefined => {
	const { name, primary, memberRole, singlePrimary } = instance.group;
	if (name === "") return sourceOf(instance);
	const isOrphan = primary === "" && singlePrimary && memberRole !== "PRIMARY";
	const above = isOrphan ? primaries.get(name) : primary;
	return above !== undefined && above !== "" && above !== instance.name
		? above
		: sourceOf(instance);
};

/** By group. A primary that is not seen any more does not stand in the way of the one that took over. */
const primariesOfGroups = (
	instances: readonly Instance[],
): ReadonlyMap<string, InstanceName> =>
	new Map(
		instances
			.filter(
				({ group }) => group.name !== "" && group.memberRole === "PRIMARY",
			)
			.sort((a, b) => Number(isLastCheckValid(a)) - Number(isLastCheckValid(b)))
			.map(({ group, name }) => [group.name, name]),
	);

const findRings = (
	instances: readonly Instance[],
	upstreamOf: Lineage["upstreamOf"],
): (readonly Instance[])[] => {
	const rings: (readonly Instance[])[] = [];
	const settled = new Set<Instance>();
	for (const start of instances) {
		const path: Instance[] = [];
		let at: Instance | undefined = start;
		while (at && !settled.has(at)) {
			settled.add(at);
			path.push(at);
			at = upstreamOf(at);
		}
		const entry = at ? path.indexOf(at) : -1;
		if (entry >= 0) rings.push(path.slice(entry));
	}
	return rings;
};

/**
 * The member that a ring is named after: the one whose name its members carry already, if they agree, so that the name
 * is stable; else the alphabetically first.
 */
const headOf = (ring: readonly Instance[]): Instance | undefined => {
	const carried = new Set(ring.map(({ clusterName }) => clusterName));
	const named = ring.filter(({ name }) => carried.has(name));
	const candidates = named.length === 1 ? named : ring;
	return candidates.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0];
};

const byName = (a: Instance, b: Instance): number =>
	compareNames(a.name, b.name);

export const lineageOf = (instances: readonly Instance[]): Lineage => {
	const named = new Map<string, Instance>(instances.map((i) => [i.name, i]));
	const sorted = [...named.values()].sort(byName);
	const primaries = primariesOfGroups(sorted);
	const upstreamOf = (instance: Instance): Instance | undefined => {
		const name = upstreamName(instance, primaries);
		return name === undefined || name === instance.name
			? undefined
			: named.get(name);
	};
	const downstream = new Map<InstanceName, Instance[]>();
	for (const instance of sorted) {
		const upstream = upstreamOf(instance);
		if (!upstream) continue;
		const list = downstream.get(upstream.name);
		if (list) list.push(instance);
		else downstream.set(upstream.name, [instance]);
	}
	const heads = new Set(findRings(sorted, upstreamOf).map(headOf));
	return {
		upstreamOf,
		downstreamOf: (instance) => downstream.get(instance.name) ?? [],
		tops: sorted.filter((i) => heads.has(i) || !upstreamOf(i)),
		isCoPrimary: (instance) => {
			const source = named.get(sourceOf(instance) ?? "");
			return (
				source !== undefined &&
				source.name !== instance.name &&
				sourceOf(source) === instance.name
			);
		},
	};
};

/** The servers above the instance, nearest first. In a ring it is its own last ancestor. */
export const ancestorsOf = (
	lineage: Lineage,
	instance: Instance,
): readonly Instance[] => {
	const ancestors = new Set<Instance>();
	let at = lineage.upstreamOf(instance);
	while (at && !ancestors.has(at)) {
		ancestors.add(at);
		at = lineage.upstreamOf(at);
	}
	return [...ancestors];
};

import type { Instance } from "./instance.ts";
import { lineageOf } from "./lineage.ts";

const NOBODY: ReadonlySet<string> = new Set();

const joinUuids = (...lists: readonly string[]): string =>
	[...new Set(lists.join(",").split(","))].filter((u) => u !== "").join(",");

/**
 * A tree in which the recorded primary of a cluster stands goes by that one's name, wherever in it that stands, unless its top is on
 * record itself.
 */
const asRecorded = (
	derived: Map<string, Instance>,
	recorded: ReadonlySet<string>,
): void => {
	const names = new Map<string, string>();
	for (const name of recorded) {
		const top = derived.get(name)?.clusterName;
		if (top !== undefined && !recorded.has(top)) names.set(top, name);
	}
	if (names.size === 0) return;
	for (const [key, each] of derived) {
		const clusterName = names.get(each.clusterName);
		if (clusterName !== undefined) derived.set(key, { ...each, clusterName });
	}
};

/**
 * The instances with their place in the topology: `clusterName`, `depth`, `isCoMaster`, `ancestryUuid`, for the whole set at once, so that a change at the top reaches the leaves in the same moment. An instance whose source
 * is not in the set is the top of a cluster of its own. A ring keeps the name that its members carry.
 * @param recorded who is the primary of a cluster on record
 */
export const derive = (
	instances: readonly Instance[],
	recorded: ReadonlySet<string> = NOBODY,
): Instance[] => {
	const lineage = lineageOf(instances);
	const derived = new Map<string, Instance>();
	const place = (instance: Instance, above: Instance | undefined): Instance => {
		const placed = {
			...instance,
			clusterName: above ? above.clusterName : instance.name,
			depth: above ? above.depth + 1 : 0,
			isCoMaster: lineage.isCoPrimary(instance),
			ancestryUuid: joinUuids(
				above?.ancestryUuid ?? "",
				instance.serverUuid,
				instance.group.name,
			),
		};
		derived.set(instance.name, placed);
		return placed;
	};
	const level = lineage.tops.map((top) => ({
		original: top,
		placed: place(top, undefined),
	}));
	// Grows while it is walked: each level appends the next. A ring ends at its head, which is placed already.
	for (const { original, placed } of level)
		for (const child of lineage.downstreamOf(original))
			if (!derived.has(child.name))
				level.push({ original: child, placed: place(child, placed) });
	asRecorded(derived, recorded);
	return instances.map((instance) => derived.get(instance.name) ?? instance);
};

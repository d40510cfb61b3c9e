import type { Instance } from "./instance.ts";
import { lineageOf } from "./lineage.ts";

const joinUuids = (...lists: readonly string[]): string =>
	[...new Set(lists.join(",").split(","))].filter((u) => u !== "").join(",");

/**
 * The instances with their place in the topology: `clusterName`, `depth`, `isCoMaster`, `ancestryUuid`, for the whole set at once, so that a change at the top reaches the leaves in the same moment. An instance whose source
 * is not in the set is the top of a cluster of its own. A ring keeps the name that its members carry.
 */
export const derive = (instances: readonly Instance[]): Instance[] => {
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
	return instances.map((instance) => derived.get(instance.name) ?? instance);
};

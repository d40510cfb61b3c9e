import { type Instance, sourceOf } from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** The server whose binary logs a server hands on: its own, or of a binlog server those of whom it stands below. */
const logOrigin = (
	snapshot: Snapshot,
	from: Instance,
): Instance | undefined => {
	const seen = new Set<Instance>();
	let at: Instance | undefined = from;
	while (at?.isBinlogServer === true && !seen.has(at)) {
		seen.add(at);
		const source = sourceOf(at);
		at = source === undefined ? undefined : findInstance(snapshot, source);
	}
	return at?.isBinlogServer === true ? undefined : at;
};

/** Whether the logs of both are the same ones, so that a place in one is that place in the other. */
export const haveSameLogs = (
	snapshot: Snapshot,
	one: Instance,
	other: Instance,
): boolean => {
	if (one.name === other.name) return true;
	const origin = logOrigin(snapshot, one);
	return (
		origin !== undefined && origin.name === logOrigin(snapshot, other)?.name
	);
};

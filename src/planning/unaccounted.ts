import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

// A server that an operation may have made writable, and that said nothing then, is looked for before anybody else is opened. Seen
// read-only it is a replica like any other.

/** It is seen, and takes writes: it is the primary in all but name, and an operation that goes on can only finish with it. */
export const heirIn = (snapshot: Snapshot): Instance | undefined =>
	heirsIn(snapshot)[0];

export const heirsIn = (snapshot: Snapshot): readonly Instance[] =>
	unaccountedIn(snapshot)
		.flatMap((name) => findInstance(snapshot, name) ?? [])
		.filter((each) => isLastCheckValid(each) && !each.readOnly);

/** Those of which nobody knows yet. */
export const silentIn = (snapshot: Snapshot): readonly InstanceName[] =>
	unaccountedIn(snapshot).filter((name) => {
		const now = findInstance(snapshot, name);
		return now === undefined || !isLastCheckValid(now);
	});

const unaccountedIn = ({ unaccounted = [] }: Snapshot) => unaccounted;

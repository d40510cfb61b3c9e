import { derive } from "../topology/derive.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import { onRecord } from "../topology/role.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** A configured query may have told the lag, which a step does not ask; behind another source that says nothing any more. */
const lagNow = (known: Instance, seen: Instance): number | null =>
	known.lagSeconds === null || sourceOf(known) !== sourceOf(seen)
		? seen.replication.secondsBehind
		: known.lagSeconds;

/** What a step saw of a server, on top of what the full look saw before: a step looks at less. */
export const withSeen = (known: Instance, seen: Instance): Instance => ({
	...known,
	check: seen.check,
	readOnly: seen.readOnly,
	superReadOnly: seen.superReadOnly,
	executedGtid: seen.executedGtid,
	purgedGtid: seen.purgedGtid,
	binlogGtidState: seen.binlogGtidState,
	selfCoordinates: seen.selfCoordinates,
	lagSeconds: lagNow(known, seen),
	replication: {
		...seen.replication,
		heartbeatPeriodSeconds: known.replication.heartbeatPeriodSeconds,
		silentForMs: known.replication.silentForMs,
		heartbeats: known.replication.heartbeats,
	},
	otherChannels: seen.otherChannels,
});

/** A server that did not do what it was asked for counts as one that cannot be reached. */
export const unreached = (known: Instance, why: string): Instance => ({
	...known,
	check: {
		...known.check,
		outcome: "lost",
		checkedAtMs: Math.max(known.check.checkedAtMs, known.check.seenAtMs + 1),
		error: why,
	},
});

/** The snapshot with servers as they were seen since. */
export const seenSince = (
	snapshot: Snapshot,
	seen: readonly Instance[],
): Snapshot => {
	if (seen.length === 0) return snapshot;
	const byName = new Map(seen.map((each) => [each.name, each]));
	return {
		...snapshot,
		instances: derive(
			snapshot.instances.map((known) => {
				const now = byName.get(known.name);
				return now === undefined ? known : withSeen(known, now);
			}),
			onRecord(snapshot.role),
		),
	};
};

import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	disputesIn,
	primaryByServers,
	takesWrites,
} from "../topology/role-disputes.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** So long something must stand against the record before it counts: an operation changes the servers first, and is read of a second later. */
const STANDS_MS = 3_000;
/**
 * The entity is told of it again after so long, and twice as late each time, up to the most. Soon at first: what is told once may come to
 * nothing for a reason of that moment, such as a server that was slow to answer or another operation that had the cluster.
 */
const TELL_AGAIN_MS = 2_000;
const TELL_AGAIN_AT_MOST_MS = 600_000;

/** What decides whether the record may follow the servers: other than before, that is news. */
const groundsOf = (snapshot: Snapshot, primary: Instance): string => {
	const { instances, role } = snapshot;
	const recorded = instances.find(({ name }) => name === role?.primary);
	return [
		// Whoever else takes writes speaks against it.
		...[primary, ...instances.filter(takesWrites)].map(({ name }) => name),
		...(recorded === undefined
			? []
			: [
					recorded.readOnly,
					recorded.errantGtid === "",
					instances.some((each) => sourceOf(each) === recorded.name),
				]),
	].join(" ");
};

/** What is seen of one cluster and does not go with the record of its primary. */
export class RoleWatch {
	private sinceMs: number | undefined;
	private told:
		| { readonly key: string; readonly atMs: number; readonly pauseMs: number }
		| undefined;

	/** The snapshot for the analysis: without the record as long as what stands against it may be an operation's work. */
	settled(snapshot: Snapshot, nowMs: number): Snapshot {
		if (disputesIn(snapshot).size === 0) {
			this.sinceMs = undefined;
			return snapshot;
		}
		this.sinceMs ??= nowMs;
		if (nowMs - this.sinceMs >= STANDS_MS) return snapshot;
		const { role, ...rest } = snapshot;
		return rest;
	}

	/** @returns whom the servers have for their primary in place of the recorded one, when the entity is to be told so now */
	moved(snapshot: Snapshot, nowMs: number): InstanceName | undefined {
		const primary = primaryByServers(this.settled(snapshot, nowMs));
		if (primary === undefined || !takesWrites(primary)) {
			this.told = undefined;
			return undefined;
		}
		const key = groundsOf(snapshot, primary);
		const { told } = this;
		const last = told?.key === key ? told : undefined;
		if (last !== undefined && nowMs - last.atMs < last.pauseMs)
			return undefined;
		const pauseMs =
			last === undefined
				? TELL_AGAIN_MS
				: Math.min(2 * last.pauseMs, TELL_AGAIN_AT_MOST_MS);
		this.told = { key, atMs: nowMs, pauseMs };
		return primary.name;
	}

	/** It could not be told, or what was told may have come to nothing: it is told at the next occasion. */
	tellAnew(): void {
		this.told = undefined;
	}
}

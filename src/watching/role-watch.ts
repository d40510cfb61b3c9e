import type { InstanceName } from "../topology/instance-name.ts";
import {
	disputesIn,
	primaryByServers,
	takesWrites,
} from "../topology/role-disputes.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** So long something must stand against the record before it counts: an operation changes the servers first, and is read of a second later. */
const STANDS_MS = 3_000;
/** The entity is told of it again after so long. */
const TELL_AGAIN_MS = 60_000;

/** What is seen of one cluster and does not go with the record of its primary. */
export class RoleWatch {
	private sinceMs: number | undefined;
	private told:
		| { readonly primary: InstanceName; readonly atMs: number }
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
		const { told } = this;
		const isAgain = told?.primary === primary.name;
		if (isAgain && nowMs - told.atMs < TELL_AGAIN_MS) return undefined;
		this.told = { primary: primary.name, atMs: nowMs };
		return primary.name;
	}

	/** It could not be told. */
	failed(): void {
		this.told = undefined;
	}
}

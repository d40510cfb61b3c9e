import type { Coordinates, Instance } from "./instance.ts";
import type { InstanceName } from "./instance-name.ts";
import type { Opening } from "./opening.ts";
import type { Role } from "./role.ts";
import {
	isAnotherNow,
	markOf,
	NO_MARK,
	type ServerMark,
} from "./server-mark.ts";

/** An announced absence: findings on the instance are shown but not acted on. */
export interface Downtime {
	readonly instance: InstanceName;
	readonly owner: string;
	readonly reason: string;
	readonly beganAtMs: number;
	readonly endsAtMs: number;
}

/** Reason of the downtime of a server that an operation has left behind. */
export const LOST_IN_RECOVERY = "lost-in-recovery";

/** A binary-log position that has not moved since it was first seen. */
export interface StaleCoordinates {
	readonly instance: InstanceName;
	readonly coordinates: Coordinates;
	readonly firstSeenAtMs: number;
}

/** A channel whose receiver runs, or tries to connect. */
export interface ReceivingChannel {
	readonly on: InstanceName;
	readonly channel: string;
	readonly applies: boolean;
	/** `host:port` that it received from. */
	readonly source?: string;
	/** Its server took writes when the operation began: that it does says nothing of whether the operation has opened it. */
	readonly wasOpen?: true;
	/** When the operation looked that was cut off and may have stopped it; milliseconds since the epoch. */
	readonly leftAtMs?: number;
}

/**
 * A frozen picture of one cluster at one moment. Everything that is decided is decided on one of these, by pure functions.
 */
export interface Snapshot {
	/** The cluster's identity: given at discovery, kept through failovers and renames. */
	readonly identity: string;
	/** `host:port` of the primary: the drop-in name. */
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly clusterDomain: string;
	/** Milliseconds since the epoch; the "now" of every age that is computed from this snapshot. */
	readonly takenAtMs: number;
	readonly instances: readonly Instance[];
	/** Downtimes in force at {@link takenAtMs}. */
	readonly downtimes: readonly Downtime[];
	/** Instances that an operator or an operation holds for maintenance at {@link takenAtMs}. */
	readonly maintained: readonly InstanceName[];
	/** Of primaries whose commits may wait for acknowledgements. */
	readonly staleCoordinates: readonly StaleCoordinates[];
	/** Replicas of these instances that the store counts to another cluster: they speak of their source, and are not analysed here. */
	readonly replicasElsewhere?: readonly Instance[];
	/** Who is the primary by somebody's word; missing where nobody is yet. */
	readonly role?: Role;
	/** The one on record, where the store counts it to another cluster: what takes writes here does so beside it. */
	readonly recordedElsewhere?: Instance;
	/** Whom the recorded primary has replaced, as the store notes it. */
	readonly replaced?: readonly InstanceName[];
	/** Who was replaced and is held back until it has rejoined, or a person has decided. */
	readonly fenced?: readonly InstanceName[];
	/** The operation that made the recorded primary what it is; missing where none has. */
	readonly opening?: Opening;
	/** An operation may have made them writable, and they said nothing then; nobody was made writable since. */
	readonly unaccounted?: readonly InstanceName[];
	/** What received when the operation began that goes by this picture: all that it stops is told by this. */
	readonly receiving?: readonly ReceivingChannel[];
	/** Who was read-only when the operation began, or before an operation before it that did not come to its end. */
	readonly closed?: readonly InstanceName[];
	/** Of {@link closed}, who could not be seen when the operation began: one before it may have opened them. */
	readonly hidden?: readonly InstanceName[];
	/** Of {@link receiving}, what an operation before this one had stopped, or may have told to stop, and nobody could start since. */
	readonly unrestored?: readonly ReceivingChannel[];
}

/** Another server answers at the address of the recorded primary than the one that is on record. */
export const isStranger = (
	{ role }: Pick<Snapshot, "role">,
	instance: Instance,
): boolean =>
	role?.primary === instance.name && isAnotherNow(role.server, instance);

/** What tells the server from another one, as far as it was seen. */
export const markIn = (
	snapshot: Snapshot | undefined,
	name: string,
): ServerMark => {
	const instance = snapshot && findInstance(snapshot, name);
	return instance === undefined ? NO_MARK : markOf(instance);
};

/** The same of a server that was replaced: of a primary at whose address another one answers by now, as it is on record. */
export const replacedMarkIn = (
	snapshot: Snapshot | undefined,
	name: string,
): ServerMark => {
	const instance = snapshot && findInstance(snapshot, name);
	return snapshot?.role !== undefined &&
		instance !== undefined &&
		isStranger(snapshot, instance)
		? snapshot.role.server
		: markIn(snapshot, name);
};

export const findInstance = (
	snapshot: Snapshot,
	name: string,
): Instance | undefined =>
	snapshot.instances.find((instance) => instance.name === name);

/** What was seen over time, and what is handed out for a time: the part of the store's contract. */
import type { Coordinates, Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { LogPlace } from "../../topology/log-place.ts";
import type { StaleCoordinates } from "../../topology/snapshot.ts";

/** One instance in a recorded topology. */
export interface RecordedInstance {
	readonly instance: InstanceName;
	/** Empty for none. */
	readonly source: InstanceName | "";
	readonly clusterName: string;
	readonly version: string;
}

export interface TopologySnapshots {
	/** Records every known instance. @returns the record's time, seconds since the epoch. */
	take(nowMs: number): Promise<number>;
	/** Times of the records, seconds since the epoch, oldest first. */
	times(): Promise<number[]>;
	/** By instance. */
	at(unixSeconds: number, clusterName: string): Promise<RecordedInstance[]>;
}

export interface AnalysisChange {
	readonly instance: InstanceName;
	readonly atMs: number;
	readonly analysis: string;
}

/** Changes of analysis codes. */
export interface Changelog {
	/** Notes those whose code is not the last one noted; the first code of an instance is remembered but is no change. @returns how many changed. */
	note(
		entries: readonly {
			readonly instance: InstanceName;
			readonly analysis: string;
		}[],
		nowMs: number,
	): Promise<number>;
	/** Oldest first; of one instance or all. */
	changes(instance?: InstanceName): Promise<AnalysisChange[]>;
	expire(changedBeforeMs: number): Promise<number>;
}

/** Binary-log positions that did not move while commits wait for acknowledgements. */
export interface StalePositions {
	/** Keeps the first sighting of the same coordinates; other coordinates replace it. */
	note(
		instance: InstanceName,
		coordinates: Coordinates,
		nowMs: number,
	): Promise<void>;
	forget(instance: InstanceName): Promise<void>;
	all(): Promise<StaleCoordinates[]>;
	expire(firstSeenBeforeMs: number): Promise<number>;
}

/** Where logs stood, for searches by Pseudo-GTID. */
export interface PositionHistory {
	record(instances: readonly Instance[], nowMs: number): Promise<void>;
	expire(recordedBeforeMs: number): Promise<number>;
}

/** Places in the logs of two servers that were seen to be one: a replica that stands at the one can go on at the other. */
export interface Equivalences {
	record(one: LogPlace, other: LogPlace, nowMs: number): Promise<void>;
	/** All that are recorded as the same place, through others too; the newest first. */
	of(place: LogPlace): Promise<LogPlace[]>;
	expire(suggestedBeforeMs: number): Promise<number>;
}

/** Tokens of `AuthenticationMethod` `token`. One that is flagged reentrant in its row never ages, and can be acquired again. */
export interface AccessTokens {
	/** @returns the public token: 64 hexadecimal digits. */
	generate(owner: string, nowMs: number): Promise<string>;
	/** Exchanges a public token that was generated after `generatedAfterMs` for its secret, once. @returns undefined when unknown, too old or used. */
	acquire(
		publicToken: string,
		generatedAfterMs: number,
		nowMs: number,
	): Promise<string | undefined>;
	/** Whether the pair was acquired, and generated since then (AccessTokenExpiryMinutes). */
	isValid(
		publicToken: string,
		secretToken: string,
		generatedAfterMs: number,
	): Promise<boolean>;
	/** @returns how many were deleted. */
	expire(generatedBeforeMs: number): Promise<number>;
}

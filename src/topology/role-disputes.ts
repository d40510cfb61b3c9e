import { channelsFrom } from "./channels.ts";
import { errantAgainst } from "./gtid/errant.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "./instance.ts";
import type { InstanceName } from "./instance-name.ts";
import { ancestorsOf, lineageOf } from "./lineage.ts";
import { readOnlyStatement } from "./read-only.ts";
import { isAnotherNow } from "./server-mark.ts";
import type { Snapshot } from "./snapshot.ts";

/** What is seen on the servers and does not go with the record of the primary. */
export type DisputeCode =
	| "RecordedPrimaryIsAnotherServer"
	| "RecordedPrimaryReplicates"
	| "WriterBesideRecordedPrimary";

export interface Dispute {
	readonly code: DisputeCode;
	/** In one sentence, with what a person can do. */
	readonly says: string;
}

type Seen = Pick<Snapshot, "instances" | "role" | "recordedElsewhere">;

const named = (
	{ instances }: Pick<Snapshot, "instances">,
	name: InstanceName,
): Instance | undefined => instances.find((each) => each.name === name);

const recordedIn = (snapshot: Seen): Instance | undefined =>
	snapshot.role &&
	(named(snapshot, snapshot.role.primary) ?? snapshot.recordedElsewhere);

/** Its receiver is connected: a channel that merely stands there, or finds nobody, says nothing of what anybody wants. */
const receives = ({ replication: { receiver } }: Instance): boolean =>
	receiver === 1;

/** The members of its group that are seen call another one their primary. */
const electedInItsPlace = (
	{ instances }: Seen,
	{ group, name }: Instance,
): InstanceName | undefined => {
	if (group.name === "" || !group.singlePrimary) return undefined;
	const told = instances
		.filter((each) => each.group.name === group.name && isLastCheckValid(each))
		.flatMap((each) => (each.group.primary === "" ? [] : [each.group.primary]));
	return told.includes(name) ? undefined : told[0];
};

/** It replicates, in no ring with its source. */
const follows = (
	instances: readonly Instance[],
	recorded: Instance,
): readonly Instance[] | undefined => {
	if (!isLastCheckValid(recorded) || !receives(recorded)) return undefined;
	const above = ancestorsOf(lineageOf(instances), recorded);
	return above.includes(recorded) ? undefined : above;
};

/**
 * Whom the servers have for their primary in place of the recorded one: that one was made to replicate from it, or its group has elected
 * it. Undefined where they do not say so, or that one is not known.
 */
export const primaryByServers = (snapshot: Seen): Instance | undefined => {
	const recorded = recordedIn(snapshot);
	if (recorded === undefined) return undefined;
	const elected = electedInItsPlace(snapshot, recorded);
	return elected === undefined
		? follows(snapshot.instances, recorded)?.at(-1)
		: named(snapshot, elected);
};

/** Seen with its writes open, and replicating from nobody. */
export const takesWrites = (each: Instance): boolean =>
	!each.readOnly && !isReplica(each) && isLastCheckValid(each);

const another = (recorded: Instance): Dispute => ({
	code: "RecordedPrimaryIsAnotherServer",
	says: `at the address of the recorded primary ${recorded.name} another server answers than the one that is on record; if it is the primary all the same say so with adopt -i ${recorded.name}`,
});

const replicating = (recorded: Instance, by: Instance | undefined): Dispute => {
	const source = by?.name ?? sourceOf(recorded) ?? "another server";
	const next =
		by !== undefined && takesWrites(by)
			? `${by.name} is recorded in its place unless something speaks against it`
			: `${source} is not seen to take writes; when it is the primary say so with adopt -i ${source}`;
	return {
		code: "RecordedPrimaryReplicates",
		says: `the recorded primary ${recorded.name} replicates from ${source}: somebody has decided so on the servers; ${next}`,
	};
};

const writing = (
	writer: Instance,
	primary: InstanceName,
	recorded: Instance | undefined,
): Dispute => ({
	code: "WriterBesideRecordedPrimary",
	says:
		recorded !== undefined && isLastCheckValid(recorded)
			? `${writer.name} takes writes, and ${primary} is the recorded primary: make it read-only (${readOnlyStatement(writer)} on it), or say that it is the primary with adopt -i ${writer.name}`
			: `${writer.name} takes writes, and the recorded primary ${primary} cannot be seen: when ${writer.name} is the primary now say so with adopt -i ${writer.name}`,
});

/** By instance. None where nobody is on record, or who is does not belong to the cluster any more. */
export const disputesIn = (
	snapshot: Seen,
): ReadonlyMap<InstanceName, Dispute> => {
	const { role, instances } = snapshot;
	const recorded = recordedIn(snapshot);
	const disputes = new Map<InstanceName, Dispute>();
	if (role === undefined || recorded === undefined) return disputes;
	const byServers = primaryByServers(snapshot);
	for (const each of instances)
		if (takesWrites(each) && each !== recorded && each !== byServers)
			disputes.set(each.name, writing(each, role.primary, recorded));
	if (byServers !== undefined || follows(instances, recorded) !== undefined)
		disputes.set(recorded.name, replicating(recorded, byServers));
	else if (isAnotherNow(role.server, recorded))
		disputes.set(recorded.name, another(recorded));
	return disputes;
};

/**
 * Nothing is lost, and nobody is left without a primary, when the one that it receives from takes its place: it has nothing of its own,
 * and takes no writes or is followed by nobody any more. Not so one that a leftover channel has started to receive by itself.
 */
export const hasStoodDown = (
	primary: Instance,
	source: Instance,
	isFollowed: boolean,
): boolean =>
	isLastCheckValid(primary) &&
	(primary.readOnly || !isFollowed) &&
	errantAgainst(primary, source) === "";

/** It was made to follow the server that it had replaced, and {@link hasStoodDown}. */
export const hasYielded = (
	primary: Instance,
	to: Instance,
	isFollowed: boolean,
): boolean =>
	channelsFrom(primary, to.name).some(({ receiver }) => receiver === 1) &&
	hasStoodDown(primary, to, isFollowed);

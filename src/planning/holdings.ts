import { channelsFrom, isMultiSource } from "../topology/channels.ts";
import { contains, familyOf, union } from "../topology/gtid/gtid.ts";
import { withoutErrant } from "../topology/gtid/without-errant.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { readable, withoutUnreadable } from "./readable.ts";

/**
 * What a replica has of its source's transactions, applied or in its relay log: what others may lack. Errant transactions do not
 * count, nor does what came through another channel. A MariaDB position cannot be told apart by channel: nothing is known then.
 */
export const holdings = (replica: Instance, source: InstanceName): string => {
	if (!isMultiSource(replica)) return withoutErrant(replica);
	if (familyOf(replica) === "mariadb") return "";
	return channelsFrom(replica, source).reduce(
		(set, channel) => union("mysql", set, channel.retrievedGtid),
		"",
	);
};

/** Transactions in the relay log that are not yet applied. */
export const hasUnapplied = (instance: Instance): boolean =>
	!contains(
		familyOf(instance),
		instance.executedGtid,
		instance.replication.retrievedGtid,
	);

/** Everything that any of the replicas holds; most of them hold the same. */
export const unionOfHoldings = (
	replicas: readonly Instance[],
	source: InstanceName,
): string => {
	const first = replicas.find((each) => !each.isBinlogServer);
	const sets = new Set(replicas.map((each) => holdings(each, source)));
	return first === undefined
		? ""
		: [...sets].reduce((all, each) => union(familyOf(first), all, each));
};

/** What it has yet to apply waits for a delay longer than an operation may. */
export const isHeldByDelay = (
	instance: Instance,
	limits: { readonly maxMaintenanceLagSeconds: number },
): boolean =>
	instance.replication.sqlDelaySeconds > limits.maxMaintenanceLagSeconds &&
	hasUnapplied(instance);

/** MariaDB discards the relay log when a channel by GTID is started while both of its threads are stopped. */
export const wouldDiscard = (instance: Instance): boolean =>
	instance.flavor === "MariaDB" &&
	instance.replication.receiver === 0 &&
	instance.replication.applier === 0 &&
	hasUnapplied(instance);

/** It gets what its source has as it comes. A binlog server does, and knows no GTIDs of either family. */
const receives = (replica: Instance): boolean =>
	isLastCheckValid(replica) &&
	!replica.isBinlogServer &&
	replica.replication.receiver === 1 &&
	!isMultiSource(replica);

/**
 * The replicas as they are a moment later, when those whose receivers run have received what the source and each other have: servers
 * that were looked at in different moments say nothing of who is ahead.
 */
export const caughtUp = (
	source: Instance,
	replicas: readonly Instance[],
): Instance[] => {
	const all = readable(source, replicas);
	const known = all
		.filter(receives)
		.reduce(
			(set, each) => union(familyOf(each), set, withoutErrant(each)),
			withoutUnreadable(source).executedGtid,
		);
	return all.map((each) =>
		receives(each)
			? {
					...each,
					replication: {
						...each.replication,
						retrievedGtid: union(
							familyOf(each),
							each.replication.retrievedGtid,
							known,
						),
					},
				}
			: each,
	);
};

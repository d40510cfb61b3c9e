import { channelsFrom, channelsOf } from "../topology/channels.ts";
import { missing } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	type Replication,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	findInstance,
	type ReceivingChannel,
	type Snapshot,
} from "../topology/snapshot.ts";

// An operation that was cut off for good (its process died, its workflow was terminated) leaves receivers stopped that nobody has
// stopped on purpose. What it planned from is still there, and says which ones received before. One that came to its end leaves such
// receivers where a server did not answer any more, or refused to start them.

export interface ForgetfulChannel extends ReceivingChannel {
	/** GTIDs that the server had applied, and counts as applied no more. */
	readonly forgotten: string;
}

/** Channels that an operation before has left, by what is to become of them. */
interface LeftChannels {
	/** To be started again. */
	readonly stopped: readonly ReceivingChannel[];
	/** Run as they did. They may have been told to stop, and stop only after they were looked at: it is waited for that, and they are started again. */
	readonly doubted: readonly ReceivingChannel[];
	/** Their servers cannot be seen now: for the next operation. */
	readonly unseen: readonly ReceivingChannel[];
	/** Stay stopped: whom they would receive from was replaced. */
	readonly orphaned: readonly ReceivingChannel[];
	/** Stay stopped: their server does not know any more what it has applied. */
	readonly forgetful: readonly ForgetfulChannel[];
	/** Stay as they are: so much later, somebody may well have started them since, and stopped them on purpose. */
	readonly aged: readonly ReceivingChannel[];
}

/** What an operation before has left. */
export interface CutOff extends LeftChannels {
	/** Servers that were read-only then and take writes now: whoever recorded that they were opened, nobody else is opened beside them. */
	readonly opened: readonly InstanceName[];
	/** Servers that were read-only then, and cannot be seen now. */
	readonly hidden: readonly InstanceName[];
	/** The primary that it has replaced: read-only, on no way below the new one any more. `isLaid`: its channel is there, and stopped. */
	readonly strayed?: {
		readonly instance: InstanceName;
		readonly isLaid: boolean;
	};
	/** It is so long ago that a person may well have opened them since. */
	readonly isLongAgo: boolean;
}

type Becomes = Exclude<keyof LeftChannels, "forgetful"> | "settled";

/**
 * What of that which it had applied the server does not count as applied any more: its binary logs were reset, and its gtid_purged not
 * set behind that. Its own errant transactions may well be meant to be forgotten.
 */
const forgottenBy = (
	now: Instance | undefined,
	then: Instance | undefined,
): string =>
	now?.supportsOracleGtid === true &&
	then?.supportsOracleGtid === true &&
	isLastCheckValid(now) &&
	now.serverUuid === then.serverUuid
		? missing(
				"mysql",
				now.executedGtid,
				missing("mysql", then.errantGtid, then.executedGtid),
			)
		: "";

/** After so long nobody goes by what an operation has left. Milliseconds. */
const AGED_MS = 3_600_000;

const channelIn = (
	instance: Instance,
	{ channel }: ReceivingChannel,
): Replication | undefined =>
	channelsOf(instance).find((each) => each.channel === channel);

const sourceText = ({ sourceHost, sourcePort }: Replication): string =>
	`${sourceHost}:${sourcePort}`;

/** Whether nobody can tell a receiver that runs from one that is stopping: the operation that was cut off never saw it stopped, or moved. */
const mayBeStopping = (
	channel: Replication,
	left: ReceivingChannel,
	before: Snapshot,
): boolean => {
	const then = findInstance(before, left.on);
	const isAsThen =
		then !== undefined &&
		channelIn(then, left)?.receiver !== 0 &&
		left.source === sourceText(channel) &&
		// Channels from elsewhere are no operation's of this cluster.
		findInstance(before, left.source) !== undefined;
	// One whose applier was stopped on purpose, or has failed, is not restarted for a doubt: MariaDB could lose what it has received.
	return isAsThen && left.applies && channel.lastApplierError === "";
};

const becomes = (
	snapshot: Snapshot,
	left: ReceivingChannel,
	before: Snapshot,
): Becomes => {
	const now = findInstance(snapshot, left.on);
	if (now === undefined) return "settled";
	const isAged =
		snapshot.takenAtMs - (left.leftAtMs ?? snapshot.takenAtMs) > AGED_MS;
	if (!isLastCheckValid(now)) return isAged ? "aged" : "unseen";
	// Its receiver is stopped for good.
	if (!now.readOnly && left.wasOpen !== true) return "settled";
	const channel = channelIn(now, left);
	if (channel === undefined) return "settled";
	if (channel.receiver !== 0)
		return !isAged && mayBeStopping(channel, left, before)
			? "doubted"
			: "settled";
	const isOrphaned = (snapshot.opening?.inPlaceOf ?? []).some((replaced) =>
		channelsFrom(now, replaced).includes(channel),
	);
	if (isOrphaned) return "orphaned";
	return isAged ? "aged" : "stopped";
};

const strayedIn = (
	snapshot: Snapshot,
	before: Snapshot | undefined,
): Pick<CutOff, "strayed"> => {
	if (before === undefined || before.clusterName === snapshot.clusterName)
		return {};
	const now = findInstance(snapshot, before.clusterName);
	if (now === undefined || !isLastCheckValid(now) || !now.readOnly) return {};
	const channels = channelsOf(now);
	const isStray =
		before.closed?.includes(now.name) !== true &&
		channels.every(({ receiver }) => receiver === 0);
	return isStray
		? { strayed: { instance: now.name, isLaid: channels.length > 0 } }
		: {};
};

/**
 * @param before what the operation that was cut off planned from; undefined when the last one came to its end
 * @param fenced who is known to be no primary, whether it takes writes or not
 */
export const leftByCutOff = (
	snapshot: Snapshot,
	before: Snapshot | undefined,
	fenced: readonly InstanceName[] = [],
): CutOff => {
	const all =
		before?.receiving
			?.map((each) => ({ leftAtMs: before.takenAtMs, ...each }))
			.map((left) => ({ left, becomes: becomes(snapshot, left, before) })) ??
		[];
	const forgetful = all.flatMap(({ left, becomes }) => {
		const forgotten = forgottenBy(
			findInstance(snapshot, left.on),
			before && findInstance(before, left.on),
		);
		return becomes === "stopped" && forgotten !== ""
			? [{ ...left, forgotten }]
			: [];
	});
	const isLongAgo =
		before !== undefined && snapshot.takenAtMs - before.takenAtMs > AGED_MS;
	const noPrimary = [...fenced, ...(snapshot.opening?.inPlaceOf ?? [])];
	const closed = (before?.closed ?? []).filter(
		(name) => !noPrimary.includes(name),
	);
	const those = (wanted: Becomes): ReceivingChannel[] =>
		all.flatMap((each) => (each.becomes === wanted ? [each.left] : []));
	return {
		stopped: those("stopped").filter(
			({ on }) => !forgetful.some((each) => each.on === on),
		),
		forgetful,
		doubted: those("doubted"),
		unseen: those("unseen"),
		orphaned: those("orphaned"),
		aged: those("aged"),
		opened: closed.filter((name) => {
			const now = findInstance(snapshot, name);
			return (
				now !== undefined &&
				isLastCheckValid(now) &&
				!now.readOnly &&
				name !== snapshot.clusterName
			);
		}),
		hidden: closed.filter((name) => {
			const now = findInstance(snapshot, name);
			return now !== undefined && !isLastCheckValid(now);
		}),
		...(isLongAgo ? {} : strayedIn(snapshot, before)),
		isLongAgo,
	};
};

const receivingIn = (instance: Instance): readonly ReceivingChannel[] =>
	channelsOf(instance)
		.filter(({ receiver }) => receiver > 0)
		.map((each) => ({
			on: instance.name,
			channel: each.channel,
			applies: each.applier > 0,
			source: sourceText(each),
			...(instance.readOnly ? {} : { wasOpen: true }),
		}));

/** The picture that the next operation goes by: it knows what received, and who was read-only, before the first of those that were cut off. */
export const takenUp = (
	snapshot: Snapshot,
	{ stopped, doubted, unseen, opened, hidden }: CutOff,
): Snapshot => ({
	...snapshot,
	unaccounted: [...new Set([...(snapshot.unaccounted ?? []), ...opened])],
	closed: [
		...snapshot.instances
			.filter((each) => isLastCheckValid(each) && each.readOnly)
			.map((each) => each.name),
		...hidden,
	],
	hidden,
	receiving: [
		...snapshot.instances.flatMap(receivingIn),
		...stopped,
		...unseen,
	],
	unrestored: [...stopped, ...doubted, ...unseen],
});

/** What received on servers of which an operation that has come to its end does not know how they stand. */
export const leftStopped = (
	{ receiving = [], unrestored = [] }: Snapshot,
	unsettled: readonly InstanceName[],
): readonly ReceivingChannel[] => {
	const isListed = ({ on, channel }: ReceivingChannel): boolean =>
		unrestored.some((each) => each.on === on && each.channel === channel);
	return receiving.filter(
		(each) => unsettled.includes(each.on) && !isListed(each),
	);
};

/** All that it leaves to the next one to start again: also what it took up itself, and could not start. */
export const leftUnrestored = (
	picture: Snapshot,
	unsettled: readonly InstanceName[],
): readonly ReceivingChannel[] => [
	...(picture.unrestored ?? []),
	...leftStopped(picture, unsettled),
];

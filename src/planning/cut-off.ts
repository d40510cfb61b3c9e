import { channelsFrom, channelsOf } from "../topology/channels.ts";
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
import type { PlannedStep } from "./plan.ts";

// An operation that was cut off for good (its process died, its workflow was terminated) leaves receivers stopped that nobody has
// stopped on purpose. What it planned from is still there, and says which ones received before.

/** Channels that an operation before has left, by what is to become of them. */
interface LeftChannels {
	/** To be started again. */
	readonly stopped: readonly ReceivingChannel[];
	/** Their servers cannot be seen now: for the next operation. */
	readonly unseen: readonly ReceivingChannel[];
	/** Stay stopped: whom they would receive from was replaced. */
	readonly orphaned: readonly ReceivingChannel[];
	/** Stay as they are: so much later, somebody may well have started them since, and stopped them on purpose. */
	readonly aged: readonly ReceivingChannel[];
}

/** What an operation before has left. */
export interface CutOff extends LeftChannels {
	/** Servers that were read-only then and take writes now: whoever recorded that they were opened, nobody else is opened beside them. */
	readonly opened: readonly InstanceName[];
	/** Servers that were read-only then, and cannot be seen now. */
	readonly hidden: readonly InstanceName[];
	/** It is so long ago that a person may well have opened them since. */
	readonly isLongAgo: boolean;
}

type Becomes = keyof LeftChannels | "settled";

/** After so long nobody goes by what an operation has left. Milliseconds. */
const AGED_MS = 3_600_000;

const channelIn = (
	instance: Instance,
	{ channel }: ReceivingChannel,
): Replication | undefined =>
	channelsOf(instance).find((each) => each.channel === channel);

const becomes = (snapshot: Snapshot, left: ReceivingChannel): Becomes => {
	const now = findInstance(snapshot, left.on);
	if (now === undefined) return "settled";
	const isAged =
		snapshot.takenAtMs - (left.leftAtMs ?? snapshot.takenAtMs) > AGED_MS;
	if (!isLastCheckValid(now)) return isAged ? "aged" : "unseen";
	// Its receiver is stopped for good.
	if (!now.readOnly && left.wasOpen !== true) return "settled";
	const channel = channelIn(now, left);
	if (channel === undefined || channel.receiver !== 0) return "settled";
	const isOrphaned = (snapshot.opening?.inPlaceOf ?? []).some((replaced) =>
		channelsFrom(now, replaced).includes(channel),
	);
	if (isOrphaned) return "orphaned";
	return isAged ? "aged" : "stopped";
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
	const all = (before?.receiving ?? [])
		.map((each) => ({ leftAtMs: before?.takenAtMs ?? 0, ...each }))
		.map((left) => ({ left, becomes: becomes(snapshot, left) }));
	const noPrimary = [...fenced, ...(snapshot.opening?.inPlaceOf ?? [])];
	const closed = (before?.closed ?? []).filter(
		(name) => !noPrimary.includes(name),
	);
	const those = (wanted: Becomes): ReceivingChannel[] =>
		all.flatMap((each) => (each.becomes === wanted ? [each.left] : []));
	return {
		stopped: those("stopped"),
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
		isLongAgo:
			before !== undefined && snapshot.takenAtMs - before.takenAtMs > AGED_MS,
	};
};

const receivingIn = (instance: Instance): readonly ReceivingChannel[] =>
	channelsOf(instance)
		.filter(({ receiver }) => receiver > 0)
		.map(({ channel, applier }) => ({
			on: instance.name,
			channel,
			applies: applier > 0,
			...(instance.readOnly ? {} : { wasOpen: true }),
		}));

/** The picture that the next operation goes by: it knows what received, and who was read-only, before the first of those that were cut off. */
export const takenUp = (
	snapshot: Snapshot,
	{ stopped, unseen, opened, hidden }: CutOff,
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
	unrestored: [...stopped, ...unseen],
});

export const startAgain = ({
	on,
	channel,
	applies,
}: ReceivingChannel): PlannedStep => ({
	do: applies ? "startReplication" : "startReceiver",
	on,
	channel,
	because: "an operation that was cut off had stopped it",
});

export const orphanSays = ({ on }: ReceivingChannel): string =>
	`the receiver of ${on} stays stopped, as an operation that was cut off has left it: its source was replaced; relocate it`;

export const agedSays = ({ on }: ReceivingChannel): string =>
	`the receiver of ${on} may have been stopped by an operation that was cut off more than an hour ago, and is left as it is: start it if that was not done on purpose`;

import { channelsOf } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	type Replication,
} from "../topology/instance.ts";
import type { ReceivingChannel, Snapshot } from "../topology/snapshot.ts";
import type { Phase, Plan } from "./plan.ts";

// An operation that was cut off for good (its process died, its workflow was terminated) leaves receivers stopped that nobody has
// stopped on purpose. What it planned from is still there, and says which ones received before.

const receivingIn = (instance: Instance): readonly ReceivingChannel[] =>
	channelsOf(instance)
		.filter(({ receiver }) => receiver > 0)
		.map(({ channel, applier }) => ({
			on: instance.name,
			channel,
			applies: applier > 0,
		}));

const isSame = (one: ReceivingChannel, other: ReceivingChannel): boolean =>
	one.on === other.on && one.channel === other.channel;

/** A server that takes writes by now was opened: its receiver is stopped for good. */
const isStopped = (
	{ instances }: Snapshot,
	{ on, channel }: ReceivingChannel,
): boolean =>
	instances.some(
		(each) =>
			each.name === on &&
			isLastCheckValid(each) &&
			each.readOnly &&
			channelsOf(each).some(
				(its) => its.channel === channel && its.receiver === 0,
			),
	);

/** Channels that received when the operation began that was cut off, and are stopped since. */
export const stoppedByCutOff = (
	snapshot: Snapshot,
	cutOff: Snapshot | undefined,
): readonly ReceivingChannel[] =>
	(cutOff?.receiving ?? []).filter((each) => isStopped(snapshot, each));

/** As if they were started again already, which is the first thing that is done. */
const wanting = (
	instance: Instance,
	stopped: readonly ReceivingChannel[],
): Instance => {
	const as = (channel: Replication): Replication => {
		const found = stopped.find((each) =>
			isSame(each, {
				on: instance.name,
				channel: channel.channel,
				applies: true,
			}),
		);
		return found === undefined
			? channel
			: { ...channel, receiver: 2, ...(found.applies ? { applier: 1 } : {}) };
	};
	return {
		...instance,
		replication: as(instance.replication),
		otherChannels: instance.otherChannels.map(as),
	};
};

/** The picture that the next operation plans from: it knows what received before the first of those that were cut off. */
export const takenUp = (
	snapshot: Snapshot,
	stopped: readonly ReceivingChannel[],
): Snapshot => {
	const receiving = snapshot.instances.flatMap(receivingIn);
	return {
		...snapshot,
		receiving: [...receiving, ...stopped],
		instances:
			stopped.length === 0
				? snapshot.instances
				: snapshot.instances.map((each) => wanting(each, stopped)),
	};
};

const startPhase = (stopped: readonly ReceivingChannel[]): Phase => ({
	name: "start again",
	steps: stopped.map(({ on, channel, applies }) => ({
		do: applies ? "startReplication" : "startReceiver",
		on,
		channel,
		because: "an operation that was cut off had stopped it",
	})),
	onFailure: "goOn",
	restores: true,
});

/** The plan with all of them started first, whatever becomes of it. */
export const startingFirst = (
	plan: Plan,
	stopped: readonly ReceivingChannel[],
): Plan =>
	stopped.length === 0
		? plan
		: { ...plan, phases: [startPhase(stopped), ...plan.phases] };

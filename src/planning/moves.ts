import { channelsOf } from "../topology/channels.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { PlannedStep } from "./plan.ts";
import { isMove, type PlaceBy, type StepOf } from "./step.ts";
import { isStoppedByHand } from "./stopped-by-hand.ts";

type Move = StepOf<"moveBelow">;
type Stopped = Pick<Move, "leaveStopped" | "leaveApplying">;

/** The one channel of a server that does not have several; the default one for a server that has none yet. */
export const channelOf = (instance: Instance): string =>
	channelsOf(instance)[0]?.channel ?? "";

const stoppedAs = (instance: Instance): Stopped => ({
	leaveStopped: true,
	...(channelsOf(instance).some((each) => each.applier > 0)
		? { leaveApplying: true }
		: {}),
});

/** The step that puts the instance below the source, which is named by what is known of its identity. */
const below = (
	instance: Instance,
	source: Instance,
	details: Stopped & Pick<Move, "unseen" | "unappliedAreOn"> = {},
): Move => ({
	do: "moveBelow",
	on: instance.name,
	channel: channelOf(instance),
	source: source.name,
	sourceUuid: source.serverUuid,
	sourceId: source.serverId,
	...details,
});

/** A move that nothing takes back. */
export const moveForGood = (
	instance: Instance,
	source: Instance,
	because: string,
	details: Stopped = {},
): PlannedStep => ({ ...below(instance, source, details), because });

/**
 * A move that is taken back by one to `former`, which need not be alive. What was received meanwhile, the source that it came from
 * has.
 * @param wasStopped a person had stopped the receiver: it is laid back and left stopped; the applier runs if it ran
 */
export const move = (
	instance: Instance,
	source: Instance,
	former: Instance,
	because: string,
	wasStopped = false,
): PlannedStep => ({
	...moveForGood(instance, source, because),
	undo: below(instance, former, {
		unappliedAreOn: [source.name],
		...(isLastCheckValid(former) ? {} : { unseen: true }),
		...(wasStopped ? stoppedAs(instance) : {}),
	}),
});

/**
 * A move by file and position. It is taken back likewise, where the former source is there: the place is found anew then. One whose
 * receiver did not run is left stopped then.
 */
export const match = (
	instance: Instance,
	source: Instance,
	former: Instance | undefined,
	by: PlaceBy,
	because: string,
): PlannedStep => {
	const below = (above: Instance, placed: PlaceBy): StepOf<"matchBelow"> => ({
		do: "matchBelow",
		on: instance.name,
		channel: channelOf(instance),
		source: above.name,
		sourceUuid: above.serverUuid,
		sourceId: above.serverId,
		by: placed,
	});
	const back = by.way === "same" ? { ...by, in: source.name } : by;
	return {
		...below(source, by),
		because,
		...(former === undefined || !isLastCheckValid(former)
			? {}
			: {
					undo: {
						...below(former, back),
						...(wantsToReceive(instance, channelOf(instance))
							? {}
							: stoppedAs(instance)),
					},
				}),
	};
};

/** A move that lays the channel anew, also where it points to that source already. */
export const laidAnew = (step: PlannedStep): PlannedStep =>
	isMove(step) ? { ...step, anew: true } : step;

/** Whether the channel's receiver runs or wants to: only such a one is started again. */
export const wantsToReceive = (instance: Instance, channel: string): boolean =>
	channelsOf(instance).some(
		(each) => each.channel === channel && each.receiver > 0,
	);

/** How a move leaves a server: one {@link isStoppedByHand} so, and its applier as it is. */
export const asFound = (
	instance: Instance,
	isStopped = isStoppedByHand(instance),
): Stopped => (isStopped ? stoppedAs(instance) : {});

/** Stops a receiver; taken back only where it ran or wanted to: a person may have stopped it. */
export const stopReceiver = (
	instance: Instance,
	channel: string,
	because: string,
): PlannedStep => ({
	do: "stopReceiver",
	on: instance.name,
	channel,
	because,
	...(wantsToReceive(instance, channel)
		? { undo: { do: "startReceiver", on: instance.name, channel } as const }
		: {}),
});

export const namesOf = (
	instances: readonly Instance[],
): readonly InstanceName[] => instances.map((each) => each.name);

import { channelsOf } from "../topology/channels.ts";
import type { Instance } from "../topology/instance.ts";
import { type Answer, isHarmless, type Step, unsettled } from "./step.ts";

// A step may be tried again because the process of the first try died in it: what that one did nobody has told.

/** What stops and starts threads within itself may have been cut off between the two. */
export const asTriedAgain = (step: Step): Step =>
	step.do === "setDelay" ? unsettled(step) : step;

const wasStopped = (step: Step, before: Instance): boolean =>
	step.do === "stopReceiver" &&
	channelsOf(before).every(
		({ channel, receiver }) => channel !== step.channel || receiver === 0,
	);

/**
 * What a second try finds done already may be the first one's doing: it is taken back with the rest.
 * @param before the server as it was seen before any try
 */
export const doubted = <Told extends Pick<Answer, "outcome" | "effect">>(
	step: Step,
	before: Instance,
	answer: Told,
): Told =>
	answer.outcome === "already" &&
	answer.effect === "unchanged" &&
	!isHarmless(step) &&
	!wasStopped(step, before)
		? { ...answer, effect: "unknown" }
		: answer;

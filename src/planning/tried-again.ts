import { channelsOf } from "../topology/channels.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type Answer,
	isGood,
	isHarmless,
	mayOpen,
	type Step,
	unsettled,
} from "./step.ts";

// A step may be tried again because the process of the first try died in it: what that one did nobody has told.

/** What stops and starts threads within itself may have been cut off between the two. */
export const asTriedAgain = (step: Step): Step =>
	step.do === "setDelay" || step.do === "matchBelow" ? unsettled(step) : step;

const wasStopped = (step: Step, before: Instance): boolean =>
	step.do === "stopReceiver" &&
	channelsOf(before).every(
		({ channel, receiver }) => channel !== step.channel || receiver === 0,
	);

/** A second try that could not open its server, or ask it, says nothing of what the first one did. */
const mayHaveOpened = (
	step: Step,
	answer: Pick<Answer, "outcome" | "effect">,
): boolean => mayOpen(step) && !isGood(answer) && answer.effect === "unchanged";

/**
 * What a second try finds done already may be the first one's doing: it is taken back with the rest. An opening that it does not bring
 * about may stand all the same: its server is asked.
 * @param before the server as it was seen before any try
 */
export const doubted = <Told extends Pick<Answer, "outcome" | "effect">>(
	step: Step,
	before: Instance,
	answer: Told,
): Told =>
	mayHaveOpened(step, answer) ||
	(answer.outcome === "already" &&
		answer.effect === "unchanged" &&
		!isHarmless(step) &&
		!wasStopped(step, before))
		? { ...answer, effect: "unknown" }
		: answer;

/** A step whose session was ended may be tried once more by the same attempt; an opening is looked into instead. */
export const mayTryAgain = (step: Step): boolean => !mayOpen(step);

/**
 * What came of a step that was tried once more, since the session of the first try was ended while its server lives: an attempt that stood
 * still and wakes ends the session of the newer one before it finds that it was overtaken.
 * @param before the server as it was seen before any try
 */
export const afterBoth = <Told extends Pick<Answer, "outcome" | "effect">>(
	step: Step,
	before: Instance,
	first: Pick<Answer, "effect">,
	second: Told,
): Told => {
	if (first.effect === "unchanged") return second;
	const answer = doubted(step, before, second);
	return isGood(answer) ? answer : { ...answer, effect: "unknown" };
};

import type { InstanceName } from "../topology/instance-name.ts";
import type { Done, LeftBehind, Plan, PlannedStep } from "./plan.ts";
import {
	isGood,
	isHarmless,
	isMove,
	mayOpen,
	type Step,
	stepText,
} from "./step.ts";

/** The last attempt to move each server, or to start its receiver again. */
const lastAttempts = (done: readonly Done[]): ReadonlyMap<InstanceName, Done> =>
	new Map(
		done
			.filter(({ step }) => isMove(step) || step.do === "startReceiver")
			.map((each) => [each.step.on, each]),
	);

/** What failed where each stands by itself: it may have been put back well, and is not where it was to go. */
const failedAlone = (
	{ phases }: Pick<Plan, "phases">,
	done: readonly Done[],
): readonly Done[] => {
	const alone = new Set(
		phases.filter((each) => each.onFailure === "each").map(({ name }) => name),
	);
	return done.filter(
		({ phase, answer, isUndo }) =>
			alone.has(phase) && isUndo !== true && !isGood(answer),
	);
};

/**
 * Every server that an operation leaves behind, with the reason: those that its last plan left out, and those whose last move, or
 * return to what they were, did not succeed.
 */
export const leftBehind = (
	plan: Pick<Plan, "left" | "phases">,
	done: readonly Done[],
): readonly LeftBehind[] => {
	const left = new Map(plan.left.map((each) => [each.name, each]));
	const failed = [...lastAttempts(done).values()].filter(
		({ answer }) => !isGood(answer),
	);
	for (const { step, answer } of [...failedAlone(plan, done), ...failed])
		if (!left.has(step.on))
			left.set(step.on, { name: step.on, reason: answer.says });
	return [...left.values()];
};

/** Nothing takes the move back, or what was to take it back did not. */
const isStanding = ({ step, answer, isUndo }: Done): boolean =>
	isUndo === true
		? !isGood(answer)
		: answer.effect !== "unchanged" && (step as PlannedStep).undo === undefined;

/** Where the servers replicate now whose moves are not taken back, a sentence each. Nothing of one of which nobody knows it. */
export const standingNow = (done: readonly Done[]): readonly string[] => {
	const sources = new Map<InstanceName, InstanceName>();
	const standing = new Set<InstanceName>();
	for (const each of done) {
		const { step, answer } = each;
		if (!isMove(step)) continue;
		if (isGood(answer)) sources.set(step.on, step.source);
		else if (answer.effect !== "unchanged") sources.delete(step.on);
		if (isStanding(each)) standing.add(step.on);
	}
	return [...standing].flatMap((name) => {
		const source = sources.get(name);
		return source === undefined
			? []
			: [`${name} replicates from ${source} now`];
	});
};

/** It has done something, or may have, and there is no way back from it. */
export const isKept = ({ step, answer, isUndo }: Done): boolean =>
	isUndo !== true &&
	answer.effect !== "unchanged" &&
	!isHarmless(step) &&
	(step as PlannedStep).undo === undefined;

/**
 * What was done and stays, moves apart, a sentence each, and of what nobody knows whether it was done that.
 * @param told not what this says already
 */
export const keptNow = (
	done: readonly Done[],
	told: string,
): readonly string[] =>
	done
		.filter(
			(each) =>
				isKept(each) && !isMove(each.step) && !told.includes(each.answer.says),
		)
		.map(({ step, answer }) =>
			isGood(answer)
				? `it stays that ${answer.says}`
				: `whether this was done is not known: ${stepText(step)} (${answer.says})`,
		);

const STARTS: ReadonlySet<Step["do"]> = new Set<Step["do"]>([
	"startReceiver",
	"startReplication",
	// These stop threads for it.
	"setDelay",
	"setSemiSync",
]);

/** Whom the step may leave without one of its threads: the server that it moves or starts, and one that stands still for that. */
const heldBy = ({ step, answer }: Done): readonly InstanceName[] => {
	if (STARTS.has(step.do)) return [step.on];
	if (!isMove(step)) return [];
	const isUnclear = answer.effect === "unknown" && !isGood(answer);
	return step.do === "matchBelow" && step.by.way === "pair" && isUnclear
		? [step.on, step.by.of]
		: [step.on];
};

/** Neither where they were to go, nor known to be as they were: something was done to them, and the last attempt failed. */
export const unsettledIn = (done: readonly Done[]): readonly InstanceName[] => {
	const touched = new Set<InstanceName>();
	const unsettled = new Set<InstanceName>();
	for (const each of done) {
		if (each.answer.effect !== "unchanged")
			for (const name of [each.step.on, ...heldBy(each)]) touched.add(name);
		for (const name of heldBy(each))
			if (isGood(each.answer)) unsettled.delete(name);
			else if (touched.has(name)) unsettled.add(name);
	}
	return [...unsettled];
};

/** Whose receiver was stopped, and who was neither moved nor opened since: while nobody knows who takes writes, they stay so. */
export const stillStopped = (done: readonly Done[]): readonly LeftBehind[] => {
	const stopped = new Set<InstanceName>();
	for (const { step, answer } of done)
		if (step.do === "stopReceiver" && answer.effect !== "unchanged")
			stopped.add(step.on);
		else if (isMove(step) || step.do === "startReceiver" || mayOpen(step))
			stopped.delete(step.on);
	return [...stopped].map((name) => ({
		name,
		reason: "its receiver is stopped until it is known who takes writes",
		remedy: "the next failover brings it along",
	}));
};

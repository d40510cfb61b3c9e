import type { Plan } from "./plan.ts";
import { mayOpen, type Step } from "./step.ts";

/** The first such step, with the number of its phase, from 1. */
const firstOf = (
	{ phases }: Pick<Plan, "phases">,
	isSo: (step: Step) => boolean,
) =>
	phases
		.flatMap(({ steps }, index) =>
			steps.filter(isSo).map((step) => ({ step, phase: index + 1 })),
		)
		.at(0);

/** While which phases of the plan no server takes writes, in words; for how long is said where there is a deadline for it. */
export const writeGapText = (plan: Pick<Plan, "phases">): string => {
	const opened = firstOf(plan, mayOpen);
	const closed = firstOf(
		plan,
		(step) =>
			step.do === "close" || (step.do === "setReadOnly" && step.readOnly),
	);
	if (opened?.step.do === "handOver") {
		const { on, from, gapMs } = opened.step;
		return `while phase ${opened.phase} runs: as long as ${on} takes to apply the last writes of ${from}, at most ${gapMs / 1_000} s; then it is taken back`;
	}
	if (opened !== undefined)
		return closed !== undefined && closed.phase < opened.phase
			? `from phase ${closed.phase} until phase ${opened.phase} has opened ${opened.step.on}`
			: `where nobody takes writes now, until phase ${opened.phase} has opened ${opened.step.on}`;
	return closed === undefined
		? "none"
		: `where ${closed.step.on} takes writes now, from phase ${closed.phase} on`;
};

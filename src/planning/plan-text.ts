import type { Phase, Plan, PlannedStep } from "./plan.ts";
import { stepText } from "./step.ts";
import { writeGapText } from "./write-gap.ts";

const ON_FAILURE: Readonly<Record<Phase["onFailure"], string>> = {
	undo: "a failure takes everything back",
	goOn: "a failure is told, and it goes on",
	each: "a failure puts that one back, and it goes on",
	replan: "a failure makes it plan anew",
};

const stepLine = (step: PlannedStep): string =>
	`     - ${stepText(step)}: ${step.because}${step.undo === undefined ? "" : ` [undo: ${stepText(step.undo)}]`}`;

const phaseLines = (phase: Phase, at: number): string[] => [
	`  ${at + 1}. ${phase.name} (${ON_FAILURE[phase.onFailure]}${phase.noReturn === true ? ", until it is open" : ""})`,
	...phase.steps.map(stepLine),
	...(phase.noReturn === true
		? ["     === from here there is no way back ==="]
		: []),
	...(phase.changesPrimary === undefined
		? []
		: [
				`     = ${phase.changesPrimary.to} is the primary in place of ${phase.changesPrimary.from}${phase.changesPrimary.fence ? ", which is fenced: read-only when it returns, rejoined only if it has nothing that the new one lacks" : ""}`,
			]),
];

/** A plan as its text tells it. */
export interface PlanOutline {
	readonly title: string;
	readonly phases: readonly {
		readonly name: string;
		/** What each does, without why. */
		readonly steps: readonly string[];
	}[];
}

/** What {@link planText} has said, as far as it was kept. */
export const outlineOf = (text: string): PlanOutline => {
	const [title = "", ...lines] = text.split("\n");
	const phases: { name: string; steps: string[] }[] = [];
	for (const line of lines) {
		const phase = /^ {2}\d+\. (.*) \(/.exec(line)?.[1];
		if (phase !== undefined) phases.push({ name: phase, steps: [] });
		const step = /^ {5}- (.*?)(?:: |$)/.exec(line)?.[1];
		if (step !== undefined) phases.at(-1)?.steps.push(step);
	}
	return { title, phases };
};

const lossLine = ({ loss }: Plan): string =>
	`  expected loss: ${loss.says === "" ? "none of the acknowledged writes" : loss.says}`;

/** The plan as plain text: what `explain`, `--dry-run` and the check-list show. */
export const planText = (plan: Plan): string => {
	const { title, refusal, phases, notes, left } = plan;
	const after = [
		...left.map((each) => `  left behind: ${each.name}: ${each.reason}`),
		...notes.map((note) => `  note: ${note}`),
	];
	if (refusal !== undefined)
		return [
			`${title}: not done: ${refusal}`,
			...after,
			...(plan.loss.says === "" ? [] : [lossLine(plan)]),
		].join("\n");
	return [
		phases.length === 0 ? `${title}: nothing to do: ${plan.says}` : title,
		...phases.flatMap(phaseLines),
		...(plan.continues === true
			? ["  then the rest is planned from what was found"]
			: []),
		...after,
		...(phases.length === 0
			? []
			: [`  expected write gap: ${writeGapText(plan)}`]),
		lossLine(plan),
	].join("\n");
};

/** One or several plans as they are shown. */
export interface ShownPlan {
	readonly text: string;
	/** Why nothing of it would be done; undefined when something would, or there is nothing to do. */
	readonly refusal: string | undefined;
	readonly plans: readonly Plan[];
}

export const shownPlan = (plan: Plan): ShownPlan => ({
	plans: [plan],
	text: planText(plan),
	refusal: plan.refusal,
});

import type { Done, LeftBehind, Phase, Plan, PlannedStep } from "./plan.ts";
import { isLowering } from "./semi-sync-for.ts";
import {
	type Answer,
	isGood,
	isMove,
	isTidying,
	type Step,
	stepText,
} from "./step.ts";

const toldBy = ({ says, tells = [] }: Answer): readonly string[] => [
	...(isLowering(says) ? [says] : []),
	...tells,
];

/** Why the steps of a phase that failed did. */
export const whyOf = (
	phase: Phase,
	failures: readonly PlannedStep[],
	answers: readonly Answer[],
): string =>
	failures
		.map((step) => answers[phase.steps.indexOf(step)]?.says ?? "")
		.join("; ");

/** What a run has done, and what there is to be told of it. */
export class RunRecord {
	readonly done: Done[] = [];
	readonly left: LeftBehind[] = [];
	/** Servers that are not as a primary or a replica should be, although they stand where they should. */
	readonly untidy: LeftBehind[] = [];
	readonly errors: string[] = [];
	readonly notes = new Set<string>();
	/** What steps had to lower beyond the plan, and else have to tell. */
	readonly told: string[] = [];

	/** What a plan has to say counts when it has opened a server, or is the last: one that was abandoned has lowered nothing. */
	heed({ notes }: Plan): void {
		for (const note of notes) this.notes.add(note);
	}

	add(phase: Phase, step: Step, answer: Answer): void {
		this.done.push({ phase: phase.name, step, answer });
		for (const each of toldBy(answer)) {
			this.told.push(each);
			this.notes.add(each);
		}
		if (!isGood(answer)) this.errors.push(`${stepText(step)}: ${answer.says}`);
	}

	/** What a phase that went on could not bring along. */
	leave(
		phase: Phase,
		failures: readonly PlannedStep[],
		answers: readonly Answer[],
	): void {
		for (const step of failures) {
			const reason = answers[phase.steps.indexOf(step)]?.says ?? "";
			// One that did not come half of its way fails on the rest of it too.
			const isTold = this.left.some(({ name }) => name === step.on);
			if (isMove(step) && !isTold) this.left.push({ name: step.on, reason });
			if (isTidying(step)) this.untidy.push({ name: step.on, reason });
		}
	}

	/** Something may be other than before the operation. */
	get hasTouched(): boolean {
		return this.done.some(({ answer }) => answer.effect !== "unchanged");
	}
}

import { setTimeout as delay } from "node:timers/promises";
import type { Done } from "../planning/plan.ts";
import { isGood } from "../planning/step.ts";
import type {
	PhasesInput,
	PhasesOutput,
	RanSteps,
	RunPhase,
} from "./contract.ts";

/** Phases that follow each other are run in one go for so long, so that what was done is seen meanwhile. Milliseconds. */
const ONE_GO_MS = 500;

/** What was opened is not unanswered for as long as a store hangs: it is told again, which does no harm. Milliseconds. */
const TOLD_WITHIN_MS = 500;

const inTime = (telling: Promise<boolean>): Promise<boolean> =>
	Promise.race([telling, delay(TOLD_WITHIN_MS, false, { ref: false })]);

/**
 * Runs phases between which nothing is decided: each when the one before it has come through whole, and not too late.
 * @param run runs the steps of one, and answers with all of them
 * @param tell tells its change of primary, beside the phases that follow. @returns whether it could. Never throws
 */
export const runInOneGo = async (
	phases: readonly RunPhase[],
	run: (phase: RunPhase) => Promise<RanSteps["answers"]>,
	tell: (change: NonNullable<RunPhase["changesPrimary"]>) => Promise<boolean>,
): Promise<PhasesOutput> => {
	const endMs = performance.now() + ONE_GO_MS;
	const running: Promise<RanSteps>[] = [];
	const told = async (
		answers: RanSteps["answers"],
		change: RunPhase["changesPrimary"],
	): Promise<RanSteps> =>
		change !== undefined && (await inTime(tell(change)))
			? { answers, isTold: true }
			: { answers };
	for (const phase of phases) {
		const answers = await run(phase);
		const isWhole = answers.every(isGood);
		running.push(told(answers, isWhole ? phase.changesPrimary : undefined));
		if (!isWhole || performance.now() > endMs) break;
	}
	return Promise.all(running);
};

/** What was done when all of the phases were run; undefined when some were not. */
export const doneInOneGo = (
	{ phases }: Pick<PhasesInput, "phases">,
	ran: PhasesOutput,
): readonly Done[] | undefined =>
	ran.length < phases.length
		? undefined
		: phases.flatMap(({ name, steps }, nth) =>
				steps.flatMap((step, at): Done[] => {
					const answer = ran[nth]?.answers[at];
					return answer === undefined ? [] : [{ phase: name, step, answer }];
				}),
			);

import { type Plan, type PlannedStep, refused } from "./plan.ts";
import { isHarmless, type StepOf } from "./step.ts";

const isSearch = (
	step: PlannedStep,
): step is PlannedStep & StepOf<"findCredential"> =>
	step.do === "findCredential";

/** How the replication account would be looked for; undefined for a plan that does without. */
export const searchIn = ({
	phases,
}: Plan): StepOf<"findCredential"> | undefined =>
	phases.flatMap((each) => each.steps).find(isSearch);

/**
 * The plan where nobody tells the account, which is found out without touching anything: refused as the run would be, where the search
 * comes before all that changes something; else what comes after it would not be done.
 */
export const withoutAccount = (plan: Plan, says: string): Plan => {
	const at = plan.phases.findIndex(({ steps }) => steps.some(isSearch));
	if (at === -1) return plan;
	const isFirst = plan.phases
		.slice(0, at)
		.every(({ steps }) => steps.every(isHarmless));
	return isFirst
		? refused(plan.title, says, { notes: plan.notes, left: plan.left })
		: {
				...plan,
				notes: [
					...plan.notes,
					`what follows "${plan.phases[at]?.name}" would not be done: ${says}`,
				],
			};
};

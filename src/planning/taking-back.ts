import type { Done, Phase, PlannedStep } from "./plan.ts";
import { stepText, unsettled } from "./step.ts";

/** Steps that ran at once. */
const groupsOf = (done: readonly Done[]): Done[][] => {
	const groups: Done[][] = [];
	for (const each of done) {
		const last = groups.at(-1);
		if (each.isUndo === true) continue;
		if (last?.[0]?.phase === each.phase) last.push(each);
		else groups.push([each]);
	}
	return groups;
};

/** What takes the step back; nothing for one that has changed nothing, or has no way back. */
const backOf = ({ step, answer }: Done): readonly PlannedStep[] => {
	const { undo } = step as PlannedStep;
	if (undo === undefined || answer.effect === "unchanged") return [];
	const back = answer.effect === "unknown" ? unsettled(undo) : undo;
	return [{ ...back, because: `takes back: ${stepText(step)}` }];
};

/** The phases that take back what was done, last things first. */
export const phasesBack = (done: readonly Done[]): readonly Phase[] =>
	groupsOf(done)
		.reverse()
		.map(
			(group): Phase => ({
				name: `undo: ${group[0]?.phase ?? ""}`,
				steps: group.flatMap(backOf),
				onFailure: "goOn",
			}),
		)
		.filter(({ steps }) => steps.length > 0);

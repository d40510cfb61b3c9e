import type { OperationOutcome } from "../planning/operation.ts";
import type { LeftBehind } from "../planning/plan.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Why an operation did not reach its goal. */
export interface Failure {
	readonly code: "Refused" | "OperationFailed";
	readonly message: string;
}

/** Where it was to follow; empty where there is no such place. */
const placeOf = (outcome: OperationOutcome): InstanceName | "" => {
	if (outcome.kind === "moves") return outcome.below;
	return "successor" in outcome ? outcome.successor : "";
};

/** A relocation that failed is not mended by the very same one. */
const mended = (
	{ name, remedy }: LeftBehind,
	outcome: OperationOutcome,
): string => {
	if (remedy !== undefined) return `; ${remedy}`;
	if (outcome.kind === "relocation") return "; mend that, and ask for it again";
	const to = placeOf(outcome);
	return to === "" || to === name
		? ""
		: `; bring it along with relocate -i ${name} -d ${to}`;
};

/**
 * The servers that were not brought along: why not, and the way to mend it. A sentence each.
 * @param said what was told before them: a reason that is in it is not told twice
 */
export const leftTexts = (
	outcome: OperationOutcome,
	said = "",
): readonly string[] =>
	outcome.left.map((each) => {
		const why = said.includes(each.reason) ? "" : `: ${each.reason}`;
		return `${each.name} was left behind${why}${mended(each, outcome)}`;
	});

/**
 * The failures on the way that are to be told beside the sentence of the end: not those whose reason it has.
 * @param said that sentence; empty where it tells of no failure
 */
export const errorsBeside = (
	{ errors, steps }: Pick<OperationOutcome, "errors" | "steps">,
	said: string,
): readonly string[] => {
	const reasons = steps
		.map(({ says }) => says)
		.filter((says) => says !== "" && said.includes(says));
	return errors.filter(
		(text) =>
			!said.includes(text) &&
			!reasons.some((reason) => text.endsWith(`: ${reason}`)),
	);
};

/** Whoever leaves a server behind that should have come along has failed, a failover too: somebody must look. */
const hasReachedItsGoal = (outcome: OperationOutcome): boolean =>
	outcome.successful &&
	(!("successor" in outcome) || (outcome.complete && outcome.successor !== ""));

/** How many of several came to where they were to go. */
const movedText = (outcome: OperationOutcome): readonly string[] =>
	"moved" in outcome
		? [
				`moved ${outcome.moved.length} of ${outcome.moved.length + outcome.left.length} replicas`,
			]
		: [];

/**
 * What is to be told of an operation as its failure; undefined when it reached its goal.
 * @param refusal the words for one that was declined
 * @param isAllOrNothing one that leaves anybody where it was has failed
 */
export const failureOf = (
	outcome: OperationOutcome,
	refusal = (says: string) => says,
	isAllOrNothing = false,
): Failure | undefined => {
	if (
		hasReachedItsGoal(outcome) &&
		!(isAllOrNothing && outcome.left.length > 0)
	)
		return undefined;
	return outcome.attempted
		? {
				code: "OperationFailed",
				message: [
					...movedText(outcome),
					outcome.says,
					...leftTexts(outcome, outcome.says),
				].join(". "),
			}
		: { code: "Refused", message: refusal(outcome.says) };
};

import type { OperationOutcome } from "../planning/operation.ts";
import type { LeftBehind } from "../planning/plan.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Why an operation did not reach its goal. */
export interface Failure {
	readonly code: "Refused" | "OperationFailed";
	readonly message: string;
}

/** Where servers that were left behind belong now. */
const placeOf = (outcome: OperationOutcome): InstanceName | "" => {
	if ("successor" in outcome) return outcome.successor;
	return "below" in outcome ? outcome.below : "";
};

const mended = (
	{ name, remedy }: LeftBehind,
	place: InstanceName | "",
): string => {
	if (remedy !== undefined) return `; ${remedy}`;
	return place === "" || name === place
		? ""
		: `; bring it along with relocate -i ${name} -d ${place}`;
};

/** The servers that were not brought along: why not, and the way to mend it. A sentence each. */
export const leftTexts = (outcome: OperationOutcome): readonly string[] =>
	outcome.left.map(
		(each) =>
			`${each.name} was left behind: ${each.reason}${mended(each, placeOf(outcome))}`,
	);

/** Whoever leaves a server behind that should have come along has failed, a failover too: somebody must look. */
const hasReachedItsGoal = (outcome: OperationOutcome): boolean =>
	outcome.successful &&
	(!("successor" in outcome) || (outcome.complete && outcome.successor !== ""));

/**
 * What is to be told of an operation as its failure; undefined when it reached its goal.
 * @param refusal the words for one that was declined
 */
export const failureOf = (
	outcome: OperationOutcome,
	refusal = (says: string) => says,
): Failure | undefined => {
	if (hasReachedItsGoal(outcome)) return undefined;
	return outcome.attempted
		? {
				code: "OperationFailed",
				message: [outcome.says, ...leftTexts(outcome)].join(". "),
			}
		: { code: "Refused", message: refusal(outcome.says) };
};

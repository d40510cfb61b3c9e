import {
	ApplicationFailure,
	ApplicationFailureCategory,
} from "@temporalio/common";
import type { Concluded } from "../src/engine/contract.ts";
import type { OperationOutcome } from "../src/planning/operation.ts";
import type { Failure } from "../src/surface/ending.ts";
import type { Told } from "../src/surface/told.ts";

/** What is said of an operation that was cancelled before it had begun: it says nothing itself. */
export const ENDED_AS_IT_BEGAN =
	"it was ended as it began: a failover took precedence, or somebody has cancelled it";

/** Type of the failure that an operation ends with which came to its end and did not reach its goal. */
const NOT_SUCCESSFUL = "NotSuccessful";

/**
 * In the list of workflows an operation that was refused, undone or stuck has failed, with its sentence; whoever waits for it still gets
 * all that came of it. It is as expected as a success: nothing is tried again, and no alarm is raised by the SDK.
 */
const unsuccessful = (says: string, ended: unknown): ApplicationFailure =>
	ApplicationFailure.create({
		message: says,
		type: NOT_SUCCESSFUL,
		nonRetryable: true,
		category: ApplicationFailureCategory.BENIGN,
		details: [ended],
	});

/** @throws the end of an operation that did not reach its goal, as its failure */
export const endedAs = (concluded: Concluded): Concluded => {
	const { says, successful } = concluded.outcome;
	if (!successful) throw unsuccessful(says, concluded);
	return concluded;
};

/** The same of one that was asked for by its workflow type, and was run by the cluster's entity. */
export const answeredAs = (outcome: OperationOutcome): OperationOutcome => {
	if (!outcome.successful) throw unsuccessful(outcome.says, outcome);
	return outcome;
};

/** The same of a command, with what both surfaces would have told. */
export const toldAs = <T extends Told>(
	told: T,
	failure: Failure | undefined,
): T => {
	if (failure !== undefined) throw unsuccessful(failure.message, told);
	return told;
};

/** What {@link endedAs} has thrown, at the bottom of what was made of it on its way; undefined when an operation broke off. */
export const concludedIn = (error: unknown): Concluded | undefined => {
	let at = error;
	while (at instanceof Error) {
		if (at instanceof ApplicationFailure && at.type === NOT_SUCCESSFUL)
			return at.details?.[0] as Concluded | undefined;
		at = at.cause;
	}
	return undefined;
};

import type { InstanceName } from "../topology/instance-name.ts";
import type { Done, LeftBehind, Plan } from "./plan.ts";
import { isGood } from "./step.ts";

/** The last attempt to move each server, or to start its receiver again. */
const lastAttempts = (done: readonly Done[]): ReadonlyMap<InstanceName, Done> =>
	new Map(
		done
			.filter(
				({ step }) => step.do === "moveBelow" || step.do === "startReceiver",
			)
			.map((each) => [each.step.on, each]),
	);

/**
 * Every server that an operation leaves behind, with the reason: those that its last plan left out, and those whose last move, or
 * return to what they were, did not succeed.
 */
export const leftBehind = (
	plan: Pick<Plan, "left">,
	done: readonly Done[],
): readonly LeftBehind[] => {
	const planned = new Set(plan.left.map(({ name }) => name));
	const failed = [...lastAttempts(done).values()]
		.filter(({ step, answer }) => !isGood(answer) && !planned.has(step.on))
		.map(({ step, answer }) => ({ name: step.on, reason: answer.says }));
	return [...plan.left, ...failed];
};

import { type OperationRequest, rowOf } from "../planning/operation.ts";
import { builtRecoveryOf, RECOVERIES } from "../policy/recovery-table.ts";
import { type HookPlan, NO_HOOKS } from "./hook-lists.ts";

/** The hook lists of an operation; those of a recovery go by what has failed. */
export const hookPlanOf = (request: OperationRequest): HookPlan => {
	if ("skipHooks" in request && request.skipHooks === true) return NO_HOOKS;
	const { rules } = rowOf(request);
	if (rules !== "by analysis") return rules.hooks;
	return "analysis" in request
		? RECOVERIES[builtRecoveryOf(request.analysis)].hooks
		: NO_HOOKS;
};

import type { OperationRequest } from "../planning/operation.ts";
import type { Plan } from "../planning/plan.ts";
import { PLANNERS, type SituationOf } from "./planners.ts";

/** A situation of any kind of operation. */
export type AnySituation = SituationOf<OperationRequest>;

/** The plan of an operation as its request asks for it: the same for the workflow, `explain` and the break-glass command. */
export const planRequest = (situation: AnySituation): Plan => {
	// That it fits the compiler sees for each kind, but not for any.
	const plan = PLANNERS[situation.request.kind] as (
		situation: AnySituation,
	) => Plan;
	return plan(situation);
};

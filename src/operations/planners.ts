import type { AnalysisSettings } from "../analysis/facts.ts";
import { planAdoption } from "../planning/adoption-plan.ts";
import { planMoves } from "../planning/bulk-moves.ts";
import { planCoPrimary } from "../planning/co-primary-plan.ts";
import { planExchange } from "../planning/exchange-plan.ts";
import type {
	OperationKind,
	OperationRequest,
	RequestOf,
} from "../planning/operation.ts";
import type { Plan, Situation } from "../planning/plan.ts";
import { planRejoin } from "../planning/rejoin-plan.ts";
import { planRelocation } from "../planning/relocation-plan.ts";
import { planServerChange } from "../planning/server-changes/server-change-plan.ts";
import { planTakeover } from "../planning/takeover-plan.ts";
import { planRecovery } from "./recovery-planners.ts";

/** A situation of a kind of operation. */
export type SituationOf<Request extends OperationRequest> =
	Situation<Request> & { readonly analysis: AnalysisSettings };

/** How a kind of operation is planned. Apart from the table of kinds, since workflows read that and plan nothing. */
export const PLANNERS: {
	readonly [Kind in OperationKind]: (
		situation: SituationOf<RequestOf<Kind>>,
	) => Plan;
} = {
	recovery: planRecovery,
	takeover: ({ request: { auto = false, ...request }, ...situation }) =>
		planTakeover({ ...situation, request: { ...request, auto } }),
	relocation: planRelocation,
	moves: planMoves,
	exchange: planExchange,
	coPrimary: planCoPrimary,
	rejoin: planRejoin,
	adoption: planAdoption,
	serverChange: planServerChange,
};

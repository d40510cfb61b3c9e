/** For tests: an operator that makes the plan of what it is asked, refuses what the plan refuses, and does nothing. */
import { freshSnapshot } from "../../activities/cluster-view.ts";
import { analysisSettings } from "../../src/config/analysis-settings.ts";
import { documentedDefaults } from "../../src/config/keys.ts";
import { planSettings } from "../../src/config/promotion-settings.ts";
import { ServerFault } from "../../src/mysql/driver-error.ts";
import { failedCheck } from "../../src/mysql/servers.ts";
import { planRequest } from "../../src/operations/plan-request.ts";
import {
	instancesNamedBy,
	type OperationKind,
	type OperationRequest,
	type Operator,
	type OutcomeOf,
	type RequestOf,
} from "../../src/planning/operation.ts";
import type { Plan } from "../../src/planning/plan.ts";
import type { Store } from "../../src/store/contract.ts";
import { type Instance, unknownInstance } from "../../src/topology/instance.ts";
import { createIdentityOf } from "../../temporal/operator.ts";
import { madeUpOutcome } from "./made-up-outcome.ts";

interface Planning {
	readonly withStore: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
	/** Those that answer. */
	readonly servers: readonly Instance[];
	readonly nowMs: number;
	/** Told what would have been done. */
	readonly accepted: OperationRequest[];
}

const planFor = (
	{ withStore, servers, nowMs }: Planning,
	request: OperationRequest,
): Promise<Plan> =>
	withStore(async (store) => {
		const config = documentedDefaults();
		const identity = await createIdentityOf(store, 3306)(request);
		const snapshot = await freshSnapshot(
			{
				store,
				config: () => config,
				nowMs: () => nowMs,
				servers: {
					look: async (name, previous) =>
						servers.find((each) => each.name === name) ??
						failedCheck(
							previous ?? unknownInstance(name, 3306),
							new ServerFault("connection-refused", "connection refused"),
							nowMs,
						),
				},
			},
			identity,
			{ named: instancesNamedBy(request) },
		);
		const names = snapshot.instances.map((each) => each.name);
		return planRequest({
			request,
			snapshot,
			settings: planSettings(config, names),
			analysis: analysisSettings(config),
			done: [],
		});
	});

export const planningOperator = (planning: Planning): Operator => ({
	run: async <Kind extends OperationKind>(request: RequestOf<Kind>) => {
		const { refusal, phases } = await planFor(planning, request);
		if (phases.length > 0) planning.accepted.push(request);
		// The outcome is of the request's kind, which the compiler cannot see.
		return madeUpOutcome(request, {
			attempted: refusal === undefined,
			successful: refusal === undefined,
			says: refusal ?? "done",
		}) as OutcomeOf<Kind>;
	},
	start: async (request) => {
		planning.accepted.push(request);
		return { workflowId: "w", runId: "r" };
	},
	pageOf: () => "",
	isReachable: async () => true,
});

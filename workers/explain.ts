import { analysisSettings } from "../src/config/analysis-settings.ts";
import { createAccountCheck, lookingAt } from "../src/engine/account-check.ts";
import { planRequest } from "../src/operations/plan-request.ts";
import { explainCluster } from "../src/planning/explain.ts";
import type { ExplainRequest } from "../src/planning/explain-request.ts";
import { foresee } from "../src/planning/foresee.ts";
import {
	instancesNamedBy,
	type OperationRequest,
} from "../src/planning/operation.ts";
import { type ShownPlan, shownPlan } from "../src/planning/plan-text.ts";
import { createIdentityOf } from "../temporal/operator.ts";
import { type ClusterLook, lookAtCluster } from "./cluster-look.ts";

/** Looks at the servers as they are now and tells what would be done, without touching anything. */
export const explain = async ({
	request,
	...asking
}: ClusterLook & { readonly request: ExplainRequest }): Promise<ShownPlan> => {
	const { snapshot, settings, servers } = await lookAtCluster(
		asking,
		request.identity,
	);
	const { plans, tell } = explainCluster(snapshot, request, settings);
	const check = createAccountCheck(
		lookingAt(servers),
		asking.config.ReplicationCredentialsQuery,
	);
	return tell(await Promise.all(plans.map(check)));
};

/** The plan of an operation as it would be run now. @throws BatonError UnknownCluster */
export const planOf = async ({
	request,
	...asking
}: ClusterLook & {
	readonly request: OperationRequest;
}): Promise<ShownPlan> => {
	const { config, store } = asking;
	const identity = await createIdentityOf(
		store,
		config.DefaultInstancePort,
	)(request);
	const { servers, ...seen } = await lookAtCluster(
		asking,
		identity,
		instancesNamedBy(request),
	);
	const analysis = analysisSettings(config);
	const plan = foresee((situation) => planRequest({ ...situation, analysis }), {
		...seen,
		request,
		done: [],
	});
	const check = createAccountCheck(
		lookingAt(servers),
		config.ReplicationCredentialsQuery,
	);
	return shownPlan(await check(plan));
};

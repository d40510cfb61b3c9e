import { analysisSettings } from "../src/config/analysis-settings.ts";
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
	const { snapshot, settings } = await lookAtCluster(asking, request.identity);
	return explainCluster(snapshot, request, settings);
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
	const seen = await lookAtCluster(asking, identity, instancesNamedBy(request));
	const analysis = analysisSettings(config);
	return shownPlan(
		foresee((situation) => planRequest({ ...situation, analysis }), {
			...seen,
			request,
			done: [],
		}),
	);
};

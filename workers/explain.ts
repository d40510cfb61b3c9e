import { freshSnapshot } from "../activities/cluster-view.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import type { Configuration } from "../src/config/keys.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { planRequest } from "../src/operations/plan-request.ts";
import { explainCluster } from "../src/planning/explain.ts";
import type { ExplainRequest } from "../src/planning/explain-request.ts";
import { foresee } from "../src/planning/foresee.ts";
import {
	instancesNamedBy,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { PlanSettings } from "../src/planning/plan.ts";
import { type ShownPlan, shownPlan } from "../src/planning/plan-text.ts";
import type { Store } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { createIdentityOf } from "../temporal/operator.ts";
import { createHostnameMemory, createServerPort } from "./deps.ts";

interface Asking {
	readonly config: Configuration;
	readonly store: Store;
}

/** The servers as they are now, and what plans go by. */
const lookAt = async (
	{ config, store }: Asking,
	identity: string,
	named: readonly InstanceName[] = [],
): Promise<{
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
}> => {
	const hostnames = createHostnameMemory(() => config, store);
	await hostnames.load();
	const snapshot = await freshSnapshot(
		{
			store,
			servers: createServerPort(() => config, hostnames),
			nowMs: Date.now,
			config: () => config,
		},
		identity,
		{ named },
	);
	const names = snapshot.instances.map((each) => each.name);
	return { snapshot, settings: planSettings(config, names) };
};

/** Looks at the servers as they are now and tells what would be done, without touching anything. */
export const explain = async ({
	request,
	...asking
}: Asking & { readonly request: ExplainRequest }): Promise<ShownPlan> => {
	const { snapshot, settings } = await lookAt(asking, request.identity);
	return explainCluster(snapshot, request, settings);
};

/** The plan of an operation as it would be run now. @throws BatonError UnknownCluster */
export const planOf = async ({
	request,
	...asking
}: Asking & { readonly request: OperationRequest }): Promise<ShownPlan> => {
	const { config, store } = asking;
	const identity = await createIdentityOf(
		store,
		config.DefaultInstancePort,
	)(request);
	const seen = await lookAt(asking, identity, instancesNamedBy(request));
	const analysis = analysisSettings(config);
	return shownPlan(
		foresee((situation) => planRequest({ ...situation, analysis }), {
			...seen,
			request,
			done: [],
		}),
	);
};

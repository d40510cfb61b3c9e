import { freshSnapshot } from "../activities/cluster-view.ts";
import type { Configuration } from "../src/config/keys.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { explainCluster } from "../src/planning/explain.ts";
import type { ExplainRequest } from "../src/planning/explain-request.ts";
import type { Store } from "../src/store/contract.ts";
import { createHostnameMemory, createServerPort } from "./deps.ts";

/** Looks at the servers as they are now and tells what would be done, without touching anything. */
export const explain = async ({
	config,
	store,
	request,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly request: ExplainRequest;
}): Promise<string> => {
	const hostnames = createHostnameMemory(() => config, store);
	await hostnames.load();
	const snapshot = await freshSnapshot(
		{
			store,
			servers: createServerPort(() => config, hostnames),
			nowMs: Date.now,
			config: () => config,
		},
		request.identity,
	);
	return explainCluster(
		snapshot,
		request,
		planSettings(
			config,
			snapshot.instances.map((each) => each.name),
		),
	);
};

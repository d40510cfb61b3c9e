import { errors } from "../src/errors.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { ActivityDeps } from "./dependencies.ts";

/**
 * Whoever can reach Temporal can send a request to the entity of any cluster: one that names another cluster would change the wrong
 * servers. What Baton asks of itself names its cluster by the identity, and costs no look into the store.
 * @throws BatonError BadInput
 */
export const checkCluster = async (
	{ store, config }: Pick<ActivityDeps, "store" | "config">,
	identity: string,
	{ cluster }: OperationRequest,
): Promise<void> => {
	if (cluster === undefined || cluster === identity) return;
	const named = await store.clusters.resolve(
		cluster,
		config().DefaultInstancePort,
	);
	// A name that was given up meanwhile is none of another cluster.
	if (named === undefined || named.identity === identity) return;
	throw errors.requestOfAnother({ named: cluster, asked: identity });
};

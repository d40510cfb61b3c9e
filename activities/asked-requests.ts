import { errors } from "../src/errors.ts";
import {
	instancesNamedBy,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { checkCluster } from "./own-cluster.ts";
import { hashOf } from "./request-hash.ts";

/** What speaks against a request before anything is pushed aside for it. */
export const createAskedRequests = (
	deps: Pick<ActivityDeps, "store" | "config">,
) => {
	const { store } = deps;

	const checkNamed = async (
		identity: string,
		request: OperationRequest,
	): Promise<void> => {
		for (const instance of instancesNamedBy(request)) {
			const of = await store.clusters.identityOf(instance);
			if (of === undefined) throw errors.unknownInstance({ instance });
			if (of !== identity)
				throw errors.requestOfAnother({ named: of, asked: identity });
		}
	};

	return {
		/** @throws BatonError BadInput, UnknownInstance; Refused when it was begun before, by whatever run */
		checkRequest: async ({
			identity,
			request,
			asked,
		}: {
			readonly identity: string;
			readonly request: OperationRequest;
			/** Id of the update by which a person asks for it. */
			readonly asked?: string;
		}): Promise<void> => {
			const begun =
				asked === undefined
					? undefined
					: await store.operations.begun(hashOf(identity, asked));
			if (begun !== undefined)
				throw errors.begunBefore({
					runId: begun.runId,
					at: new Date(begun.atMs),
				});
			await checkCluster(deps, identity, request);
			await checkNamed(identity, request);
		},
	};
};

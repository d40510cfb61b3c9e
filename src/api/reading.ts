import type { AnalysisContext } from "../compat/json/analysis.ts";
import { withDomains } from "../compat/json/analysis-context.ts";
import { clusterInfoJson } from "../compat/json/cluster-info.ts";
import { type InstanceContext, instanceJson } from "../compat/json/instance.ts";
import { readInstanceContext } from "../compat/json/instance-context.ts";
import { errors } from "../errors.ts";
import { createNames } from "../naming/names.ts";
import type { ClusterRecord, ClusterSummary } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import type { ReadingDeps } from "./deps.ts";
import type { ClusterInput, InstanceInput } from "./fields.ts";

/** What handlers read from the store, and how they name things that callers named loosely. */
export const createReading = (deps: ReadingDeps) => {
	const { store, config } = deps;

	const names = createNames({
		store: async () => store,
		resolveHost: deps.resolveHost,
		defaultPort: () => config().DefaultInstancePort,
	});

	const instanceContext = (): Promise<InstanceContext> =>
		readInstanceContext(store, config(), deps.nowMs());

	/** The known instance that is meant, exactly or by a part of its host; else the name as given. */
	const nameOf = ({ host, port }: InstanceInput): Promise<InstanceName> =>
		names.instance(instanceName(host, port));

	const instance = async (input: InstanceInput): Promise<Instance> => {
		const name = await nameOf(input);
		const found = await store.inventory.get(name);
		if (found === undefined)
			throw errors.cannotReadInstance({ instance: name });
		return found;
	};

	/**
	 * Of a server that is to be asked as it is now. Nobody names one here that is not known: it would be connected to, and shown how the
	 * topology account logs in, for whoever may only look, and for pages of other sites.
	 */
	const knownName = async (input: InstanceInput): Promise<InstanceName> =>
		(await instance(input)).name;

	const cluster = (input: ClusterInput): Promise<ClusterRecord> =>
		names.cluster(
			input.clusterHint ??
				(input.host !== undefined && input.port !== undefined
					? instanceName(input.host, input.port)
					: ""),
		);

	const analysisContext = (): AnalysisContext => ({
		nowMs: deps.nowMs(),
		filters: config(),
		node: deps.node,
	});

	return {
		names,
		instanceContext,
		nameOf,
		instance,
		knownName,
		cluster,
		clusterByAlias: names.clusterOfAlias,
		instanceList: async (instances: readonly Instance[]) => {
			const context = await instanceContext();
			return instances.map((each) => instanceJson(each, context));
		},
		clusterInfo: (cluster: ClusterSummary) =>
			clusterInfoJson(cluster, config()),
		analysisContext,
		/** For analyses of now, which tell the domains of clusters; records do not. */
		domainedAnalysisContext: (): Promise<AnalysisContext> =>
			withDomains(analysisContext(), store),
	};
};

export type Reading = ReturnType<typeof createReading>;

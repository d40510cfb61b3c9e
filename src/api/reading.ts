import type { AnalysisContext } from "../compat/json/analysis.ts";
import { clusterInfoJson } from "../compat/json/cluster-info.ts";
import { type InstanceContext, instanceJson } from "../compat/json/instance.ts";
import { BatonError } from "../errors.ts";
import { clusterOfAlias } from "../naming/clusters.ts";
import { fuzzyMatch } from "../naming/instances.ts";
import type { ClusterRecord, ClusterSummary } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	isHost,
} from "../topology/instance-name.ts";
import type { ApiDeps } from "./deps.ts";
import type { ClusterInput, InstanceInput } from "./fields.ts";

/** What handlers read from the store, and how they name things that callers named loosely. */
export const createReading = (deps: ApiDeps) => {
	const { store, config } = deps;

	const instanceContext = async (): Promise<InstanceContext> => {
		const nowMs = deps.nowMs();
		const settings = config();
		const expiryMs = settings.CandidateInstanceExpireMinutes * 60_000;
		const [downtimes, rules, virtualNames] = await Promise.all([
			store.downtimes.active(nowMs),
			store.candidates.since(nowMs - expiryMs),
			store.hostnames.unresolves(),
		]);
		return {
			nowMs,
			pollSeconds: settings.InstancePollSeconds,
			reasonableLagSeconds: settings.ReasonableReplicationLagSeconds,
			maintenanceLagSeconds:
				settings.ReasonableMaintenanceReplicationLagSeconds,
			downtimes: new Map(downtimes.map((each) => [each.instance, each])),
			rules: new Map(rules.map((each) => [each.instance, each.rule])),
			virtualNames: new Map(
				virtualNames.map((each) => [each.hostname, each.virtual]),
			),
		};
	};

	/** The known instance that is meant, exactly or by a part of its host; else the name as given (api.md §3.1). */
	const nameOf = async ({
		host,
		port,
	}: InstanceInput): Promise<InstanceName> => {
		const resolved = await deps.resolveHost({ host, port });
		const name = instanceName(resolved, port);
		if ((await store.inventory.get(name)) !== undefined) return name;
		return fuzzyMatch(name, await store.inventory.names());
	};

	const instance = async (input: InstanceInput): Promise<Instance> => {
		const name = await nameOf(input);
		const found = await store.inventory.get(name);
		if (found === undefined)
			throw new BatonError(
				"UnknownInstance",
				`Cannot read instance: ${name} is not known`,
			);
		return found;
	};

	const cluster = async (input: ClusterInput): Promise<ClusterRecord> => {
		const hint =
			input.clusterHint ??
			(input.host !== undefined && input.port !== undefined
				? instanceName(input.host, input.port)
				: "");
		const found =
			hint === ""
				? undefined
				: await store.clusters.resolve(hint, config().DefaultInstancePort);
		if (found === undefined)
			throw new BatonError(
				"UnknownCluster",
				`unable to determine cluster name. clusterHint=${hint}`,
			);
		return found;
	};

	const analysisContext = (): AnalysisContext => ({
		nowMs: deps.nowMs(),
		filters: config(),
		node: deps.node,
	});

	return {
		instanceContext,
		nameOf,
		instance,
		cluster,
		/** A designated or candidate pair: undefined when it is not usable (api.md §3.1). */
		optionalName: async (
			host: string | undefined,
			port: string | undefined,
		): Promise<InstanceName | undefined> =>
			host !== undefined && isHost(host) && /^\d{1,5}$/.test(port ?? "")
				? nameOf({ host, port: Number(port) })
				: undefined,
		/** The cluster whose alias, or name, this is (api.md §3.2, second table). */
		clusterByAlias: async (alias: string): Promise<ClusterSummary> => {
			const known = await store.clusters.all();
			const found = clusterOfAlias(known, alias);
			if (found === undefined)
				throw new BatonError(
					"UnknownCluster",
					`No cluster found for alias ${alias}`,
				);
			return found;
		},
		instanceList: async (instances: readonly Instance[]) => {
			const context = await instanceContext();
			return instances.map((each) => instanceJson(each, context));
		},
		clusterInfo: (cluster: ClusterSummary) =>
			clusterInfoJson(cluster, config()),
		analysisContext,
		/** For analyses of now, which tell the domains of clusters; records do not. */
		domainedAnalysisContext: async (): Promise<AnalysisContext> => ({
			...analysisContext(),
			domains: new Map(
				(await store.clusters.all()).map((each) => [
					each.clusterName,
					each.domain,
				]),
			),
		}),
	};
};

export type Reading = ReturnType<typeof createReading>;

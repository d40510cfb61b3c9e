import {
	topologyTabulated,
	topologyTags,
	topologyTree,
} from "../../compat/text/topology.ts";
import { createHostFilter } from "../../config/filters.ts";
import { schemaChangeReplicas } from "../../topology/control-replicas.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { tagText } from "../../topology/tag-expression.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER } from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

type Draw = typeof topologyTree;

/** A tree of a cluster under two paths; what it draws beside instances is read when it is asked for. */
const drawing = (
	deps: ReadingDeps,
	reading: Reading,
	path: string,
	says: string,
	drawer: () => Promise<Draw>,
): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: [`${path}/:clusterHint`, `${path}/:host/:port`],
			says,
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusterName, identity } = await reading.cluster(input);
			const context = await reading.instanceContext();
			const draw = await drawer();
			const text = draw(
				await deps.store.inventory.ofIdentity(identity),
				{
					...context,
					isDowntimed: (each) => context.downtimes.has(each.name),
				},
				clusterName,
			);
			return success(text, `Topology for cluster ${clusterName}`);
		},
	);

const withTags = async (deps: ReadingDeps): Promise<Draw> => {
	const texts = new Map<InstanceName, string[]>();
	for (const tag of await deps.store.tags.all())
		texts.set(tag.instance, [...(texts.get(tag.instance) ?? []), tagText(tag)]);
	return (instances, context, clusterName) =>
		topologyTags(
			instances,
			context,
			clusterName,
			(name) => texts.get(name) ?? [],
		);
};

const controlReplicas = (deps: ReadingDeps, reading: Reading): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: ["cluster-osc-slaves/:clusterHint"],
			says: "Replicas whose lag tells how the cluster bears a schema change",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusterName } = await reading.cluster(input);
			return reading.instanceList(
				schemaChangeReplicas(
					await deps.store.inventory.ofCluster(clusterName),
					createHostFilter(deps.config().OSCIgnoreHostnameFilters),
				),
			);
		},
	);

/** Topologies as text and as records, and the replicas that speak for one. */
export const topologyRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => [
	...drawing(
		deps,
		reading,
		"topology",
		"The tree of a cluster, as text",
		async () => topologyTree,
	),
	...drawing(
		deps,
		reading,
		"topology-tabulated",
		"The tree of a cluster, as text in columns",
		async () => topologyTabulated,
	),
	...drawing(
		deps,
		reading,
		"topology-tags",
		"The tree of a cluster with the tags of its instances, as text",
		() => withTags(deps),
	),
	...controlReplicas(deps, reading),
];

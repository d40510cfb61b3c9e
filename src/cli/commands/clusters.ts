import { errors } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import type { ShownPlan } from "../../planning/plan-text.ts";
import { primariesOnRecord } from "../../reading/primaries-on-record.ts";
import type { ClusterRecord, ClusterSummary } from "../../store/contract.ts";
import {
	CLUSTER_FLAGS,
	CLUSTER_HELP,
	optional,
} from "../../surface/flag-use.ts";
import type { Instance } from "../../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import { primariesOf } from "../../topology/primary.ts";
import type { Command, CommandContext } from "../command.ts";
import { planJson, printPlan } from "../print-plan.ts";
import { asClusterRoute, asRoute } from "../told.ts";
import { printNames } from "./instances.ts";

const allClusters = async (
	context: CommandContext,
): Promise<ClusterSummary[]> => {
	const clusters = await (await context.store()).clusters.all();
	return clusters.sort((a, b) => (a.clusterName < b.clusterName ? -1 : 1));
};

/** The instances that carry the name of the selected cluster, in host, port order; none when there is no such cluster. */
export const membersOf = async (
	context: CommandContext,
	cluster: ClusterRecord | undefined,
): Promise<Instance[]> => {
	if (cluster === undefined) return [];
	const { inventory } = await context.store();
	const members = await inventory.ofCluster(cluster.clusterName);
	return members.sort((a, b) => compareNames(a.name, b.name));
};

/** As {@link membersOf}, and those that go by another cluster's name by now, such as a primary that was replaced: the cluster is still theirs. */
export const allOf = async (
	context: CommandContext,
	cluster: ClusterRecord | undefined,
): Promise<Instance[]> => {
	if (cluster === undefined) return [];
	const { inventory } = await context.store();
	const all = await inventory.ofIdentity(cluster.identity);
	return all.sort((a, b) => compareNames(a.name, b.name));
};

/** The primary of the cluster. @throws BatonError UnknownCluster when there is none */
const selectedPrimary = async (
	context: CommandContext,
	cluster: ClusterRecord,
): Promise<Instance> => {
	const members = await membersOf(context, cluster);
	const [primary] = primariesOf(members, cluster.clusterName);
	if (primary !== undefined) return primary;
	throw errors.noPrimary({ cluster: cluster.clusterName });
};

/** `-i`, where it is given beside the cluster. @throws BatonError UnknownInstance, BadInput for one of another cluster */
const instanceIn = async (
	context: CommandContext,
	{ identity, clusterName }: ClusterRecord,
): Promise<InstanceName | undefined> => {
	if (context.flags.instance === "") return undefined;
	const store = await context.store();
	const { name } = await knownInstance(store, await context.instance());
	if ((await store.clusters.identityOf(name)) === identity) return name;
	throw errors.instanceElsewhere({ instance: name, cluster: clusterName });
};

const explain = async (context: CommandContext): Promise<ShownPlan> => {
	const cluster = await context.requiredCluster();
	const destination = await context.optionalDestination();
	const instance = await instanceIn(context, cluster);
	return context.explain({
		identity: cluster.identity,
		...(instance === undefined ? {} : { instance }),
		...(destination === undefined ? {} : { destination }),
	});
};

/** The first writable primary of each cluster, by the cluster's name. */
const allPrimaries = async (context: CommandContext): Promise<void> => {
	const store = await context.store();
	printNames(
		context,
		await primariesOnRecord(store, await store.inventory.listed()),
	);
};

export const CLUSTER_COMMANDS: readonly Command[] = [
	{
		name: "clusters",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List the names of all clusters",
		help: "Lists the names of all clusters, one per line. A cluster's name is host:port of its primary.",
		run: async (context) => {
			const names = (await allClusters(context)).map(
				(each) => each.clusterName,
			);
			context.print(names.join("\n"));
		},
		json: asRoute("clusters"),
	},
	{
		name: "clusters-alias",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List the names and aliases of all clusters",
		help: "Lists name, a tab and alias of each cluster. The alias of a cluster without one is its name.",
		run: async (context) => {
			for (const each of await allClusters(context))
				context.print(`${each.clusterName}\t${each.alias || each.clusterName}`);
		},
		json: asRoute("clusters-info"),
	},
	{
		name: "all-clusters-masters",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List the writable primary of each cluster",
		help: "Lists host:port of one writable primary per cluster, one per line. A cluster without a writable primary is left out.",
		run: allPrimaries,
		json: asRoute("masters"),
	},
	{
		name: "which-cluster",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the name of a cluster",
		help: `Prints the name of the selected cluster, or an empty line when there is none. ${CLUSTER_HELP}`,
		run: async (context) =>
			context.print((await context.cluster())?.clusterName ?? ""),
		json: asClusterRoute("cluster-info/:clusterHint", (context) =>
			context.cluster(),
		),
	},
	{
		name: "which-cluster-alias",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the alias of a cluster",
		help: `Prints the alias of the selected cluster; when none can be selected, that of the only known one. ${CLUSTER_HELP}`,
		run: async (context) => {
			const cluster = await context.clusterOrOnly();
			context.print(cluster.alias || cluster.clusterName);
		},
		json: asClusterRoute("cluster-info/:clusterHint", (context) =>
			context.clusterOrOnly(),
		),
	},
	{
		name: "which-cluster-master",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the primary of a cluster",
		help: `Prints host:port of the cluster's primary: a writable one first, then the one nearest to the root. ${CLUSTER_HELP}`,
		run: async (context) =>
			context.print(
				(await selectedPrimary(context, await context.requiredCluster())).name,
			),
		json: asClusterRoute("master/:clusterHint", (context) =>
			context.requiredCluster(),
		),
	},
	{
		name: "which-cluster-instances",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "List the instances of a cluster",
		help: `Lists the instances of the selected cluster, one per line, a primary that was replaced included. ${CLUSTER_HELP}`,
		run: async (context) =>
			printNames(context, await allOf(context, await context.cluster())),
		json: asClusterRoute(
			"cluster/:clusterHint",
			(context) => context.cluster(),
			[],
		),
	},
	{
		name: "explain",
		category: "Recovery",
		flags: [...CLUSTER_FLAGS, optional("-d")],
		access: "reads",
		summary: "Show what an operation would do, and change nothing",
		help: `Behind it stands a command that changes something, as it would be typed: \`explain takeover shop --to db2\`, \`explain tag db3 role=batch\`. What it would do is printed, and what would refuse it is told as it would be; nothing is touched. Of a cluster, without a command: prints the plan, the ranking of the candidates and the expected loss, before anything is touched. With -d, for that candidate; of a replica in -i, its relocation below the server in -d. Begins with what would be refused. With -d it fails where what that asks for would be refused; without, a refusal is the answer, and no failure. ${CLUSTER_HELP}`,
		run: async (context) => printPlan(context, await explain(context)),
		json: async (context) => planJson(await explain(context)),
	},
];

import { z } from "zod";
import { instanceJson } from "../../compat/json/instance.ts";
import { createHostFilter } from "../../config/filters.ts";
import { isLike } from "../../naming/like.ts";
import type { Instance } from "../../topology/instance.ts";
import { compareNames } from "../../topology/instance-name.ts";
import { isProblematic } from "../../topology/status.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER, CLUSTER_NAME, INSTANCE, NOTHING } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { bareRoutes, READ, type Route } from "../route.ts";

/** The order of `all-instances` and `search`: depth, most replicas first, cluster, host, port. */
const byProminence = (a: Instance, b: Instance): number =>
	a.depth - b.depth ||
	b.replicas.length - a.replicas.length ||
	(a.clusterName === b.clusterName
		? compareNames(a.name, b.name)
		: a.clusterName < b.clusterName
			? -1
			: 1);

/** A substring of what an instance is called or runs, or its exact server id or port. */
const matchesSearch = (instance: Instance, text: string): boolean =>
	[
		instance.name,
		instance.clusterName,
		instance.version,
		instance.versionComment,
		instance.suggestedClusterAlias,
	].some((each) => each.toLowerCase().includes(text.toLowerCase())) ||
	text === String(instance.serverId) ||
	text === String(instance.port);

const single = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["instance/:host/:port"],
			says: "One instance, as last probed",
			input: INSTANCE,
		},
		async ({ input }) =>
			instanceJson(
				await reading.instance(input),
				await reading.instanceContext(),
			),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["instance-replicas/:host/:port"],
			says: "The direct replicas of an instance",
			input: INSTANCE,
		},
		async ({ input }) =>
			reading.instanceList(
				await deps.store.inventory.replicasOf(await reading.nameOf(input)),
			),
	),
];

const lists = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["all-instances"],
			says: "Every known instance",
			input: NOTHING,
		},
		async () =>
			reading.instanceList(
				(await deps.store.inventory.all()).toSorted(byProminence),
			),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["search/:searchString", "search"],
			says: "Instances by a part of their name, cluster, version or alias",
			input: z.object({
				searchString: z.string().trim().optional(),
				s: z.string().trim().optional(),
			}),
			query: ["s"],
		},
		async ({ input }) => {
			const text = input.searchString ?? input.s ?? "";
			const all = await deps.store.inventory.all();
			return reading.instanceList(
				all.filter((each) => matchesSearch(each, text)).sort(byProminence),
			);
		},
	),
	...bareRoutes(
		{
			...READ,
			paths: ["downtimed", "downtimed/:clusterHint"],
			says: "Instances with a downtime in force",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { inventory } = deps.store;
			const candidates =
				input.clusterHint === undefined
					? await inventory.all()
					: await inventory.ofCluster(
							(await reading.cluster(input)).clusterName,
						);
			const { downtimes } = await reading.instanceContext();
			return reading.instanceList(
				candidates.filter((each) => downtimes.has(each.name)),
			);
		},
	),
];

const problems = (deps: ReadingDeps, reading: Reading): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: ["problems", "problems/:clusterName"],
			says: "Instances with a problem, neither downtimed nor ignored; `%` and `_` are wildcards in the cluster's name",
			input: CLUSTER_NAME.partial(),
		},
		async ({ input }) => {
			const context = await reading.instanceContext();
			const isIgnored = createHostFilter(
				deps.config().ProblemIgnoreHostnameFilters,
			);
			const wanted = input.clusterName;
			const all = await deps.store.inventory.all();
			return reading.instanceList(
				all.filter(
					(each) =>
						isProblematic(each, context) &&
						!context.downtimes.has(each.name) &&
						!isIgnored(each) &&
						(wanted === undefined || isLike(each.clusterName, wanted)),
				),
			);
		},
	);

/** Instances, searched and listed. */
export const instanceRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => [
	...single(deps, reading),
	...lists(deps, reading),
	...problems(deps, reading),
];

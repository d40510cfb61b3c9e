import { instanceJson } from "../../compat/json/instance.ts";
import { errors } from "../../errors.ts";
import { primariesOnRecord } from "../../reading/primaries-on-record.ts";
import { primariesOf } from "../../topology/primary.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER, CLUSTER_ALIAS, INSTANCE, NOTHING } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { bareRoutes, READ, type Route } from "../route.ts";

const byName = (a: { clusterName: string }, b: { clusterName: string }) =>
	a.clusterName < b.clusterName ? -1 : 1;

/** By identity: a primary that was replaced goes by another cluster's name, and is shown with the one that it was in. */
const members = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["cluster/:clusterHint"],
			says: "The instances of a cluster",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { identity } = await reading.cluster(input);
			return reading.instanceList(
				await deps.store.inventory.ofIdentity(identity),
			);
		},
	),
	...bareRoutes(
		{
			...READ,
			paths: ["cluster/alias/:clusterAlias"],
			says: "The instances of the cluster with that alias",
			input: CLUSTER_ALIAS,
		},
		async ({ input }) => {
			const { identity } = await reading.clusterByAlias(input.clusterAlias);
			return reading.instanceList(
				await deps.store.inventory.ofIdentity(identity),
			);
		},
	),
	...bareRoutes(
		{
			...READ,
			paths: ["cluster/instance/:host/:port"],
			says: "The instances of the cluster that the instance belongs to",
			input: INSTANCE,
		},
		async ({ input }) => {
			const { name, clusterName } = await reading.instance(input);
			const identity = await deps.store.clusters.identityOf(name);
			return reading.instanceList(
				await deps.store.inventory.ofIdentity(identity ?? clusterName),
			);
		},
	),
];

const infos = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["clusters"],
			says: "Names of all clusters",
			input: NOTHING,
		},
		async () =>
			(await deps.store.clusters.all()).map((each) => each.clusterName).sort(),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["clusters-info"],
			says: "All clusters",
			input: NOTHING,
		},
		async () =>
			(await deps.store.clusters.all())
				.toSorted(byName)
				.map(reading.clusterInfo),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["cluster-info/:clusterHint"],
			says: "One cluster",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusterName } = await reading.cluster(input);
			return reading.clusterInfo(await reading.clusterByAlias(clusterName));
		},
	),
	...bareRoutes(
		{
			...READ,
			paths: ["cluster-info/alias/:clusterAlias"],
			says: "The cluster with that alias",
			input: CLUSTER_ALIAS,
		},
		async ({ input }) =>
			reading.clusterInfo(await reading.clusterByAlias(input.clusterAlias)),
	),
];

const primaries = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["masters"],
			says: "The writable primary of each cluster",
			input: NOTHING,
		},
		async () =>
			reading.instanceList(
				await primariesOnRecord(deps.store, await deps.store.inventory.all()),
			),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["master/:clusterHint"],
			says: "The primary of a cluster",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusterName } = await reading.cluster(input);
			const rows = await deps.store.inventory.ofCluster(clusterName);
			const [primary] = primariesOf(rows, clusterName);
			if (primary === undefined)
				throw errors.noMaster({ cluster: clusterName });
			return instanceJson(primary, await reading.instanceContext());
		},
	),
];

/** Clusters and their primaries. */
export const clusterRoutes = (deps: ReadingDeps, reading: Reading): Route[] => [
	...members(deps, reading),
	...infos(deps, reading),
	...primaries(deps, reading),
];

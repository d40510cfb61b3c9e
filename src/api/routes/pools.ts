import { z } from "zod";
import type { Json } from "../../compat/json/go-json.ts";
import { nameJson } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import { poolField } from "../../surface/arguments/words.ts";
import { greatestLagSeconds } from "../../topology/control-replicas.ts";
import { isLastCheckValid } from "../../topology/instance.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER_NAME } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { envelopeRoutes, READ, type Route, success } from "../route.ts";

const CLUSTER_POOL = CLUSTER_NAME.extend({ pool: z.optional(poolField) });

/** Pool memberships in force; of one pool, when it is named. */
const membersOf = async (deps: ReadingDeps, wanted: string | undefined) => {
	const keptMs = deps.config().InstancePoolExpiryMinutes * 60_000;
	const members = await deps.store.pools.members(deps.nowMs() - keptMs);
	return members.filter((each) => wanted === undefined || each.pool === wanted);
};

/** Instances of the cluster in the pools that can serve: seen, and no binlog servers. */
const serving = async (
	deps: ReadingDeps,
	clusterName: string,
	wanted: string | undefined,
) => {
	const pooled = new Set(
		(await membersOf(deps, wanted)).map((each) => each.instance),
	);
	const members = await deps.store.inventory.ofCluster(clusterName);
	return members.filter(
		(each) =>
			pooled.has(each.name) && isLastCheckValid(each) && !each.isBinlogServer,
	);
};

const listing = (deps: ReadingDeps): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: [
				"cluster-pool-instances/:clusterName",
				"cluster-pool-instances/:clusterName/:pool",
			],
			says: "The pools of a cluster with their instances",
			input: CLUSTER_POOL,
		},
		async ({ input }) => {
			const cluster = await deps.store.inventory.ofCluster(input.clusterName);
			const names = new Set(cluster.map((each) => each.name));
			const pools = new Map<string, Json[]>();
			for (const member of await membersOf(deps, input.pool)) {
				if (!names.has(member.instance)) continue;
				const keys = pools.get(member.pool) ?? [];
				pools.set(member.pool, [...keys, nameJson(member.instance)]);
			}
			return success(Object.fromEntries(pools));
		},
	);

const heuristics = (deps: ReadingDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: [
				"heuristic-cluster-pool-instances/:clusterName",
				"heuristic-cluster-pool-instances/:clusterName/:pool",
			],
			says: "The usable instances of a cluster's pools",
			input: CLUSTER_POOL,
		},
		async ({ input }) => {
			const { clusterName } = await reading.cluster({
				clusterHint: input.clusterName,
			});
			return success(
				await reading.instanceList(
					await serving(deps, clusterName, input.pool),
				),
			);
		},
	),
	...envelopeRoutes(
		{
			...READ,
			paths: [
				"heuristic-cluster-pool-lag/:clusterName",
				"heuristic-cluster-pool-lag/:clusterName/:pool",
			],
			says: "The greatest lag in a cluster's pools, in seconds",
			input: CLUSTER_POOL,
		},
		async ({ input }) => {
			const { clusterName } = await reading.clusterByAlias(input.clusterName);
			const lag = greatestLagSeconds(
				await serving(deps, clusterName, input.pool),
			);
			if (lag === undefined)
				throw errors.noLagOfPools({ cluster: clusterName });
			return success(lag);
		},
	),
];

/** Pools. Reading them needs no write authorisation: in the reference it did, and pages of read-only users hung. */
export const poolRoutes = (deps: ReadingDeps, reading: Reading): Route[] => [
	...listing(deps),
	...heuristics(deps, reading),
];

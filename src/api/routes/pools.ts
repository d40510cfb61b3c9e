import { z } from "zod";
import { poolSubmitted } from "../../audit/changes.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { nameJson } from "../../compat/json/values.ts";
import { BatonError, errors } from "../../errors.ts";
import { fuzzyMatch } from "../../naming/instances.ts";
import { greatestLagSeconds } from "../../topology/control-replicas.ts";
import { isLastCheckValid } from "../../topology/instance.ts";
import {
	type InstanceName,
	parseInstanceName,
} from "../../topology/instance-name.ts";
import type { ApiDeps } from "../deps.ts";
import { CLUSTER_NAME } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { CHANGE, envelopeRoutes, READ, type Route, success } from "../route.ts";

const MAX_POOL_LENGTH = 128;

const pool = z
	.string()
	.trim()
	.min(1, "empty parameter")
	.max(MAX_POOL_LENGTH)
	.refine((text) => !/\p{Cc}/u.test(text), "invalid pool name");

const CLUSTER_POOL = CLUSTER_NAME.extend({ pool: pool.optional() });

/** @throws BatonError BadInput for the first that is no instance */
const submittedOf = (list: string, defaultPort: number): InstanceName[] =>
	list
		.split(",")
		.map((each) => each.trim())
		.filter((each) => each !== "")
		.map((each) => {
			const name = parseInstanceName(each, defaultPort);
			if (name === undefined) throw errors.noInstance(each);
			return name;
		});

/** Completed when only one known instance matches (SupportFuzzyPoolHostnames). */
const completed = async (
	deps: ApiDeps,
	names: readonly InstanceName[],
): Promise<InstanceName[]> => {
	if (!deps.config().SupportFuzzyPoolHostnames) return [...names];
	const known = await deps.store.inventory.names();
	const exact = new Set(known);
	return names.map((name) =>
		exact.has(name) ? name : fuzzyMatch(name, known),
	);
};

/** Pool memberships in force; of one pool, when it is named. */
const membersOf = async (deps: ApiDeps, wanted: string | undefined) => {
	const keptMs = deps.config().InstancePoolExpiryMinutes * 60_000;
	const members = await deps.store.pools.members(deps.nowMs() - keptMs);
	return members.filter((each) => wanted === undefined || each.pool === wanted);
};

/** Instances of the cluster in the pools that can serve: seen, and no binlog servers. */
const serving = async (
	deps: ApiDeps,
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

const submitting = (deps: ApiDeps): Route[] =>
	envelopeRoutes(
		{
			...CHANGE,
			paths: ["submit-pool-instances/:pool"],
			says: "Makes a comma list of instances the members of a pool, in place of those it had",
			input: z.object({ pool, instances: z.string().optional() }),
		},
		async ({ input }) => {
			const { DefaultInstancePort } = deps.config();
			const names = submittedOf(input.instances ?? "", DefaultInstancePort);
			const members = await completed(deps, names);
			await deps.store.pools.submit(input.pool, members, deps.nowMs());
			return success(input.pool, `Applied ${input.pool} pool instances`, [
				poolSubmitted(input.pool, members),
			]);
		},
	);

const listing = (deps: ApiDeps): Route[] =>
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

const heuristics = (deps: ApiDeps, reading: Reading): Route[] => [
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
				throw new BatonError(
					"Refused",
					`no instance in the pools of cluster ${clusterName} tells its lag`,
				);
			return success(lag);
		},
	),
];

/** Pools (api.md §7.4). Reading them needs no write authorisation: in the reference it did, and pages of read-only users hung. */
export const poolRoutes = (deps: ApiDeps, reading: Reading): Route[] => [
	...submitting(deps),
	...listing(deps),
	...heuristics(deps, reading),
];

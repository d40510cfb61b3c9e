import { nameJson } from "../../compat/json/values.ts";
import {
	CLUSTER_FLAGS,
	CLUSTER_HELP,
	optional,
} from "../../surface/flag-use.ts";
import { type Instance, isLastCheckValid } from "../../topology/instance.ts";
import {
	compareClusterNames,
	compareNames,
} from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { instancesJson, linesOfNames, told } from "../told.ts";
import { membersOf } from "./clusters.ts";

const poolMembers = async (context: CommandContext) => {
	const { InstancePoolExpiryMinutes } = context.configuration;
	const { pools } = await context.store();
	return pools.members(context.nowMs - InstancePoolExpiryMinutes * 60_000);
};

const pooled = async (context: CommandContext) => {
	const store = await context.store();
	const members = await poolMembers(context);
	const clusterOf = new Map(
		(members.length === 0 ? [] : await store.inventory.listed()).map((each) => [
			each.name,
			each.clusterName,
		]),
	);
	const aliasOf = new Map(
		(await store.clusters.all()).map((each) => [each.clusterName, each.alias]),
	);
	const rows = members.flatMap(({ pool, instance }) => {
		const cluster = clusterOf.get(instance);
		return cluster === undefined ? [] : [{ cluster, pool, instance }];
	});
	rows.sort(
		(a, b) =>
			compareClusterNames(a.cluster, b.cluster) ||
			(a.pool === b.pool ? 0 : a.pool < b.pool ? -1 : 1) ||
			compareNames(a.instance, b.instance),
	);
	return rows.map((each) => ({
		...each,
		alias: aliasOf.get(each.cluster) || each.cluster,
	}));
};

const clusterPool = async (context: CommandContext): Promise<Instance[]> => {
	const { pool } = context.flags;
	const cluster = await context.cluster();
	const inPool = new Set(
		(await poolMembers(context))
			.filter((each) => pool === "" || each.pool === pool)
			.map((each) => each.instance),
	);
	const members = await membersOf(context, cluster);
	return members.filter(
		(each) =>
			inPool.has(each.name) && isLastCheckValid(each) && !each.isBinlogServer,
	);
};

export const POOL_COMMANDS: readonly Command[] = [
	{
		name: "cluster-pool-instances",
		category: "Pools",
		flags: [],
		access: "reads",
		summary: "List the pools of all clusters with their instances",
		help: "Lists cluster name, alias, pool and instance, parted by tabs, of each known instance that is in a pool.",
		...told(pooled, {
			lines: (rows) =>
				rows.map(({ cluster, alias, pool, instance }) =>
					[cluster, alias, pool, instance].join("\t"),
				),
			json: (rows) =>
				rows.map(({ cluster, alias, pool, instance }) => ({
					ClusterName: cluster,
					ClusterAlias: alias,
					Pool: pool,
					Key: nameJson(instance),
				})),
		}),
	},
	{
		name: "which-heuristic-cluster-pool-instances",
		category: "Pools",
		flags: [...CLUSTER_FLAGS, optional("-pool")],
		access: "reads",
		summary: "List the usable instances of a cluster's pools",
		help: `Lists the instances of the selected cluster that are in the pool in -pool, or in any, leaving out those whose last check failed and binlog servers. ${CLUSTER_HELP}`,
		...told(clusterPool, { lines: linesOfNames, json: instancesJson }),
	},
];

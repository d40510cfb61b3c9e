import { poolSubmitted } from "../../audit/changes.ts";
import { BatonError } from "../../errors.ts";
import { fuzzyMatch } from "../../naming/instances.ts";
import { isLastCheckValid } from "../../topology/instance.ts";
import {
	compareClusterNames,
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import {
	CLUSTER_FLAGS,
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";
import { CLUSTER_HELP, membersOf } from "./clusters.ts";
import { printNames } from "./instances.ts";

const MAX_POOL_LENGTH = 128;

/** @throws BatonError BadInput for a name that no column or line can hold */
const checkedPool = (pool: string): string => {
	if (pool === "")
		throw new BatonError("BadInput", "no pool given: give -pool");
	if (pool.length > MAX_POOL_LENGTH || /\p{Cc}/u.test(pool))
		throw new BatonError(
			"BadInput",
			`-pool ${JSON.stringify(pool.slice(0, MAX_POOL_LENGTH))} is no pool name; give up to ${MAX_POOL_LENGTH} characters, without control characters`,
		);
	return pool;
};

/** The comma list of `-i`, each completed when only one known instance matches (SupportFuzzyPoolHostnames). */
const submittedOf = async (
	context: CommandContext,
): Promise<InstanceName[]> => {
	const texts = context.flags.instance
		.split(",")
		.map((each) => each.trim())
		.filter((each) => each !== "");
	const literal: InstanceName[] = [];
	for (const text of texts) literal.push(await context.listedInstance(text));
	if (!context.configuration.SupportFuzzyPoolHostnames) return literal;
	const known = await (await context.store()).inventory.names();
	const exact = new Set(known);
	return literal.map((name) =>
		exact.has(name) ? name : fuzzyMatch(name, known),
	);
};

const submit = async (context: CommandContext): Promise<void> => {
	const pool = checkedPool(context.flags.pool);
	const members = [...new Set(await submittedOf(context))];
	await (await context.store()).pools.submit(pool, members, context.nowMs);
	await context.audit(poolSubmitted(pool, members));
};

const poolMembers = async (context: CommandContext) => {
	const { InstancePoolExpiryMinutes } = context.configuration;
	const { pools } = await context.store();
	return pools.members(context.nowMs - InstancePoolExpiryMinutes * 60_000);
};

const printPools = async (context: CommandContext): Promise<void> => {
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
	for (const { cluster, pool, instance } of rows)
		context.print(
			[cluster, aliasOf.get(cluster) || cluster, pool, instance].join("\t"),
		);
};

const printClusterPool = async (context: CommandContext): Promise<void> => {
	const { pool } = context.flags;
	const cluster = await context.cluster();
	const pooled = new Set(
		(await poolMembers(context))
			.filter((each) => pool === "" || each.pool === pool)
			.map((each) => each.instance),
	);
	const members = await membersOf(context, cluster);
	printNames(
		context,
		members.filter(
			(each) =>
				pooled.has(each.name) && isLastCheckValid(each) && !each.isBinlogServer,
		),
	);
};

/** cli.md §7.5 */
export const POOL_COMMANDS: readonly Command[] = [
	{
		name: "submit-pool-instances",
		category: "Pools",
		flags: [required("-pool"), optional("-i")],
		access: "changes",
		takesWholeList: true,
		summary: "Say which instances a pool has",
		help: "Makes the comma list in -i the members of the pool in -pool, in place of those it had; an empty list empties it. Names may be shortened unless SupportFuzzyPoolHostnames is off. Membership ends InstancePoolExpiryMinutes after it was last submitted: submit it again and again.",
		run: submit,
	},
	{
		name: "cluster-pool-instances",
		category: "Pools",
		flags: [],
		access: "reads",
		summary: "List the pools of all clusters with their instances",
		help: "Lists cluster name, alias, pool and instance, parted by tabs, of each known instance that is in a pool.",
		run: printPools,
	},
	{
		name: "which-heuristic-cluster-pool-instances",
		category: "Pools",
		flags: [...CLUSTER_FLAGS, optional("-pool")],
		access: "reads",
		summary: "List the usable instances of a cluster's pools",
		help: `Lists the instances of the selected cluster that are in the pool in -pool, or in any, leaving out those whose last check failed and binlog servers. ${CLUSTER_HELP}`,
		run: printClusterPool,
	},
];

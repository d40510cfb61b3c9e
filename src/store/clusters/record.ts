import type { Role } from "../../topology/role.ts";
import type { ClusterRecord, ClusterSummary } from "../contract.ts";
import type { Queries } from "../driver.ts";
import { numberCell, textCell } from "../rows/cell.ts";
import { roleIn, rolesIn } from "./role-rows.ts";

/** Cluster name to what a table says of it. */
type Names = ReadonlyMap<string, string>;

const aliasesOf = async (queries: Queries): Promise<Names> => {
	const rows = await queries
		.selectFrom("cluster_alias")
		.select(["cluster_name", "alias"])
		.execute();
	return new Map(
		rows.map((row) => [textCell(row.cluster_name), textCell(row.alias)]),
	);
};

const domainsOf = async (queries: Queries): Promise<Names> => {
	const rows = await queries
		.selectFrom("cluster_domain_name")
		.select(["cluster_name", "domain_name"])
		.execute();
	return new Map(
		rows.map((row) => [textCell(row.cluster_name), textCell(row.domain_name)]),
	);
};

const record = (
	cluster: { identity: string; clusterName: string; epoch: number },
	aliases: Names,
	domains: Names,
	role: Role | undefined,
): ClusterRecord => ({
	...cluster,
	...(role === undefined ? {} : { role }),
	alias: aliases.get(cluster.clusterName) || cluster.clusterName,
	domain: domains.get(cluster.clusterName) ?? "",
});

/** Identity to number of instances, adopted or known by their row's cluster name alone. */
const countsOf = async (
	queries: Queries,
	identityByName: ReadonlyMap<string, string>,
): Promise<Map<string, number>> => {
	const counts = new Map<string, number>();
	const add = (identity: string, count: unknown) => {
		if (identity !== "")
			counts.set(identity, (counts.get(identity) ?? 0) + numberCell(count));
	};
	const members = await queries
		.selectFrom("baton_member")
		.select(["identity", (eb) => eb.fn.countAll().as("count")])
		.groupBy("identity")
		.execute();
	for (const row of members) add(row.identity, row.count);
	const others = await queries
		.selectFrom("database_instance as i")
		.leftJoin("baton_member as m", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.where("m.identity", "is", null)
		.select(["i.cluster_name", (eb) => eb.fn.countAll().as("count")])
		.groupBy("i.cluster_name")
		.execute();
	for (const row of others) {
		const name = textCell(row.cluster_name);
		add(identityByName.get(name) ?? name, row.count);
	}
	return counts;
};

export const allClusters = async (
	queries: Queries,
): Promise<ClusterSummary[]> => {
	const known = await queries
		.selectFrom("baton_cluster")
		.selectAll()
		.orderBy("identity", "desc")
		.execute();
	const byIdentity = new Map(known.map((row) => [row.identity, row]));
	const counts = await countsOf(
		queries,
		new Map(known.map((row) => [row.cluster_name, row.identity])),
	);
	const [aliases, domains, roles] = [
		await aliasesOf(queries),
		await domainsOf(queries),
		await rolesIn(queries),
	];
	return [...counts]
		.map(([identity, countInstances]) => {
			const row = byIdentity.get(identity);
			const cluster = {
				identity,
				clusterName: row?.cluster_name ?? identity,
				epoch: row?.epoch ?? 0,
			};
			return {
				...record(cluster, aliases, domains, roles.get(identity)),
				countInstances,
			};
		})
		.sort((a, b) =>
			a.clusterName === b.clusterName
				? 0
				: a.clusterName < b.clusterName
					? -1
					: 1,
		);
};

/** A cluster that nobody adopted is known by the cluster name in its rows, which is then its identity. */
export const clusterByIdentity = async (
	queries: Queries,
	identity: string,
): Promise<ClusterRecord | undefined> => {
	const row = await queries
		.selectFrom("baton_cluster")
		.selectAll()
		.where("identity", "=", identity)
		.executeTakeFirst();
	if (!row) {
		const instance = await queries
			.selectFrom("database_instance")
			.select("cluster_name")
			.where("cluster_name", "=", identity)
			.executeTakeFirst();
		if (!instance) return undefined;
	}
	const clusterName = row?.cluster_name ?? identity;
	const alias = await queries
		.selectFrom("cluster_alias")
		.select("alias")
		.where("cluster_name", "=", clusterName)
		.executeTakeFirst();
	const domain = await queries
		.selectFrom("cluster_domain_name")
		.select("domain_name")
		.where("cluster_name", "=", clusterName)
		.executeTakeFirst();
	const role = await roleIn(queries, identity);
	return {
		identity,
		...(role === undefined ? {} : { role }),
		clusterName,
		alias: textCell(alias?.alias) || clusterName,
		domain: textCell(domain?.domain_name),
		epoch: row?.epoch ?? 0,
	};
};

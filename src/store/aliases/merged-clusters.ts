/** Which cluster the one server of two names belongs to, and whom it takes along. */
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../topology/instance-name.ts";
import { rename } from "../clusters/membership.ts";
import { roleIn } from "../clusters/role-rows.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { Double } from "../naming/contract.ts";
import { textCell } from "../rows/cell.ts";

export interface Homes {
	readonly from: string | undefined;
	readonly to: string | undefined;
}

export const homeOf = async (
	queries: Queries,
	name: InstanceName,
): Promise<string | undefined> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom("baton_member")
		.select("identity")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return row?.identity;
};

const settleIn = async (
	driver: StoreDriver,
	queries: Queries,
	name: InstanceName,
	identity: string,
): Promise<void> => {
	const { host, port } = splitName(name);
	await driver.upsert(queries, "baton_member", ["hostname", "port"], {
		hostname: host,
		port,
		identity,
	});
};

const nameOfCluster = async (
	queries: Queries,
	identity: string,
): Promise<string> => {
	const row = await queries
		.selectFrom("baton_cluster")
		.select("cluster_name")
		.where("identity", "=", identity)
		.executeTakeFirst();
	return textCell(row?.cluster_name) || identity;
};

/** Those members of the identity that replicate from the server, directly or by others of them. */
const followersIn = async (
	queries: Queries,
	identity: string,
	of: InstanceName,
): Promise<InstanceName[]> => {
	const rows = await queries
		.selectFrom("baton_member as m")
		.innerJoin("database_instance as i", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.select(["i.hostname", "i.port", "i.master_host", "i.master_port"])
		.where("m.identity", "=", identity)
		.execute();
	const found: InstanceName[] = [of];
	// Grows while it is walked.
	for (const source of found)
		for (const row of rows) {
			const name = instanceName(textCell(row.hostname), Number(row.port));
			const its = instanceName(
				textCell(row.master_host),
				Number(row.master_port),
			);
			if (its === source && !found.includes(name)) found.push(name);
		}
	return found.slice(1);
};

/** An alias, an override and a domain are taken over where the other cluster has none of its own. */
const giveNames = async (
	queries: Queries,
	from: string,
	to: string,
): Promise<void> => {
	// A cluster without alias has its name as alias.
	for (const name of [from, to])
		await queries
			.deleteFrom("cluster_alias")
			.where("cluster_name", "=", name)
			.where("alias", "=", name)
			.execute();
	for (const table of [
		"cluster_alias",
		"cluster_alias_override",
		"cluster_domain_name",
	] as const) {
		const has = await queries
			.selectFrom(table)
			.select("cluster_name")
			.where("cluster_name", "=", to)
			.executeTakeFirst();
		if (has === undefined)
			await queries
				.updateTable(table)
				.set({ cluster_name: to })
				.where("cluster_name", "=", from)
				.execute();
		else
			await queries
				.deleteFrom(table)
				.where("cluster_name", "=", from)
				.execute();
	}
};

const isEmpty = async (queries: Queries, identity: string): Promise<boolean> =>
	(await queries
		.selectFrom("baton_member")
		.select("identity")
		.where("identity", "=", identity)
		.executeTakeFirst()) === undefined;

const nameRows = async (
	queries: Queries,
	names: readonly InstanceName[],
	clusterName: string,
): Promise<void> => {
	for (const name of names) {
		const { host, port } = splitName(name);
		await queries
			.updateTable("database_instance")
			.set({ cluster_name: clusterName })
			.where("hostname", "=", host)
			.where("port", "=", port)
			.execute();
	}
};

/** The cluster goes by its primary on record, else by the canonical name where it went by the alias. */
const renameOwn = async (
	driver: StoreDriver,
	queries: Queries,
	identity: string,
	{ alias, canonical }: Pick<Double, "alias" | "canonical">,
	nowMs: number,
): Promise<void> => {
	const before = await nameOfCluster(queries, identity);
	const name =
		(await roleIn(queries, identity))?.primary ??
		(before === alias ? canonical : before);
	if (name === before) return;
	await rename(driver, queries, identity, name, nowMs);
	await queries
		.updateTable("database_instance")
		.set({ cluster_name: name })
		.where("cluster_name", "=", before)
		.execute();
};

/** @see Aliases.merge; the rows of the instances have been merged already. */
export const mergeHomes = async (
	driver: StoreDriver,
	queries: Queries,
	homes: Homes,
	names: Pick<Double, "alias" | "canonical">,
	nowMs: number,
): Promise<void> => {
	const { canonical } = names;
	const to = homes.to ?? homes.from;
	if (to === undefined) return;
	await renameOwn(driver, queries, to, names, nowMs);
	const moving =
		homes.from === undefined || homes.from === to
			? []
			: await followersIn(queries, homes.from, canonical);
	for (const name of moving) await settleIn(driver, queries, name, to);
	const members = [canonical, ...moving];
	await nameRows(queries, members, await nameOfCluster(queries, to));
	if (homes.from === undefined || homes.from === to) return;
	if (await isEmpty(queries, homes.from))
		await giveNames(
			queries,
			await nameOfCluster(queries, homes.from),
			await nameOfCluster(queries, to),
		);
};

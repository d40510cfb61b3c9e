/** The rows that say which addresses are one server's. */
import {
	type HostPort,
	type InstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { ServerMark } from "../../topology/server-mark.ts";
import { markFromText, markToText } from "../clusters/role-rows.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { Double } from "../naming/contract.ts";
import { nameOf } from "../rows/name-list.ts";

/** By alias. */
export const allAliases = async (
	queries: Queries,
): Promise<ReadonlyMap<InstanceName, InstanceName>> => {
	const rows = await queries.selectFrom("baton_alias").selectAll().execute();
	return new Map(
		rows.flatMap((row) => {
			const alias = nameOf(row.hostname, row.port);
			const name = nameOf(row.canonical_hostname, row.canonical_port);
			return alias === undefined || name === undefined
				? []
				: [[alias, name] as const];
		}),
	);
};

/** A known server that is contacted by this host and calls itself by another one. */
const selfNamed = async (
	queries: Queries,
	{ host, port }: HostPort,
): Promise<InstanceName | undefined> => {
	const row = await queries
		.selectFrom("hostname_resolve as r")
		.innerJoin("database_instance as i", (join) =>
			join
				.onRef("i.hostname", "=", "r.resolved_hostname")
				.on("i.port", "=", port),
		)
		.select("i.hostname")
		.where("r.hostname", "=", host)
		// One that is known by this very name is meant itself.
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("database_instance as own")
						.select("own.hostname")
						.where("own.hostname", "=", host)
						.where("own.port", "=", port),
				),
			),
		)
		.executeTakeFirst();
	return row && nameOf(row.hostname, port);
};

/** The name that the server goes by: the given one, where that is no other name of it. */
export const canonicalName = async (
	queries: Queries,
	name: InstanceName,
): Promise<InstanceName> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom("baton_alias")
		.selectAll()
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return (
		(row && nameOf(row.canonical_hostname, row.canonical_port)) ??
		(await selfNamed(queries, { host, port })) ??
		name
	);
};

/** Which server each was proved to be an address of. */
export const aliasMarks = async (
	queries: Queries,
): Promise<ReadonlyMap<InstanceName, ServerMark>> => {
	const rows = await queries.selectFrom("baton_alias").selectAll().execute();
	return new Map(
		rows.flatMap((row) => {
			const alias = nameOf(row.hostname, row.port);
			return alias === undefined
				? []
				: [[alias, markFromText(row.server)] as const];
		}),
	);
};

/** The server was proved once more to be the one that goes by the canonical name. */
export const markAlias = async (
	queries: Queries,
	alias: InstanceName,
	server: ServerMark,
): Promise<void> => {
	const { host, port } = splitName(alias);
	await queries
		.updateTable("baton_alias")
		.set({ server: markToText(server) })
		.where("hostname", "=", host)
		.where("port", "=", port)
		.execute();
};

/** Those of the name. */
export const aliasesOf = async (
	queries: Queries,
	name: InstanceName,
): Promise<{ readonly alias: InstanceName; readonly server: ServerMark }[]> => {
	const { host, port } = splitName(name);
	const rows = await queries
		.selectFrom("baton_alias")
		.selectAll()
		.where("canonical_hostname", "=", host)
		.where("canonical_port", "=", port)
		.execute();
	return rows.flatMap((row) => {
		const alias = nameOf(row.hostname, row.port);
		return alias === undefined
			? []
			: [{ alias, server: markFromText(row.server) }];
	});
};

/** What was an address of the one name is one of the other. */
export const repointAliases = async (
	queries: Queries,
	name: InstanceName,
	canonical: InstanceName,
): Promise<void> => {
	const at = splitName(name);
	const to = splitName(canonical);
	await queries
		.updateTable("baton_alias")
		.set({ canonical_hostname: to.host, canonical_port: to.port })
		.where("canonical_hostname", "=", at.host)
		.where("canonical_port", "=", at.port)
		.execute();
};

export const putAlias = async (
	driver: StoreDriver,
	queries: Queries,
	{ alias, canonical, server, atMs }: Double,
): Promise<void> => {
	const from = splitName(alias);
	const to = splitName(canonical);
	await driver.upsert(queries, "baton_alias", ["hostname", "port"], {
		hostname: from.host,
		port: from.port,
		canonical_hostname: to.host,
		canonical_port: to.port,
		since_ms: atMs,
		server: markToText(server),
	});
};

/** @returns whether it was one */
export const dropAlias = async (
	queries: Queries,
	alias: InstanceName,
): Promise<boolean> => {
	const { host, port } = splitName(alias);
	const gone = await queries
		.deleteFrom("baton_alias")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return gone.numDeletedRows > 0n;
};

/** Nobody knows the server any more: its addresses are nobody's. */
export const forgetAliasesOf = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom("baton_alias")
		.where("canonical_hostname", "=", host)
		.where("canonical_port", "=", port)
		.execute();
};

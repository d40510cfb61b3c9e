/** The rows that say which addresses are one server's. */
import type { SeenServer } from "../../topology/doubles.ts";
import {
	type HostPort,
	type InstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { numberCell, textCell, timeCell } from "../rows/cell.ts";
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

/** Whatever went by the alias, or was called by it, goes by the canonical name. */
export const putAlias = async (
	driver: StoreDriver,
	queries: Queries,
	alias: InstanceName,
	canonical: InstanceName,
	atMs: number,
): Promise<void> => {
	const to = splitName(canonical);
	const from = splitName(alias);
	await dropAlias(queries, canonical);
	await queries
		.updateTable("baton_alias")
		.set({ canonical_hostname: to.host, canonical_port: to.port })
		.where("canonical_hostname", "=", from.host)
		.where("canonical_port", "=", from.port)
		.execute();
	await driver.upsert(queries, "baton_alias", ["hostname", "port"], {
		hostname: from.host,
		port: from.port,
		canonical_hostname: to.host,
		canonical_port: to.port,
		since_ms: atMs,
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

const marks = (queries: Queries) =>
	queries
		.selectFrom("database_instance")
		.select([
			"hostname",
			"port",
			"server_uuid",
			"server_id",
			"version",
			"uptime",
			"last_seen",
		]);

const seenIn = (
	rows: Awaited<ReturnType<ReturnType<typeof marks>["execute"]>>,
): SeenServer[] =>
	rows.flatMap((row) => {
		const name = nameOf(row.hostname, row.port);
		const seenAtMs = timeCell(row.last_seen);
		return name === undefined || seenAtMs === 0
			? []
			: {
					name,
					serverUuid: textCell(row.server_uuid),
					serverId: numberCell(row.server_id),
					version: textCell(row.version),
					startedAtS: seenAtMs / 1000 - numberCell(row.uptime),
				};
	});

/** Known servers that were seen; only those that look like the given one, where there is one. */
export const seenServers = async (
	queries: Queries,
	like: Pick<SeenServer, "serverUuid" | "serverId"> | undefined,
): Promise<SeenServer[]> => {
	const all = marks(queries);
	return seenIn(
		await (like === undefined
			? all
			: like.serverUuid === ""
				? all.where("server_id", "=", like.serverId)
				: all.where("server_uuid", "=", like.serverUuid)
		).execute(),
	);
};

/** Seen servers that share their UUID, or their id where they have none. */
export const alikeServers = async (queries: Queries): Promise<SeenServer[]> => {
	const uuids = queries
		.selectFrom("database_instance")
		.select("server_uuid")
		.where("server_uuid", "!=", "")
		.groupBy("server_uuid")
		.having((eb) => eb(eb.fn.countAll(), ">", 1));
	const ids = queries
		.selectFrom("database_instance")
		.select("server_id")
		.where("server_uuid", "=", "")
		.groupBy("server_id")
		.having((eb) => eb(eb.fn.countAll(), ">", 1));
	return seenIn(
		await marks(queries)
			.where((eb) =>
				eb.or([
					eb("server_uuid", "in", uuids),
					eb.and([eb("server_uuid", "=", ""), eb("server_id", "in", ids)]),
				]),
			)
			.orderBy("hostname")
			.orderBy("port")
			.execute(),
	);
};

/** How many name it as their source. */
export const followersOf = async (
	queries: Queries,
	name: InstanceName,
): Promise<number> => {
	const { host, port } = splitName(name);
	const rows = await queries
		.selectFrom("database_instance")
		.select("hostname")
		.where("master_host", "=", host)
		.where("master_port", "=", port)
		.execute();
	return rows.length;
};

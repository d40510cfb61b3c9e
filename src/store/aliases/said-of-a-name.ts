/** What was said of a name, beside who is whose primary: it goes to the name that stays. */
import { sql } from "kysely";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries } from "../driver.ts";
import { timeCell } from "../rows/cell.ts";

interface Renaming {
	readonly from: InstanceName;
	readonly to: InstanceName;
}

/** One row a server. */
const ONE_ROW = [
	"database_instance_downtime",
	"candidate_database_instance",
	"database_instance_tls",
	"database_instance",
	"baton_instance",
] as const;

type OneRow = (typeof ONE_ROW)[number];

/** Several rows a server, told apart by this column. */
const KEYED = {
	database_instance_tags: "tag_name",
	database_instance_pool: "pool",
} as const;

type Keyed = keyof typeof KEYED;

/** What is of a moment, and is found anew. */
const OF_NOW = [
	"database_instance_stale_binlog_coordinates",
	"database_instance_last_analysis",
] as const;

const rename = async (
	queries: Queries,
	table: OneRow | Keyed | "database_instance_maintenance",
	{ from, to }: Renaming,
): Promise<void> => {
	const at = splitName(from);
	const { host, port } = splitName(to);
	await queries
		.updateTable(table)
		.set({ hostname: host, port })
		.where("hostname", "=", at.host)
		.where("port", "=", at.port)
		.execute();
};

const remove = async (
	queries: Queries,
	table: OneRow | (typeof OF_NOW)[number],
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom(table)
		.where("hostname", "=", host)
		.where("port", "=", port)
		.execute();
};

const isKnown = async (
	queries: Queries,
	table: OneRow,
	name: InstanceName,
): Promise<boolean> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom(table)
		.select("hostname")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return row !== undefined;
};

const downtimeEnd = async (
	queries: Queries,
	name: InstanceName,
): Promise<number> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom("database_instance_downtime")
		.select("end_timestamp")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return timeCell(row?.end_timestamp);
};

/** Of two downtimes the one that lasts longer stays; of all else what is said of the canonical name. */
const renameOne = async (
	queries: Queries,
	table: OneRow,
	{ from, to }: Renaming,
): Promise<void> => {
	const lastsLonger =
		table === "database_instance_downtime" &&
		(await downtimeEnd(queries, from)) > (await downtimeEnd(queries, to));
	if (lastsLonger) await remove(queries, table, to);
	if (await isKnown(queries, table, to)) await remove(queries, table, from);
	else await rename(queries, table, { from, to });
};

/** What the canonical name has already stays as it is. */
const renameKeyed = async (
	queries: Queries,
	table: Keyed,
	{ from, to }: Renaming,
): Promise<void> => {
	const at = splitName(from);
	const { host, port } = splitName(to);
	const word = sql.ref(KEYED[table]);
	const { rows } = await sql<{ word: string }>`
		select ${word} as word from ${sql.table(table)} where hostname = ${host} and port = ${port}
	`.execute(queries);
	for (const has of rows)
		await sql`
			delete from ${sql.table(table)}
			where hostname = ${at.host} and port = ${at.port} and ${word} = ${has.word}
		`.execute(queries);
	await rename(queries, table, { from, to });
};

/** One lock holds a server; a second one is over. */
const renameMaintenance = async (
	queries: Queries,
	{ from, to }: Renaming,
): Promise<void> => {
	const at = splitName(from);
	const { host, port } = splitName(to);
	const held = await queries
		.selectFrom("database_instance_maintenance")
		.select("hostname")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.where("maintenance_active", "=", 1)
		.executeTakeFirst();
	if (held !== undefined)
		await queries
			.updateTable("database_instance_maintenance")
			.set({ maintenance_active: null })
			.where("hostname", "=", at.host)
			.where("port", "=", at.port)
			.where("maintenance_active", "=", 1)
			.execute();
	await rename(queries, "database_instance_maintenance", { from, to });
};

/** Who replicates from the alias replicates from the canonical name: also as long as nobody has looked at it again. */
const renameSource = async (
	queries: Queries,
	{ from, to }: Renaming,
): Promise<void> => {
	const at = splitName(from);
	const { host, port } = splitName(to);
	await queries
		.updateTable("database_instance")
		.set({ master_host: host, master_port: port })
		.where("master_host", "=", at.host)
		.where("master_port", "=", at.port)
		.execute();
};

export const renameWhatIsSaid = async (
	queries: Queries,
	renaming: Renaming,
): Promise<void> => {
	for (const table of OF_NOW) await remove(queries, table, renaming.from);
	for (const table of ONE_ROW) await renameOne(queries, table, renaming);
	for (const table of [
		"database_instance_tags",
		"database_instance_pool",
	] as const)
		await renameKeyed(queries, table, renaming);
	await renameMaintenance(queries, renaming);
	await renameSource(queries, renaming);
};

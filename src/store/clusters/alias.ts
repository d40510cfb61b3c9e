/** Aliases and domains, which the reference keeps by cluster name. */

import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";

/** A registration that says nothing new is written again only after this time: it keeps the row from looking abandoned. */
const REGISTERED_AGAIN_AFTER_MS = 60_000;

/** What the column holds; a server may suggest any text. Characters. */
const LONGEST_ALIAS = 128;

/** An alias is unique: the newest claimant takes it from whoever had it. */
const putAlias = async (
	driver: StoreDriver,
	queries: Queries,
	clusterName: string,
	alias: string,
	nowMs: number,
): Promise<void> => {
	await queries
		.deleteFrom("cluster_alias")
		.where("alias", "=", alias)
		.where("cluster_name", "!=", clusterName)
		.execute();
	await driver.upsert(queries, "cluster_alias", ["cluster_name"], {
		cluster_name: clusterName,
		alias,
		last_registered: timeText(nowMs),
	});
};

const overrideOf = async (
	queries: Queries,
	clusterName: string,
): Promise<string> => {
	const row = await queries
		.selectFrom("cluster_alias_override")
		.select("alias")
		.where("cluster_name", "=", clusterName)
		.executeTakeFirst();
	return textCell(row?.alias);
};

/** The alias in force becomes the override if there is one, else the suggestion, else the cluster's name. */
export const setSuggestedAlias = async (
	driver: StoreDriver,
	clusterName: string,
	suggestion: string,
	nowMs: number,
): Promise<void> => {
	const { queries } = driver;
	const alias = (
		(await overrideOf(queries, clusterName)) ||
		suggestion ||
		clusterName
	).slice(0, LONGEST_ALIAS);
	const row = await queries
		.selectFrom("cluster_alias")
		.selectAll()
		.where("cluster_name", "=", clusterName)
		.executeTakeFirst();
	const isFresh =
		nowMs - timeCell(row?.last_registered) < REGISTERED_AGAIN_AFTER_MS;
	if (row?.alias === alias && isFresh) return;
	await driver.write((transaction) =>
		putAlias(driver, transaction, clusterName, alias, nowMs),
	);
};

/** An empty alias takes the override away; the next suggestion then decides, and until then the cluster goes by its name. */
export const setAliasOverride = (
	driver: StoreDriver,
	clusterName: string,
	alias: string,
	nowMs: number,
): Promise<void> =>
	driver.write(async (transaction) => {
		if (alias !== "") {
			await driver.upsert(
				transaction,
				"cluster_alias_override",
				["cluster_name"],
				{ cluster_name: clusterName, alias },
			);
			return putAlias(driver, transaction, clusterName, alias, nowMs);
		}
		const gone = await transaction
			.deleteFrom("cluster_alias_override")
			.where("cluster_name", "=", clusterName)
			.executeTakeFirst();
		if (gone.numDeletedRows > 0n)
			await transaction
				.deleteFrom("cluster_alias")
				.where("cluster_name", "=", clusterName)
				.execute();
	});

export const setDomain = async (
	driver: StoreDriver,
	clusterName: string,
	domain: string,
	nowMs: number,
): Promise<void> => {
	const row = await driver.queries
		.selectFrom("cluster_domain_name")
		.selectAll()
		.where("cluster_name", "=", clusterName)
		.executeTakeFirst();
	const isFresh =
		nowMs - timeCell(row?.last_registered) < REGISTERED_AGAIN_AFTER_MS;
	if (domain === "" ? !row : row?.domain_name === domain && isFresh) return;
	await driver.write(async (transaction) => {
		if (domain !== "")
			return driver.upsert(
				transaction,
				"cluster_domain_name",
				["cluster_name"],
				{
					cluster_name: clusterName,
					domain_name: domain,
					last_registered: timeText(nowMs),
				},
			);
		await transaction
			.deleteFrom("cluster_domain_name")
			.where("cluster_name", "=", clusterName)
			.execute();
	});
};

export const expireNames = (
	queries: Queries,
	table: "cluster_alias" | "cluster_domain_name",
	registeredBeforeMs: number,
): Promise<number> =>
	removedRows(
		queries
			.deleteFrom(table)
			.where("last_registered", "<", timeText(registeredBeforeMs)),
	);

/** After a change of primary the alias, its override and the domain of the old name belong to the new one. */
export const moveNames = async (
	queries: Queries,
	from: string,
	to: string,
): Promise<void> => {
	// A cluster without alias has its name as alias: that must not follow it.
	await queries
		.deleteFrom("cluster_alias")
		.where("cluster_name", "=", from)
		.where("alias", "=", from)
		.execute();
	for (const name of [
		"cluster_alias",
		"cluster_alias_override",
		"cluster_domain_name",
	] as const) {
		const moving = await queries
			.selectFrom(name)
			.select("cluster_name")
			.where("cluster_name", "=", from)
			.executeTakeFirst();
		if (!moving) continue;
		await queries.deleteFrom(name).where("cluster_name", "=", to).execute();
		await queries
			.updateTable(name)
			.set({ cluster_name: to })
			.where("cluster_name", "=", from)
			.execute();
	}
};

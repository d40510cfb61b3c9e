import type { InstanceName } from "../../topology/instance-name.ts";
import { NO_MARK } from "../../topology/server-mark.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { Aliases, Double, Merging } from "../naming/contract.ts";
import {
	aliasMarks,
	allAliases,
	canonicalName,
	dropAlias,
	markAlias,
	putAlias,
	repointAliases,
} from "./alias-rows.ts";
import { homeOf, mergeHomes } from "./merged-clusters.ts";
import { dropFenceOfItself, objection } from "./merged-records.ts";
import { release, releaseOthers } from "./released.ts";
import { renameRows } from "./renamed-rows.ts";
import { alikeServers, followersOf, seenServers } from "./seen-servers.ts";

/** An operation goes by the names with which it began. */
const isHeld = async (
	queries: Queries,
	identities: readonly (string | undefined)[],
): Promise<boolean> => {
	const held = await queries
		.selectFrom("baton_operation")
		.select("identity")
		.execute();
	return held.some(({ identity }) => identities.includes(identity));
};

const merge = async (
	driver: StoreDriver,
	queries: Queries,
	double: Double,
): Promise<Merging> => {
	const { alias, canonical, server, atMs } = double;
	if (alias === canonical) return "merged";
	const homes = {
		from: await homeOf(queries, alias),
		to: await homeOf(queries, canonical),
	};
	if (await isHeld(queries, [homes.from, homes.to])) return "held";
	const against = await objection(queries, homes, double);
	if (against !== undefined) return against;
	await dropAlias(queries, canonical);
	await releaseOthers(driver, queries, alias, homes.from, server);
	await renameRows(queries, double, homes);
	await dropFenceOfItself(queries, canonical);
	await mergeHomes(driver, queries, homes, double, atMs);
	await repointAliases(queries, alias, canonical);
	await putAlias(driver, queries, double);
	return "merged";
};

const releaseOne = async (
	driver: StoreDriver,
	queries: Queries,
	alias: InstanceName,
): Promise<boolean> => {
	const canonical = (await allAliases(queries)).get(alias);
	if (canonical === undefined) return false;
	await release(driver, queries, {
		alias,
		canonical,
		server: (await aliasMarks(queries)).get(alias) ?? NO_MARK,
		identity: await homeOf(queries, canonical),
	});
	return true;
};

export const createAliases = (driver: StoreDriver): Aliases => ({
	all: () => allAliases(driver.queries),
	nameOf: (name) => canonicalName(driver.queries, name),
	servers: (like) => seenServers(driver.queries, like),
	alike: () => alikeServers(driver.queries),
	followers: (name) => followersOf(driver.queries, name),
	// Durable: with a forgotten merge the fence of an old primary would stand under a name that nobody looks at.
	merge: (double) =>
		driver.write((queries) => merge(driver, queries, double), {
			durable: true,
		}),
	marks: () => aliasMarks(driver.queries),
	mark: (alias, server) =>
		driver.write((queries) => markAlias(queries, alias, server)),
	remove: (alias) => driver.write((queries) => dropAlias(queries, alias)),
	// Durable, like a merge: the name may be all that is known of an old primary.
	release: (alias) =>
		driver.write((queries) => releaseOne(driver, queries, alias), {
			durable: true,
		}),
});

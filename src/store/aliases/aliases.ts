import type { Queries, StoreDriver } from "../driver.ts";
import type { Aliases, Double, Merging } from "../naming/contract.ts";
import {
	alikeServers,
	allAliases,
	canonicalName,
	dropAlias,
	followersOf,
	putAlias,
	seenServers,
} from "./alias-rows.ts";
import { homeOf, mergeHomes } from "./merged-clusters.ts";
import { isDisputed, mergeFences, mergeRoles } from "./merged-records.ts";
import { renameWhatIsSaid } from "./said-of-a-name.ts";

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
	const { alias, canonical, atMs } = double;
	if (alias === canonical) return "merged";
	const homes = {
		from: await homeOf(queries, alias),
		to: await homeOf(queries, canonical),
	};
	if (await isHeld(queries, [homes.from, homes.to])) return "held";
	if (await isDisputed(queries, homes.from, double)) return "disputed";
	await renameWhatIsSaid(queries, { from: alias, to: canonical });
	await mergeRoles(queries, homes, double);
	await mergeFences(queries, homes, double);
	await mergeHomes(driver, queries, homes, double, atMs);
	await putAlias(driver, queries, alias, canonical, atMs);
	return "merged";
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
	remove: (alias) => driver.write((queries) => dropAlias(queries, alias)),
});

import {
	foldClusterName,
	type InstanceName,
	parseInstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import { canonicalName } from "../aliases/alias-rows.ts";
import type { Queries } from "../driver.ts";
import { nameOf } from "../rows/name-list.ts";
import { identityOfInstance, identityOfName } from "./identity.ts";

const identityOfAlias = async (
	queries: Queries,
	alias: string,
): Promise<string | undefined> => {
	const row = await queries
		.selectFrom("cluster_alias")
		.select("cluster_name")
		.where("alias", "=", alias)
		.executeTakeFirst();
	return row && identityOfName(queries, row.cluster_name);
};

const isIdentity = async (queries: Queries, text: string): Promise<boolean> =>
	(await queries
		.selectFrom("baton_cluster")
		.select("identity")
		.where("identity", "=", text)
		.executeTakeFirst()) !== undefined;

const DOTTED_IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** The one known instance whose host contains the text and whose port is equal (`_` and `%` are wildcards, as there). */
const fuzzyInstance = async (
	queries: Queries,
	name: InstanceName,
): Promise<InstanceName | undefined> => {
	const { host, port } = splitName(name);
	if (DOTTED_IPV4.test(host)) return undefined;
	const rows = await queries
		.selectFrom("database_instance")
		.select(["hostname", "port"])
		// Whether LIKE minds the case is a matter of the database and of who made the table; here it never does.
		.where((eb) =>
			eb(
				eb.fn<string>("lower", ["hostname"]),
				"like",
				`%${host.toLowerCase()}%`,
			),
		)
		.where("port", "=", port)
		.limit(2)
		.execute();
	const [only, second] = rows;
	return only && !second ? nameOf(only.hostname, only.port) : undefined;
};

/** Cluster name, alias, identity, instance, fuzzy instance: the first that is known. */
export const resolveHint = async (
	queries: Queries,
	hint: string,
	defaultPort: number,
): Promise<string | undefined> => {
	if (hint === "") return undefined;
	const name = parseInstanceName(hint, defaultPort);
	// What is another server's further address is no cluster's name any more.
	const canonical = name && (await canonicalName(queries, name));
	if (canonical !== undefined && canonical !== name)
		return identityOfInstance(queries, canonical);
	const named =
		(await identityOfName(queries, foldClusterName(hint))) ??
		(await identityOfAlias(queries, hint));
	if (named !== undefined) return named;
	if (await isIdentity(queries, hint)) return hint;
	if (name === undefined) return undefined;
	const exact = await identityOfInstance(queries, name);
	if (exact !== undefined) return exact;
	const fuzzy = await fuzzyInstance(queries, name);
	return fuzzy && identityOfInstance(queries, fuzzy);
};

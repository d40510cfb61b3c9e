import { primariesOnRecord } from "../reading/primaries-on-record.ts";
import type { Store } from "../store/contract.ts";
import { splitName } from "../topology/instance-name.ts";
import { primaryPairs } from "./primary-pairs.ts";

/** A text that every key of the prefix begins with, its trailing slashes aside. */
const beginning = (prefix: string): string => `${prefix.replace(/\/+$/, "")}/`;

/**
 * Keeps the entries by which service discovery finds primaries in line with what is known: of each cluster's writable primary, the
 * one that is least deep. Only what differs is written.
 * @returns how many entries were written
 */
export const submitPrimaries = async (
	store: Pick<
		Store,
		"clusters" | "roles" | "hostnames" | "inventory" | "keyValues"
	>,
	prefix: string,
	nowMs: number,
): Promise<number> => {
	const aliases = new Map(
		(await store.clusters.all()).map((each) => [
			each.clusterName,
			each.alias || each.clusterName,
		]),
	);
	const stored = await store.keyValues.below(beginning(prefix));
	const news = [];
	for (const primary of await primariesOnRecord(
		store,
		await store.inventory.listed(),
	)) {
		const alias = aliases.get(primary.clusterName);
		if (alias === undefined) continue;
		const pairs = primaryPairs(
			prefix,
			alias,
			primary.name,
			await store.hostnames.addresses(splitName(primary.name).host),
		);
		news.push(...pairs.filter(({ key, value }) => stored.get(key) !== value));
	}
	if (news.length > 0) await store.keyValues.put(news, nowMs);
	return news.length;
};

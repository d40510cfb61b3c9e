import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { forgetAliasesOf } from "../aliases/alias-rows.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { bury } from "./tombstones.ts";

const TABLES_OF_AN_INSTANCE = [
	"database_instance",
	"baton_instance",
	"baton_member",
	// Nobody is the primary whom nobody knows: the next meeting decides anew.
	"baton_role",
] as const;

/**
 * Tags, pools, promotion rules and downtimes stay: they are said of a name, whether the server is known or not. Nobody brings it back
 * for a while but by its name.
 */
export const forget = async (
	driver: StoreDriver,
	queries: Queries,
	name: InstanceName,
	nowMs: number,
): Promise<boolean> => {
	const { host, port } = splitName(name);
	let isKnown = false;
	for (const table of TABLES_OF_AN_INSTANCE) {
		const gone = await queries
			.deleteFrom(table)
			.where("hostname", "=", host)
			.where("port", "=", port)
			.executeTakeFirst();
		isKnown ||= table === "database_instance" && gone.numDeletedRows > 0n;
	}
	await forgetAliasesOf(queries, name);
	await bury(driver, queries, name, nowMs);
	return isKnown;
};

/** @returns which of them were known. */
export const forgetAll = async (
	driver: StoreDriver,
	queries: Queries,
	names: readonly InstanceName[],
	nowMs: number,
): Promise<InstanceName[]> => {
	const forgotten: InstanceName[] = [];
	for (const name of names)
		if (await forget(driver, queries, name, nowMs)) forgotten.push(name);
	return forgotten;
};

/**
 * Who was never seen goes when nobody has tried since either: seeds that are still asked stay, and so does who was found a moment ago
 * and has not had its turn yet.
 */
export const unseenSince = async (
	queries: Queries,
	seenBeforeMs: number,
): Promise<InstanceName[]> => {
	const before = timeText(seenBeforeMs);
	const never = timeText(0);
	const rows = await queries
		.selectFrom("database_instance")
		.select(["hostname", "port"])
		.where((where) =>
			where.or([
				where("last_seen", "<", before),
				where.and([
					where("last_seen", "is", null),
					where("last_checked", "<", before),
					where("last_attempted_check", "<", before),
					where.or([
						where("last_checked", ">", never),
						where("last_attempted_check", ">", never),
					]),
				]),
			]),
		)
		.orderBy("hostname")
		.orderBy("port")
		.execute();
	return rows.flatMap((row) => {
		const name = nameOf(row.hostname, row.port);
		// Under another spelling another program has written it: the instance of that name is not what was unseen.
		return name && splitName(name).host === row.hostname ? [name] : [];
	});
};

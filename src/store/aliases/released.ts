/** Further addresses that stand for another server than their name by now: each is an instance of its own again. */
import { unknownInstance } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import {
	areOfOne,
	isKnown,
	type ServerMark,
} from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { Fence } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { createSave } from "../inventory/save.ts";
import { dropFence, fenceOf, fenceRow } from "../recovery/fence-rows.ts";
import { layFence } from "../recovery/laid-fences.ts";
import { textCell } from "../rows/cell.ts";
import { aliasesOf, dropAlias } from "./alias-rows.ts";
import { isLeftBy, mayHaveBeen } from "./name-marks.ts";
import { copySaid, dropSaid } from "./said-rows.ts";

export interface Released {
	readonly alias: InstanceName;
	/** The name that it stood for. */
	readonly canonical: InstanceName;
	/** Of the server that it was proved to be. */
	readonly server: ServerMark;
	/** The identity of the cluster of that one, if it has any. */
	readonly identity: string | undefined;
}

/** The fence of that very server holds there as well. @returns it */
const copyFence = async (
	driver: StoreDriver,
	queries: Queries,
	{ alias, canonical, server }: Released,
): Promise<Fence | undefined> => {
	const row = await fenceRow(queries, canonical);
	const fence = row && fenceOf(row);
	if (fence === undefined || !areOfOne(fence.server, server)) return undefined;
	await layFence(driver, queries, fence, alias);
	return fence;
};

const settle = async (
	driver: StoreDriver,
	queries: Queries,
	alias: InstanceName,
	identity: string,
): Promise<void> => {
	const { host, port } = splitName(alias);
	const known = await queries
		.selectFrom("baton_cluster")
		.select("cluster_name")
		.where("identity", "=", identity)
		.executeTakeFirst();
	await driver.upsert(queries, "baton_member", ["hostname", "port"], {
		hostname: host,
		port,
		identity,
	});
	await createSave(driver)(queries, [
		{
			...unknownInstance(host, port),
			clusterName: textCell(known?.cluster_name) || identity,
		},
	]);
};

/**
 * It is watched from now on, in the cluster of the server that it was proved to be, and has what was said of that one. The other name
 * keeps that too: without a session by both of them it may be that server's own all the same.
 */
const setFree = async (
	driver: StoreDriver,
	queries: Queries,
	released: Released,
): Promise<void> => {
	const { alias, canonical, server } = released;
	await dropAlias(queries, alias);
	if (await mayHaveBeen(queries, canonical, server))
		await copySaid(queries, canonical, alias);
	const fence = await copyFence(driver, queries, released);
	const identity = fence?.identity ?? released.identity;
	if (identity !== undefined) await settle(driver, queries, alias, identity);
};

/** Nothing is about that server there any more. */
const leave = async (
	queries: Queries,
	{ canonical, server }: Pick<Released, "canonical" | "server">,
): Promise<void> => {
	if (await mayHaveBeen(queries, canonical, server))
		await dropSaid(queries, canonical);
	const row = await fenceRow(queries, canonical);
	if (row !== undefined && areOfOne(markFromText(row.server), server))
		await dropFence(queries, canonical);
};

export const release = async (
	driver: StoreDriver,
	queries: Queries,
	released: Released,
): Promise<void> => {
	await setFree(driver, queries, released);
	if (await isLeftBy(queries, released.canonical, released.server))
		await leave(queries, released);
};

/**
 * Those of the name that were proved to be of another server than the given one; of all of them where none is given. The name is that
 * other server's no more. One of which nobody knows which server it was stays an address of whoever has the name.
 */
export const releaseOthers = async (
	driver: StoreDriver,
	queries: Queries,
	canonical: InstanceName,
	identity: string | undefined,
	server?: ServerMark,
): Promise<void> => {
	const others = (await aliasesOf(queries, canonical)).filter(
		(each) =>
			isKnown(each.server) &&
			(server === undefined || !areOfOne(each.server, server)),
	);
	const released = others.map((each) => ({ ...each, canonical, identity }));
	for (const each of released) await setFree(driver, queries, each);
	for (const each of released) await leave(queries, each);
};

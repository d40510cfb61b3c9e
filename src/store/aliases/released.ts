/** Further addresses that stand for another server than their name by now: each is an instance of its own again. */
import { unknownInstance } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { areOfOne, type ServerMark } from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { createSave } from "../inventory/save.ts";
import { dropFence, fenceRow } from "../recovery/fence-rows.ts";
import { textCell } from "../rows/cell.ts";
import { aliasesOf, dropAlias } from "./alias-rows.ts";

export interface Released {
	readonly alias: InstanceName;
	/** The name that it stood for. */
	readonly canonical: InstanceName;
	/** Of the server that it was proved to be. */
	readonly server: ServerMark;
	/** The identity of the cluster of that one, if it has any. */
	readonly identity: string | undefined;
}

/** The fence of that very server goes along. @returns the identity that it is about */
const moveFence = async (
	queries: Queries,
	{ alias, canonical, server }: Released,
): Promise<string | undefined> => {
	const fence = await fenceRow(queries, canonical);
	if (fence === undefined || !areOfOne(markFromText(fence.server), server))
		return undefined;
	const { host, port } = splitName(alias);
	if ((await fenceRow(queries, alias)) !== undefined)
		await dropFence(queries, canonical);
	else {
		const at = splitName(canonical);
		await queries
			.updateTable("baton_fence")
			.set({ hostname: host, port })
			.where("hostname", "=", at.host)
			.where("port", "=", at.port)
			.execute();
	}
	return textCell(fence.identity);
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

/** It is watched from now on, in the cluster of the server that it was proved to be. */
export const release = async (
	driver: StoreDriver,
	queries: Queries,
	released: Released,
): Promise<void> => {
	const { alias } = released;
	await dropAlias(queries, alias);
	const fenced = await moveFence(queries, released);
	const identity = fenced ?? released.identity;
	if (identity !== undefined) await settle(driver, queries, alias, identity);
};

/** Those of the name that were proved to be of another server than the given one; of all of them where none is given. */
export const releaseOthers = async (
	driver: StoreDriver,
	queries: Queries,
	canonical: InstanceName,
	identity: string | undefined,
	server?: ServerMark,
): Promise<void> => {
	for (const each of await aliasesOf(queries, canonical))
		if (server === undefined || !areOfOne(each.server, server))
			await release(driver, queries, { ...each, canonical, identity });
};

/** Which instance belongs to which identity, and what the identity is called now. */
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { releaseOthers } from "../aliases/released.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { buried } from "../inventory/tombstones.ts";
import { moveNames } from "./alias.ts";
import { memberships } from "./identity.ts";

const clusterOf = (queries: Queries, identity: string) =>
	queries
		.selectFrom("baton_cluster")
		.selectAll()
		.where("identity", "=", identity)
		.executeTakeFirst();

const hasMembers = async (
	queries: Queries,
	identity: string,
): Promise<boolean> =>
	(await queries
		.selectFrom("baton_member")
		.select("identity")
		.where("identity", "=", identity)
		.executeTakeFirst()) !== undefined;

/** The cluster goes by the primary that is on record. */
const hasRole = async (queries: Queries, identity: string): Promise<boolean> =>
	(await queries
		.selectFrom("baton_role")
		.select("identity")
		.where("identity", "=", identity)
		.executeTakeFirst()) !== undefined;

/** The one that goes by this name already, else a free identity named after it: `name`, or `name~2` … when another cluster was born with it. */
const identityForName = async (
	queries: Queries,
	clusterName: string,
): Promise<string> => {
	const named = await queries
		.selectFrom("baton_cluster")
		.select("identity")
		.where("cluster_name", "=", clusterName)
		.orderBy("identity")
		.executeTakeFirst();
	if (named) return named.identity;
	for (let count = 1; ; count++) {
		const identity = count === 1 ? clusterName : `${clusterName}~${count}`;
		// An identity whose members have all gone is free again; its row stays, so that its epoch goes on rising.
		if (!(await hasMembers(queries, identity))) return identity;
	}
};

const createIfMissing = async (
	driver: StoreDriver,
	queries: Queries,
	identity: string,
	clusterName: string,
	nowMs: number,
): Promise<void> => {
	if (await clusterOf(queries, identity)) return;
	await driver.upsert(queries, "baton_cluster", ["identity"], {
		identity,
		cluster_name: clusterName,
		epoch: 0,
		created_ms: nowMs,
	});
};

/** One cluster a name: whoever else goes by it falls back to its identity, until its next snapshot names it. */
const takeName = async (
	queries: Queries,
	clusterName: string,
): Promise<void> => {
	const holders = await queries
		.selectFrom("baton_cluster")
		.select("identity")
		.where("cluster_name", "=", clusterName)
		.execute();
	for (const { identity } of holders)
		await queries
			.updateTable("baton_cluster")
			.set({
				cluster_name: identity === clusterName ? `${identity}~1` : identity,
			})
			.where("identity", "=", identity)
			.execute();
};

/** Gives the identity its present name; the alias, override and domain of its old name go with it. */
export const rename = async (
	driver: StoreDriver,
	queries: Queries,
	identity: string,
	clusterName: string,
	nowMs: number,
): Promise<void> => {
	await createIfMissing(driver, queries, identity, identity, nowMs);
	const before = await clusterOf(queries, identity);
	if (!before || before.cluster_name === clusterName) return;
	await takeName(queries, clusterName);
	await queries
		.updateTable("baton_cluster")
		.set({ cluster_name: clusterName })
		.where("identity", "=", identity)
		.execute();
	await moveNames(queries, before.cluster_name, clusterName);
};

/** The identity that all members already share under this name, if so: the usual case, which needs no write. */
const settled = async (
	queries: Queries,
	clusterName: string,
	members: readonly InstanceName[],
): Promise<string | undefined> => {
	const found = await memberships(queries, members);
	const first = found[0];
	if (first === undefined || found.some((identity) => identity !== first))
		return undefined;
	const cluster = await clusterOf(queries, first);
	return cluster?.cluster_name === clusterName ||
		(await hasRole(queries, first))
		? first
		: undefined;
};

const isInInventory = async (
	queries: Queries,
	name: InstanceName,
): Promise<boolean> => {
	const { host, port } = splitName(name);
	return (
		(await queries
			.selectFrom("database_instance")
			.select("port")
			.where("hostname", "=", host)
			.where("port", "=", port)
			.executeTakeFirst()) !== undefined
	);
};

/** @see Clusters.adopt */
export const adopt = async (
	driver: StoreDriver,
	{
		clusterName,
		members,
		isNew = () => true,
	}: {
		readonly clusterName: string;
		readonly members: readonly InstanceName[];
		readonly isNew?: ((name: InstanceName) => boolean) | undefined;
	},
	nowMs: number,
): Promise<string> => {
	const known = await settled(driver.queries, clusterName, members);
	if (known !== undefined) return known;
	return driver.write(async (queries) => {
		const found = await memberships(queries, members);
		const gone = await buried(queries, nowMs);
		const isGone = (name: InstanceName, index: number): boolean =>
			found[index] === undefined && gone.has(name);
		// There is nobody whom the cluster would be of.
		if (members.every(isGone)) return clusterName;
		const identity =
			found.find((each) => each !== undefined) ??
			(await identityForName(queries, clusterName));
		await createIfMissing(driver, queries, identity, clusterName, nowMs);
		for (const [index, member] of members.entries()) {
			const home = found[index];
			const isForgotten =
				isGone(member, index) ||
				(home === undefined &&
					!isNew(member) &&
					!(await isInInventory(queries, member)));
			if (home !== identity && !isForgotten) {
				const { host, port } = splitName(member);
				await driver.upsert(queries, "baton_member", ["hostname", "port"], {
					hostname: host,
					port,
					identity,
				});
			}
		}
		if (!(await hasRole(queries, identity)))
			await rename(driver, queries, identity, clusterName, nowMs);
		return identity;
	});
};

/** @see Clusters.resettle */
export const resettle = (
	driver: StoreDriver,
	name: InstanceName,
	companion: InstanceName | undefined,
	nowMs: number,
): Promise<string> =>
	driver.write(async (queries) => {
		const { host, port } = splitName(name);
		const [home] =
			companion === undefined ? [] : await memberships(queries, [companion]);
		const [left] = await memberships(queries, [name]);
		await releaseOthers(driver, queries, name, left);
		await queries
			.deleteFrom("baton_member")
			.where("hostname", "=", host)
			.where("port", "=", port)
			.execute();
		const identity = home ?? (await identityForName(queries, name));
		await createIfMissing(driver, queries, identity, name, nowMs);
		await driver.upsert(queries, "baton_member", ["hostname", "port"], {
			hostname: host,
			port,
			identity,
		});
		return identity;
	});

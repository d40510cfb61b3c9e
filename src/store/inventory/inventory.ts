import { sql } from "kysely";
import { BatonError } from "../../errors.ts";
import type { Instance } from "../../topology/instance.ts";
import { splitName } from "../../topology/instance-name.ts";
import type { Inventory } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { doubtfulClusters } from "./doubtful.ts";
import { forget, forgetAll, unseenSince } from "./forget.ts";
import { listed, names } from "./list.ts";
import { instanceOf, type StoredRow } from "./row-instance.ts";
import { createSave, knownAmong, notForgotten, portionsOf } from "./save.ts";
import { storedInstance, storedRows } from "./stored-rows.ts";
import { buried, recall } from "./tombstones.ts";

/** Clusters that a statement names one by one; the number of its parameters is limited. */
const MANY = 1_000;

const instances = (rows: readonly StoredRow[]) => rows.map(instanceOf);

const compareText = (a: unknown, b: unknown): number => {
	const [one, other] = [String(a), String(b)];
	return one === other ? 0 : one < other ? -1 : 1;
};

/**
 * Rows that no identity has adopted count to the cluster that their own row names. Two statements, each of which an index
 * answers: in one, every row would be looked at.
 */
const ofIdentity = async (
	queries: Queries,
	identity: string,
): Promise<StoredRow[]> => {
	const named = await storedRows(queries)
		.leftJoin("baton_member as m", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.where("m.identity", "is", null)
		.where(
			"i.cluster_name",
			"=",
			sql<string>`coalesce((select cluster_name from baton_cluster where identity = ${identity}), ${identity})`,
		)
		.execute();
	const adopted = await storedRows(queries)
		.innerJoin("baton_member as m", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.where("m.identity", "=", identity)
		.execute();
	// One that is adopted between the two is in both.
	const rows = new Map(
		[...named, ...adopted].map((row) => [`${row.hostname}:${row.port}`, row]),
	);
	return [...rows.values()].sort(
		(one, other) =>
			compareText(one.hostname, other.hostname) ||
			Number(one.port) - Number(other.port),
	);
};

/** Lets other work of the process run between two transactions. */
const breathe = (): Promise<void> =>
	new Promise((resolve) => {
		setImmediate(resolve);
	});

/**
 * An instance that the database cannot hold, for its name, holds up no other one.
 * @returns why one was refused
 */
const eachByItself = async (
	portion: readonly Instance[],
	write: (portion: readonly Instance[]) => Promise<void>,
): Promise<unknown> => {
	try {
		await write(portion);
		return undefined;
	} catch (error) {
		if (!(error instanceof BatonError) || error.code !== "BadInput")
			throw error;
		if (portion.length === 1) return error;
		let refused: unknown;
		for (const instance of portion)
			refused = (await eachByItself([instance], write)) ?? refused;
		return refused;
	}
};

export const createInventory = (
	driver: StoreDriver,
	clock: () => number,
): Inventory => {
	const { queries } = driver;
	const save = createSave(driver);
	return {
		all: async () => instances(await storedRows(queries).execute()),
		get: (name) => storedInstance(queries, name),
		ofCluster: async (clusterName) =>
			instances(
				await storedRows(queries)
					.where("i.cluster_name", "=", clusterName)
					.execute(),
			),
		ofIdentity: async (identity) =>
			instances(await ofIdentity(queries, identity)),
		replicasOf: async (source) => {
			const { host, port } = splitName(source);
			return instances(
				await storedRows(queries)
					.where("i.master_host", "=", host)
					.where("i.master_port", "=", port)
					.execute(),
			);
		},
		save: async (given, { onlyKnown = false } = {}) => {
			const admitted = onlyKnown ? knownAmong : notForgotten(clock());
			const write = (portion: readonly Instance[]) =>
				driver.write((transaction) => save(transaction, portion, admitted), {
					lock: "rows",
				});
			let refused: unknown;
			for (const [index, portion] of portionsOf(given).entries()) {
				if (index > 0) await breathe();
				refused = (await eachByItself(portion, write)) ?? refused;
			}
			if (refused !== undefined) throw refused;
		},
		forget: (name) =>
			driver.write((transaction) => forget(driver, transaction, name, clock())),
		forgotten: () => buried(queries, clock()),
		recall: (name) => driver.write((transaction) => recall(transaction, name)),
		forgetUnseen: (seenBeforeMs) =>
			driver.write(async (transaction) =>
				forgetAll(
					driver,
					transaction,
					await unseenSince(transaction, seenBeforeMs),
					clock(),
				),
			),
		forgetCluster: (identity) =>
			driver.write(async (transaction) => {
				const members = await ofIdentity(transaction, identity);
				return forgetAll(
					driver,
					transaction,
					instances(members).map((each) => each.name),
					clock(),
				);
			}),
		names: () => names(queries),
		listed: () => listed(queries),
		doubtful: async (rules) => {
			const clusters = await doubtfulClusters(queries, rules);
			if (clusters.length === 0) return [];
			const rows = await (clusters.length > MANY
				? storedRows(queries)
				: storedRows(queries).where("i.cluster_name", "in", clusters)
			).execute();
			const wanted = new Set(clusters);
			return instances(rows).filter((each) => wanted.has(each.clusterName));
		},
	};
};

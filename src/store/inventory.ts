import { sql } from "kysely";
import { splitName } from "../topology/instance-name.ts";
import type { Inventory } from "./contract.ts";
import type { Queries, StoreDriver } from "./driver.ts";
import { forget, forgetAll, unseenSince } from "./inventory-forget.ts";
import { listed, names } from "./inventory-list.ts";
import { createSave } from "./inventory-save.ts";
import { instanceOf, type StoredRow } from "./row-instance.ts";

/** A save holds the write lock, and this thread, for so many rows at most. */
const ROWS_A_TRANSACTION = 100;

const storedRows = (queries: Queries) =>
	queries
		.selectFrom("database_instance as i")
		.leftJoin("baton_instance as b", (join) =>
			join
				.onRef("b.hostname", "=", "i.hostname")
				.onRef("b.port", "=", "i.port"),
		)
		.selectAll("i")
		.select(["b.probe as baton_probe", "b.detail as baton_detail"])
		.orderBy("i.hostname")
		.orderBy("i.port");

const instances = (rows: readonly StoredRow[]) => rows.map(instanceOf);

/** Rows that no identity has adopted count to the cluster that their own row names. */
const ofIdentity = (queries: Queries, identity: string) =>
	storedRows(queries)
		.leftJoin("baton_member as m", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.where((where) =>
			where.or([
				where("m.identity", "=", identity),
				where.and([
					where("m.identity", "is", null),
					where(
						"i.cluster_name",
						"=",
						sql<string>`coalesce((select cluster_name from baton_cluster where identity = ${identity}), ${identity})`,
					),
				]),
			]),
		);

/** Lets other work of the process run between two transactions. */
const breathe = (): Promise<void> =>
	new Promise((resolve) => {
		setImmediate(resolve);
	});

export const createInventory = (driver: StoreDriver): Inventory => {
	const { queries } = driver;
	const save = createSave(driver);
	return {
		all: async () => instances(await storedRows(queries).execute()),
		get: async (name) => {
			const { host, port } = splitName(name);
			const row = await storedRows(queries)
				.where("i.hostname", "=", host)
				.where("i.port", "=", port)
				.executeTakeFirst();
			return row && instanceOf(row);
		},
		ofCluster: async (clusterName) =>
			instances(
				await storedRows(queries)
					.where("i.cluster_name", "=", clusterName)
					.execute(),
			),
		ofIdentity: async (identity) =>
			instances(await ofIdentity(queries, identity).execute()),
		replicasOf: async (source) => {
			const { host, port } = splitName(source);
			return instances(
				await storedRows(queries)
					.where("i.master_host", "=", host)
					.where("i.master_port", "=", port)
					.execute(),
			);
		},
		save: async (given) => {
			for (let from = 0; from < given.length; from += ROWS_A_TRANSACTION) {
				if (from > 0) await breathe();
				const part = given.slice(from, from + ROWS_A_TRANSACTION);
				await driver.write(async (transaction) => {
					for (const instance of part) await save(transaction, instance);
				});
			}
		},
		forget: (name) => driver.write((transaction) => forget(transaction, name)),
		forgetUnseen: (seenBeforeMs) =>
			driver.write(async (transaction) =>
				forgetAll(transaction, await unseenSince(transaction, seenBeforeMs)),
			),
		forgetCluster: (identity) =>
			driver.write(async (transaction) => {
				const members = await ofIdentity(transaction, identity).execute();
				return forgetAll(
					transaction,
					instances(members).map((each) => each.name),
				);
			}),
		names: () => names(queries),
		listed: () => listed(queries),
	};
};

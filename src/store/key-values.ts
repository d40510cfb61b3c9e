import type { KeyValuePair, KeyValues } from "./contract.ts";
import type { Queries, StoreDriver } from "./driver.ts";
import { textCell, timeText } from "./rows/cell.ts";

export const putPairs = async (
	driver: StoreDriver,
	queries: Queries,
	pairs: readonly KeyValuePair[],
	nowMs: number,
): Promise<void> => {
	for (const { key, value } of pairs)
		await driver.upsert(queries, "kv_store", ["store_key"], {
			store_key: key,
			store_value: value,
			last_updated: timeText(nowMs),
		});
};

export const createKeyValues = (driver: StoreDriver): KeyValues => ({
	put: (pairs, nowMs) =>
		driver.write((queries) => putPairs(driver, queries, pairs, nowMs)),
	get: async (key) => {
		const row = await driver.queries
			.selectFrom("kv_store")
			.select("store_value")
			.where("store_key", "=", key)
			.executeTakeFirst();
		return row && textCell(row.store_value);
	},
	below: async (prefix) => {
		const rows = await driver.queries
			.selectFrom("kv_store")
			.select(["store_key", "store_value"])
			.where("store_key", ">=", prefix)
			.execute();
		// By the text itself: databases order and compare it in ways of their own.
		return new Map(
			rows
				.map(
					(row) =>
						[textCell(row.store_key), textCell(row.store_value)] as const,
				)
				.filter(([key]) => key.startsWith(prefix)),
		);
	},
});

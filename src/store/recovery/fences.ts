import type { Fences } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { dropFence, fenceOf, fenceRow, putFence } from "./fence-rows.ts";

const fences = (queries: Queries) =>
	queries
		.selectFrom("baton_fence")
		.selectAll()
		.orderBy("hostname")
		.orderBy("port");

export const createFences = (driver: StoreDriver): Fences => ({
	// Durable: a forgotten fence would let an old primary come back beside the new one.
	put: (fence) =>
		driver.write((queries) => putFence(driver, queries, fence), {
			durable: true,
		}),
	get: async (instance) => {
		const row = await fenceRow(driver.queries, instance);
		return row && fenceOf(row);
	},
	open: async () => {
		const rows = await fences(driver.queries)
			.where("state", "!=", "rejoined")
			.execute();
		return rows.flatMap((row) => fenceOf(row) ?? []);
	},
	all: async () => {
		const rows = await fences(driver.queries).execute();
		return rows.flatMap((row) => fenceOf(row) ?? []);
	},
	remove: (instance) => driver.write((queries) => dropFence(queries, instance)),
});

import { isDeepStrictEqual } from "node:util";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Fence, Fences } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { dropFence, fenceOf, fenceRow, putFence } from "./fence-rows.ts";
import { layFence } from "./laid-fences.ts";

const fences = (queries: Queries) =>
	queries
		.selectFrom("baton_fence")
		.selectAll()
		.orderBy("hostname")
		.orderBy("port");

/** @see Fences.lay */
const lay = async (
	driver: StoreDriver,
	queries: Queries,
	fence: Fence,
	{ name, isLeft }: { name: InstanceName; isLeft: boolean },
): Promise<Fence | undefined> => {
	const row = await fenceRow(queries, fence.instance);
	if (row === undefined || !isDeepStrictEqual(fenceOf(row), fence))
		return undefined;
	const held = await layFence(driver, queries, fence, name);
	if (isLeft) await dropFence(queries, fence.instance);
	return held;
};

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
	lay: (fence, name, isLeft) =>
		driver.write((queries) => lay(driver, queries, fence, { name, isLeft }), {
			durable: true,
		}),
});

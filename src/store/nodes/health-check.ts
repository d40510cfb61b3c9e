import { errors } from "../../errors.ts";
import type { StoreDriver } from "../driver.ts";

/** @see Store.check */
export const checkStore = async (
	driver: StoreDriver,
	nowMs: number,
): Promise<void> => {
	await driver.write((queries) =>
		driver.upsert(queries, "baton_health", ["anchor"], {
			anchor: 1,
			checked_ms: nowMs,
		}),
	);
	const row = await driver.queries
		.selectFrom("baton_health")
		.select("checked_ms")
		.where("anchor", "=", 1)
		.executeTakeFirst();
	// Another node may have checked in between: any row will do.
	if (row === undefined)
		throw errors.storeLosesWrites({ place: driver.description });
};

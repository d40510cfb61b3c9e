import { hasEnded, type RollingStatus } from "../rolling/status.ts";
import type { Rollings } from "./contract.ts";
import type { StoreDriver } from "./driver.ts";
import { objectCell, textCell } from "./rows/cell.ts";

/** Written by Baton alone: what has these fields has all of them. */
const statusOf = (text: string): RollingStatus | undefined => {
	const status = objectCell(text);
	return typeof status["phase"] === "string" &&
		Array.isArray(status["done"]) &&
		Array.isArray(status["toCome"])
		? (status as unknown as RollingStatus)
		: undefined;
};

export const createRollings = (driver: StoreDriver): Rollings => ({
	keep: (status, nowMs) =>
		driver.write((queries) =>
			driver.upsert(queries, "baton_rolling", ["identity"], {
				identity: status.identity,
				status: JSON.stringify(status),
				updated_ms: nowMs,
			}),
		),
	of: async (identity) => {
		const row = await driver.queries
			.selectFrom("baton_rolling")
			.select("status")
			.where("identity", "=", identity)
			.executeTakeFirst();
		return row && statusOf(textCell(row.status));
	},
	running: async () => {
		const rows = await driver.queries
			.selectFrom("baton_rolling")
			.select("status")
			.orderBy("identity")
			.execute();
		return rows
			.flatMap((row) => statusOf(textCell(row.status)) ?? [])
			.filter((each) => !hasEnded(each));
	},
});

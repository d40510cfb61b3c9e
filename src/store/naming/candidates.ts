import { splitName } from "../../topology/instance-name.ts";
import type { Candidates } from "../contract.ts";
import type { StoreDriver } from "../driver.ts";
import { isPromotionRule } from "../inventory/row-instance.ts";
import { timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";

export const createCandidates = (driver: StoreDriver): Candidates => ({
	register: (instance, rule, nowMs) =>
		driver.write((queries) => {
			const { host, port } = splitName(instance);
			return driver.upsert(
				queries,
				"candidate_database_instance",
				["hostname", "port"],
				{
					hostname: host,
					port,
					last_suggested: timeText(nowMs),
					promotion_rule: rule,
				},
			);
		}),
	since: async (registeredAfterMs) => {
		const rows = await driver.queries
			.selectFrom("candidate_database_instance")
			.select(["hostname", "port", "promotion_rule", "last_suggested"])
			.where("last_suggested", ">=", timeText(registeredAfterMs))
			.orderBy("hostname")
			.orderBy("port")
			.execute();
		return rows.flatMap((row) => {
			const instance = nameOf(row.hostname, row.port);
			const rule = row.promotion_rule;
			return instance !== undefined && isPromotionRule(rule)
				? { instance, rule, registeredAtMs: timeCell(row.last_suggested) }
				: [];
		});
	},
	expire: (registeredBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("candidate_database_instance")
					.where("last_suggested", "<", timeText(registeredBeforeMs)),
			),
		),
});

import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeText } from "../rows/cell.ts";
import type { HostAttributes } from "./contract.ts";

export const setAttribute = (
	driver: StoreDriver,
	queries: Queries,
	...[hostname, name, value, nowMs]: Parameters<HostAttributes["set"]>
): Promise<void> =>
	driver.upsert(queries, "host_attributes", ["hostname", "attribute_name"], {
		hostname,
		attribute_name: name,
		attribute_value: value,
		submit_timestamp: timeText(nowMs),
		expire_timestamp: null,
	});

export const createHostAttributes = (driver: StoreDriver): HostAttributes => ({
	set: (...attribute) =>
		driver.write((queries) => setAttribute(driver, queries, ...attribute)),
	get: async (hostname, name) => {
		const row = await driver.queries
			.selectFrom("host_attributes")
			.select("attribute_value")
			.where("hostname", "=", hostname)
			.where("attribute_name", "=", name)
			.executeTakeFirst();
		return row && textCell(row.attribute_value);
	},
});

import { splitName } from "../../topology/instance-name.ts";
import type { Audit } from "../contract.ts";
import type { StoreDriver } from "../driver.ts";
import { numberCell, textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { PAGE_ROWS, pageOffset } from "../rows/paging.ts";
import { purgeAudit } from "./purge-records.ts";

export const createAuditLog = (driver: StoreDriver): Audit => ({
	write: async (entry) => {
		const { host, port } = entry.instance
			? splitName(entry.instance)
			: { host: "", port: 0 };
		await driver.write((queries) =>
			queries
				.insertInto("audit")
				.values({
					audit_timestamp: timeText(entry.atMs),
					audit_type: entry.type,
					hostname: host,
					port,
					cluster_name: entry.clusterName,
					message: entry.message,
				})
				.execute(),
		);
	},
	page: async ({ page, instance }) => {
		let rows = driver.queries.selectFrom("audit").selectAll();
		if (instance !== undefined) {
			const { host, port } = splitName(instance);
			rows = rows.where("hostname", "=", host).where("port", "=", port);
		}
		const found = await rows
			.orderBy("audit_id", "desc")
			.limit(PAGE_ROWS)
			.offset(pageOffset(page))
			.execute();
		return found.map((row) => ({
			id: numberCell(row.audit_id),
			atMs: timeCell(row.audit_timestamp),
			type: textCell(row.audit_type),
			instance: nameOf(row.hostname, row.port) ?? "",
			clusterName: textCell(row.cluster_name),
			message: textCell(row.message),
		}));
	},
	purge: (writtenBeforeMs) =>
		driver.write((queries) => purgeAudit(queries, writtenBeforeMs)),
});

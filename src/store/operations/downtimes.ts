import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Downtimes } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";

/** @returns whether there was one */
export const endDowntime = async (
	queries: Queries,
	instance: InstanceName,
): Promise<boolean> => {
	const { host, port } = splitName(instance);
	const ended = await queries
		.deleteFrom("database_instance_downtime")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.where("downtime_active", "=", 1)
		.executeTakeFirst();
	return ended.numDeletedRows > 0n;
};

/** Times are kept to the second, as the reference's columns have them. */
export const createDowntimes = (driver: StoreDriver): Downtimes => ({
	begin: (downtime) =>
		driver.write((queries) => {
			const { host, port } = splitName(downtime.instance);
			return driver.upsert(
				queries,
				"database_instance_downtime",
				["hostname", "port"],
				{
					hostname: host,
					port,
					downtime_active: 1,
					begin_timestamp: timeText(downtime.beganAtMs),
					end_timestamp: timeText(downtime.endsAtMs),
					owner: downtime.owner,
					reason: downtime.reason,
				},
			);
		}),
	end: (instance) => driver.write((queries) => endDowntime(queries, instance)),
	active: async (nowMs) => {
		const rows = await driver.queries
			.selectFrom("database_instance_downtime")
			.selectAll()
			.where("downtime_active", "=", 1)
			.where("end_timestamp", ">", timeText(nowMs))
			.orderBy("hostname")
			.orderBy("port")
			.execute();
		return rows.flatMap((row) => {
			const instance = nameOf(row.hostname, row.port);
			if (instance === undefined) return [];
			return {
				instance,
				owner: textCell(row.owner),
				reason: textCell(row.reason),
				beganAtMs: timeCell(row.begin_timestamp),
				endsAtMs: timeCell(row.end_timestamp),
			};
		});
	},
	expire: (nowMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("database_instance_downtime")
					.where("end_timestamp", "<=", timeText(nowMs)),
			),
		),
});

import {
	compareNames,
	type InstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import { textCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import type { Tag, Tags } from "./contract.ts";

type Removal = Parameters<Tags["remove"]>[0];

const tagsOf = (rows: readonly StoredRow[]): Tag[] =>
	rows.flatMap((row) => {
		const instance = nameOf(row.hostname, row.port);
		return instance === undefined
			? []
			: {
					instance,
					name: textCell(row.tag_name),
					value: textCell(row.tag_value),
				};
	});

const tagRows = (queries: Queries) =>
	queries
		.selectFrom("database_instance_tags")
		.select(["hostname", "port", "tag_name", "tag_value"])
		.orderBy("hostname")
		.orderBy("port")
		.orderBy("tag_name");

const remove = async (
	queries: Queries,
	which: Removal,
): Promise<InstanceName[]> => {
	let rows = tagRows(queries).where("tag_name", "=", which.name);
	if (which.value !== undefined)
		rows = rows.where("tag_value", "=", which.value);
	if (which.instance !== undefined) {
		const { host, port } = splitName(which.instance);
		rows = rows.where("hostname", "=", host).where("port", "=", port);
	}
	const found = tagsOf(await rows.execute());
	for (const tag of found) {
		const { host, port } = splitName(tag.instance);
		await queries
			.deleteFrom("database_instance_tags")
			.where("hostname", "=", host)
			.where("port", "=", port)
			.where("tag_name", "=", which.name)
			.execute();
	}
	return found.map((tag) => tag.instance).sort(compareNames);
};

export const createTags = (driver: StoreDriver): Tags => ({
	put: (tag, nowMs) =>
		driver.write((queries) => {
			const { host, port } = splitName(tag.instance);
			return driver.upsert(
				queries,
				"database_instance_tags",
				["hostname", "port", "tag_name"],
				{
					hostname: host,
					port,
					tag_name: tag.name,
					tag_value: tag.value,
					last_updated: timeText(nowMs),
				},
			);
		}),
	of: async (instance) => {
		const { host, port } = splitName(instance);
		return tagsOf(
			await tagRows(driver.queries)
				.where("hostname", "=", host)
				.where("port", "=", port)
				.execute(),
		);
	},
	all: async () => tagsOf(await tagRows(driver.queries).execute()),
	remove: (which) => driver.write((queries) => remove(queries, which)),
});

import { splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { flag, flagCell } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import type { TlsNeeds } from "./contract.ts";

const TABLE = "database_instance_tls";

/** A statement has a limit of parameters. */
const HOSTS_A_QUERY = 500;

const known = async (
	queries: Queries,
	hosts: readonly string[],
): Promise<Map<string, boolean>> => {
	const needs = new Map<string, boolean>();
	for (let from = 0; from < hosts.length; from += HOSTS_A_QUERY) {
		const rows = await queries
			.selectFrom(TABLE)
			.selectAll()
			.where("hostname", "in", hosts.slice(from, from + HOSTS_A_QUERY))
			.execute();
		for (const row of rows) {
			const name = nameOf(row.hostname, row.port);
			if (name !== undefined) needs.set(name, flagCell(row.required));
		}
	}
	return needs;
};

export const createTlsNeeds = (driver: StoreDriver): TlsNeeds => ({
	note: async (needs) => {
		const stored = await known(driver.queries, [
			...new Set(needs.map(({ instance }) => splitName(instance).host)),
		]);
		const news = new Map(
			needs
				.filter((each) => stored.get(each.instance) !== each.isRequired)
				.map((each) => [each.instance, each.isRequired]),
		);
		if (news.size === 0) return;
		const rows = [...news].map(([instance, isRequired]) => {
			const { host, port } = splitName(instance);
			return { hostname: host, port, required: flag(isRequired) };
		});
		await driver.write((queries) =>
			driver.upsertMany(queries, TABLE, ["hostname", "port"], rows),
		);
	},
});

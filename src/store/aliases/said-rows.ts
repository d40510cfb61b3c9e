/** What people and operations say of a server by its name, where the name is no longer that server's. */

import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { LOST_IN_RECOVERY } from "../../topology/snapshot.ts";
import type { Queries } from "../driver.ts";

/** Each with what its key holds beside the name. */
const SAID = [
	["database_instance_downtime", []],
	["candidate_database_instance", []],
	["database_instance_pool", ["pool"]],
	["database_instance_tags", ["tag_name"]],
] as const;

/** It is said of the other name as well; what is said of that one already stays. */
export const copySaid = async (
	queries: Queries,
	from: InstanceName,
	to: InstanceName,
): Promise<void> => {
	const at = splitName(from);
	const goal = splitName(to);
	for (const [table, more] of SAID) {
		const rowsAt = ({ host, port }: typeof at) =>
			queries
				.selectFrom(table)
				.selectAll()
				.where("hostname", "=", host)
				.where("port", "=", port)
				.execute();
		const keyOf = (row: object) =>
			JSON.stringify(more.map((column) => Reflect.get(row, column)));
		const held = new Set((await rowsAt(goal)).map(keyOf));
		for (const row of await rowsAt(at))
			if (!held.has(keyOf(row)))
				await queries
					.insertInto(table)
					.values({ ...row, hostname: goal.host, port: goal.port })
					.execute();
	}
};

export const dropSaid = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	for (const [table] of SAID)
		await queries
			.deleteFrom(table)
			.where("hostname", "=", host)
			.where("port", "=", port)
			.execute();
};

/** It is a primary: it is not lost. */
export const dropLost = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const { host, port } = splitName(name);
	await queries
		.deleteFrom("database_instance_downtime")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.where("reason", "=", LOST_IN_RECOVERY)
		.execute();
};

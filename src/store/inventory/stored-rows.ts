import type { Instance } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries } from "../driver.ts";
import { instanceOf } from "./row-instance.ts";

/** What is stored of instances, with Baton's own side of it. */
export const storedRows = (queries: Queries) =>
	queries
		.selectFrom("database_instance as i")
		.leftJoin("baton_instance as b", (join) =>
			join
				.onRef("b.hostname", "=", "i.hostname")
				.onRef("b.port", "=", "i.port"),
		)
		.selectAll("i")
		.select(["b.probe as baton_probe", "b.detail as baton_detail"])
		.orderBy("i.hostname")
		.orderBy("i.port");

export const storedInstance = async (
	queries: Queries,
	name: InstanceName,
): Promise<Instance | undefined> => {
	const { host, port } = splitName(name);
	const row = await storedRows(queries)
		.where("i.hostname", "=", host)
		.where("i.port", "=", port)
		.executeTakeFirst();
	return row && instanceOf(row);
};

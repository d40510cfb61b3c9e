import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { Queries } from "../driver.ts";
import { textCell } from "../rows/cell.ts";

/** The identity that goes by this cluster name: the adopted cluster's, else the name itself when a row has it. */
export const identityOfName = async (
	queries: Queries,
	clusterName: string,
): Promise<string | undefined> => {
	const adopted = await queries
		.selectFrom("baton_cluster")
		.select("identity")
		.where("cluster_name", "=", clusterName)
		.orderBy("identity")
		.executeTakeFirst();
	if (adopted) return adopted.identity;
	const row = await queries
		.selectFrom("database_instance as i")
		.leftJoin("baton_member as m", (join) =>
			join
				.onRef("m.hostname", "=", "i.hostname")
				.onRef("m.port", "=", "i.port"),
		)
		.select("m.identity")
		.where("i.cluster_name", "=", clusterName)
		.orderBy("m.identity", "desc")
		.executeTakeFirst();
	return row && (row.identity ?? clusterName);
};

export const identityOfInstance = async (
	queries: Queries,
	name: InstanceName,
): Promise<string | undefined> => {
	const { host, port } = splitName(name);
	const member = await queries
		.selectFrom("baton_member")
		.select("identity")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	if (member) return member.identity;
	const row = await queries
		.selectFrom("database_instance")
		.select("cluster_name")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	const clusterName = textCell(row?.cluster_name);
	return clusterName === "" ? undefined : identityOfName(queries, clusterName);
};

/** @see Clusters.members */
export const allMembers = async (
	queries: Queries,
): Promise<{ instance: InstanceName; identity: string }[]> =>
	(
		await queries
			.selectFrom("baton_member")
			.select(["hostname", "port", "identity"])
			.execute()
	).map((row) => ({
		instance: instanceName(textCell(row.hostname), Number(row.port)),
		identity: textCell(row.identity),
	}));

/** The identity of each, in their order; undefined for one that is in no cluster. */
export const memberships = async (
	queries: Queries,
	members: readonly InstanceName[],
): Promise<(string | undefined)[]> => {
	const lookup = queries
		.selectFrom("baton_member")
		.select("identity")
		.where("hostname", "=", "")
		.where("port", "=", 0)
		.compile();
	const found: (string | undefined)[] = [];
	for (const member of members) {
		const { host, port } = splitName(member);
		const { rows } = await queries.executeQuery<{ identity: string }>({
			...lookup,
			parameters: [host, port],
		});
		found.push(rows[0]?.identity);
	}
	return found;
};

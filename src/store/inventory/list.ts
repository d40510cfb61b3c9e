/** What is read of instances when there may be ten thousand of them. */
import { foldHost } from "../../topology/host.ts";
import {
	foldClusterName,
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import type { ListedInstance } from "../contract.ts";
import type { Queries } from "../driver.ts";
import { flagCell, numberCell, textCell } from "../rows/cell.ts";

/** @see Inventory.names */
export const names = async (queries: Queries): Promise<InstanceName[]> => {
	const rows = await queries
		.selectFrom("database_instance")
		.select(["hostname", "port"])
		.orderBy("hostname")
		.orderBy("port")
		.execute();
	return rows.map((row) =>
		instanceName(textCell(row.hostname), numberCell(row.port)),
	);
};

/** @see Inventory.listed */
export const listed = async (queries: Queries): Promise<ListedInstance[]> => {
	const rows = await queries
		.selectFrom("database_instance")
		.select([
			"hostname",
			"port",
			"cluster_name",
			"suggested_cluster_alias",
			"version",
			"version_comment",
			"server_id",
			"replication_depth",
			"num_slave_hosts",
			"read_only",
			"is_co_master",
		])
		.orderBy("replication_depth")
		.orderBy("num_slave_hosts", "desc")
		.orderBy("cluster_name")
		.orderBy("hostname")
		.orderBy("port")
		.execute();
	return rows.map((row) => {
		const host = foldHost(textCell(row.hostname));
		const port = numberCell(row.port);
		return {
			name: instanceName(host, port),
			host,
			port,
			clusterName: foldClusterName(textCell(row.cluster_name)),
			suggestedClusterAlias: textCell(row.suggested_cluster_alias),
			version: textCell(row.version),
			versionComment: textCell(row.version_comment),
			serverId: numberCell(row.server_id),
			depth: numberCell(row.replication_depth),
			countReplicas: numberCell(row.num_slave_hosts),
			readOnly: flagCell(row.read_only),
			isCoMaster: flagCell(row.is_co_master),
		};
	});
};

/** Acknowledgement by scope. */
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { Recoveries } from "../contract.ts";
import type { Queries } from "../driver.ts";
import { timeText } from "../rows/cell.ts";
import { endPeriods } from "./active-period.ts";

type Acknowledgement = Parameters<Recoveries["acknowledge"]>[0];

const unacknowledged = (queries: Queries) =>
	queries
		.selectFrom("topology_recovery")
		.select("recovery_id")
		.where("acknowledged", "=", 0);

/** The rows that the scope names; none when it names nothing. */
const chosenIds = async (
	queries: Queries,
	input: Acknowledgement,
): Promise<number[]> => {
	const { identity, clusterName, clusterAlias, instance, id, uid } = input;
	const key = instance === undefined ? undefined : splitName(instance);
	const rows = await unacknowledged(queries)
		.where((where) =>
			where.or([
				where.lit(input.all === true),
				...(identity
					? [
							where("recovery_id", "in", (rows) =>
								rows
									.selectFrom("baton_recovery")
									.select("recovery_id")
									.where("identity", "=", identity),
							),
						]
					: []),
				...(clusterName ? [where("cluster_name", "=", clusterName)] : []),
				...(clusterAlias ? [where("cluster_alias", "=", clusterAlias)] : []),
				...(key
					? [
							where.and([
								where("hostname", "=", key.host),
								where("port", "=", key.port),
							]),
						]
					: []),
				...(id === undefined ? [] : [where("recovery_id", "=", id)]),
				...(uid ? [where("uid", "=", uid)] : []),
			]),
		)
		.execute();
	return rows.map((row) => row.recovery_id);
};

/** The failed instances of these recoveries. */
const failedIn = async (
	queries: Queries,
	ids: readonly number[],
): Promise<InstanceName[]> => {
	if (ids.length === 0) return [];
	const rows = await queries
		.selectFrom("topology_recovery")
		.select(["hostname", "port"])
		.where("recovery_id", "in", ids)
		.execute();
	return rows.map(({ hostname, port }) =>
		instanceName(String(hostname), Number(port)),
	);
};

/** An acknowledged cluster or instance is detected, and its hooks run, anew. */
const endDetections = async (
	queries: Queries,
	input: Acknowledgement,
): Promise<void> => {
	const { clusterName, clusterAlias, instance, nowMs } = input;
	const table = "topology_failure_detection" as const;
	if (clusterName)
		await endPeriods(queries, table, nowMs, (rows) =>
			rows.where("cluster_name", "=", clusterName),
		);
	if (clusterAlias)
		await endPeriods(queries, table, nowMs, (rows) =>
			rows.where("cluster_alias", "=", clusterAlias),
		);
	if (instance === undefined) return;
	const { host, port } = splitName(instance);
	await endPeriods(queries, table, nowMs, (rows) =>
		rows.where("hostname", "=", host).where("port", "=", port),
	);
};

const acknowledgeOne = async (
	queries: Queries,
	id: number,
	input: Acknowledgement,
): Promise<void> => {
	await endPeriods(queries, "topology_recovery", input.nowMs, (rows) =>
		// The chooser is written against the columns that detections and recoveries share.
		rows.where("recovery_id" as "detection_id", "=", id),
	);
	await queries
		.updateTable("topology_recovery")
		.set({
			acknowledged: 1,
			acknowledged_at: timeText(input.nowMs),
			acknowledged_by: input.owner,
			acknowledge_comment: input.comment,
		})
		.where("recovery_id", "=", id)
		.execute();
	await queries
		.updateTable("baton_recovery")
		.set({ acknowledged_ms: input.nowMs })
		.where("recovery_id", "=", id)
		.execute();
	await queries
		.deleteFrom("blocked_topology_recovery")
		.where("blocking_recovery_id", "=", id)
		.execute();
};

/** @see Recoveries.acknowledge. Runs inside a transaction. */
export const acknowledge = async (
	queries: Queries,
	input: Acknowledgement,
): Promise<number> => {
	const ids = await chosenIds(queries, input);
	const failed = await failedIn(queries, ids);
	for (const id of ids) await acknowledgeOne(queries, id, input);
	if (input.identity)
		for (const instance of failed)
			await endDetections(queries, { ...input, instance });
	await endDetections(queries, input);
	return ids.length;
};

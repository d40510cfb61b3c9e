import type { Instance } from "../../topology/instance.ts";
import type { StoreDriver } from "../driver.ts";
import { timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type { PositionHistory } from "./contract.ts";

const TABLE = "database_instance_coordinates_history";

const rowOf = (instance: Instance, nowMs: number) => ({
	hostname: instance.host,
	port: instance.port,
	recorded_timestamp: timeText(nowMs),
	last_seen: timeText(instance.check.seenAtMs),
	binary_log_file: instance.selfCoordinates.file,
	binary_log_pos: instance.selfCoordinates.position,
	relay_log_file: instance.replication.relayCoordinates.file,
	relay_log_pos: instance.replication.relayCoordinates.position,
});

/** Instances without any log have no position to record. */
const hasPosition = (instance: Instance): boolean =>
	instance.selfCoordinates.file !== "" ||
	instance.replication.relayCoordinates.file !== "";

export const createPositionHistory = (
	driver: StoreDriver,
): PositionHistory => ({
	record: async (instances, nowMs) => {
		const rows = instances
			.filter(hasPosition)
			.map((instance) => rowOf(instance, nowMs));
		if (rows.length === 0) return;
		await driver.write(async (queries) => {
			// What one server told, and no column holds, does not cost the others their record.
			await driver.upsertMany(queries, TABLE, ["history_id"], rows);
		});
	},
	expire: (recordedBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom(TABLE)
					.where("recorded_timestamp", "<", timeText(recordedBeforeMs)),
			),
		),
});

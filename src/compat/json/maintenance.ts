import type { Maintenance } from "../../store/naming/contract.ts";
import { nameJson, timestamp } from "./values.ts";

/** orchestrator's `Maintenance`, of one in force. */
export const maintenanceJson = (maintenance: Maintenance, nowMs: number) => ({
	MaintenanceId: maintenance.id,
	Key: nameJson(maintenance.instance),
	BeginTimestamp: timestamp(maintenance.beganAtMs),
	SecondsElapsed: Math.max(
		0,
		Math.floor((nowMs - maintenance.beganAtMs) / 1000),
	),
	IsActive: true,
	Owner: maintenance.owner,
	Reason: maintenance.reason,
});

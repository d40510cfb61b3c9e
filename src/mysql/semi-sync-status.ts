import { NO_SEMI_SYNC, type SemiSync } from "../topology/semi-sync.ts";
import { counted } from "./cell.ts";

const isOn = (value: string | undefined): boolean =>
	value === "ON" || value === "1";

const countOf = (value: string | undefined): number => {
	const count = Number(value ?? 0);
	return Number.isFinite(count) ? counted(count) : 0;
};

/** The same switch under its new and its old name: which one exists depends on the plugin, not on the version. */
const either = (
	values: ReadonlyMap<string, string>,
	...names: readonly string[]
): string | undefined => {
	for (const name of names) {
		const value = values.get(name);
		if (value !== undefined) return value;
	}
	return undefined;
};

/** The semi-sync part of a probe, out of the variables and status values of whichever plugins are loaded. */
export const semiSyncOf = (
	values: ReadonlyMap<string, string>,
	priority: number,
): SemiSync => {
	const source = either(
		values,
		"rpl_semi_sync_source_enabled",
		"rpl_semi_sync_master_enabled",
	);
	const replica = either(
		values,
		"rpl_semi_sync_replica_enabled",
		"rpl_semi_sync_slave_enabled",
	);
	const waitFor = either(
		values,
		"rpl_semi_sync_source_wait_for_replica_count",
		"rpl_semi_sync_master_wait_for_slave_count",
	);
	return {
		...NO_SEMI_SYNC,
		available: source !== undefined && replica !== undefined,
		sourceEnabled: isOn(source),
		sourceActive: isOn(
			either(
				values,
				"rpl_semi_sync_source_status",
				"rpl_semi_sync_master_status",
			),
		),
		sourceTimeoutMs: countOf(
			either(
				values,
				"rpl_semi_sync_source_timeout",
				"rpl_semi_sync_master_timeout",
			),
		),
		// MariaDB has no such variable and always waits for one.
		waitForReplicaCount: countOf(waitFor ?? (source === undefined ? "0" : "1")),
		waitPoint:
			either(
				values,
				"rpl_semi_sync_source_wait_point",
				"rpl_semi_sync_master_wait_point",
			) ?? "",
		clients: countOf(
			either(
				values,
				"rpl_semi_sync_source_clients",
				"rpl_semi_sync_master_clients",
			),
		),
		replicaEnabled: isOn(replica),
		replicaActive: isOn(
			either(
				values,
				"rpl_semi_sync_replica_status",
				"rpl_semi_sync_slave_status",
			),
		),
		priority,
	};
};

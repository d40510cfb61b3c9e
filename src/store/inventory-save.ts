import type { Instance } from "../topology/instance.ts";
import { nullableNumberCell, objectCell } from "./cell.ts";
import { channelSigns, storedSigns } from "./channel-detail.ts";
import type { Queries, StoreDriver } from "./driver.ts";
import {
	failedCheckColumns,
	goodCheckColumns,
	probeText,
	recordOf,
} from "./instance-row.ts";
import { type StoredRow, storedCheck } from "./row-instance.ts";

/** What decides how a row is written. */
const storedState = (queries: Queries, host: string, port: number) =>
	queries
		.selectFrom("database_instance as i")
		.leftJoin("baton_instance as b", (join) =>
			join
				.onRef("b.hostname", "=", "i.hostname")
				.onRef("b.port", "=", "i.port"),
		)
		.where("i.hostname", "=", host)
		.where("i.port", "=", port)
		.select([
			"i.last_checked",
			"i.last_attempted_check",
			"i.last_check_partial_success",
			"i.last_seen",
			"i.last_discovery_latency",
			"b.fingerprint",
			"b.probe as baton_probe",
		]);

const KEY = ["hostname", "port"] as const;

const keyOf = (instance: Instance) => ({
	hostname: instance.host,
	port: instance.port,
});

/** Only the check columns: when the server was last seen, and how fast it answered then, stays as it is stored. */
const saveFailedCheck = async (
	driver: StoreDriver,
	queries: Queries,
	instance: Instance,
	stored: StoredRow,
): Promise<void> => {
	const before = storedCheck(stored).check;
	const signs = objectCell(stored.baton_probe);
	const check = {
		...instance.check,
		seenAtMs: before.seenAtMs,
		latencyMs: before.latencyMs,
	};
	const probe = probeText(
		check,
		{
			silentForMs: nullableNumberCell(signs.silentForMs),
			heartbeats: nullableNumberCell(signs.heartbeats),
		},
		storedSigns(signs.otherSigns),
	);
	await driver.update(
		queries,
		"database_instance",
		keyOf(instance),
		failedCheckColumns(check),
	);
	if (stored.baton_probe !== null)
		return driver.update(queries, "baton_instance", keyOf(instance), { probe });
	await driver.upsert(queries, "baton_instance", KEY, {
		...keyOf(instance),
		fingerprint: "",
		probe,
		detail: "",
	});
};

const saveGoodCheck = async (
	driver: StoreDriver,
	queries: Queries,
	instance: Instance,
	stored: StoredRow | undefined,
): Promise<void> => {
	const record = recordOf(instance);
	const probe = probeText(
		instance.check,
		instance.replication,
		channelSigns(instance.otherChannels),
	);
	if (
		stored?.fingerprint === record.fingerprint &&
		storedCheck(stored).isOurs
	) {
		await driver.update(
			queries,
			"database_instance",
			keyOf(instance),
			goodCheckColumns(instance),
		);
		return driver.update(queries, "baton_instance", keyOf(instance), { probe });
	}
	await driver.upsert(queries, "database_instance", KEY, record.row());
	await driver.upsert(queries, "baton_instance", KEY, {
		...keyOf(instance),
		fingerprint: record.fingerprint,
		probe,
		detail: record.detail,
	});
};

/**
 * Writes one instance, inside a transaction. A new one is written whole whatever its check says; of a known one that could not be
 * probed only the check is written, and nothing when it was not even tried.
 */
export const createSave = (driver: StoreDriver) => {
	const lookup = storedState(driver.queries, "", 0).compile();
	return async (queries: Queries, instance: Instance): Promise<void> => {
		const { rows } = await queries.executeQuery<StoredRow>({
			...lookup,
			parameters: [instance.host, instance.port],
		});
		const stored = rows[0];
		const { outcome, checkedAtMs } = instance.check;
		if (!stored || outcome === "ok")
			return saveGoodCheck(driver, queries, instance, stored);
		if (outcome !== "unknown")
			return saveFailedCheck(driver, queries, instance, stored);
		if (checkedAtMs > 0) await saveGoodCheck(driver, queries, instance, stored);
	};
};

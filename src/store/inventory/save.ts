import type { Insertable } from "kysely";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { memberships } from "../clusters/identity.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { nullableNumberCell, objectCell } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import type { Database } from "../schema/tables.ts";
import { channelSigns, storedSigns } from "./channel-detail.ts";
import {
	failedCheckColumns,
	goodCheckColumns,
	probeText,
	recordOf,
} from "./instance-row.ts";
import { type StoredRow, storedCheck } from "./row-instance.ts";
import { buried } from "./tombstones.ts";

const KEY = ["hostname", "port"] as const;

type Key = { readonly hostname: string; readonly port: number };

const keyOf = (instance: Instance): Key => ({
	hostname: instance.host,
	port: instance.port,
});

/**
 * A save holds its locks, and this thread, for so many rows at most. The numbers of keys that are asked for are powers of two, so
 * that few statements serve them all.
 */
const ROWS_A_SAVE = 128;

/** What decides how a row is written, for so many keys. */
const storedStates = (driver: StoreDriver, keys: number) =>
	driver
		.locking(
			driver.queries
				.selectFrom("database_instance as i")
				.leftJoin("baton_instance as b", (join) =>
					join
						.onRef("b.hostname", "=", "i.hostname")
						.onRef("b.port", "=", "i.port"),
				)
				.where((where) =>
					where.or(
						Array.from({ length: keys }, () =>
							where.and([
								where("i.hostname", "=", ""),
								where("i.port", "=", 0),
							]),
						),
					),
				)
				.select([
					"i.hostname",
					"i.port",
					"i.last_checked",
					"i.last_attempted_check",
					"i.last_check_partial_success",
					"i.last_seen",
					"i.last_discovery_latency",
					"b.fingerprint",
					"b.probe as baton_probe",
				]),
		)
		.compile();

type StoredStates = ReadonlyMap<InstanceName, StoredRow>;

/** Reads the states of these instances, and keeps them as they are until the transaction ends. */
const createLookup = (driver: StoreDriver) => {
	const kept = new Map<number, ReturnType<typeof storedStates>>();
	return async (
		queries: Queries,
		instances: readonly Instance[],
	): Promise<StoredStates> => {
		const count = 2 ** Math.ceil(Math.log2(Math.max(1, instances.length)));
		const compiled = kept.get(count) ?? storedStates(driver, count);
		kept.set(count, compiled);
		// The last one fills up what is asked for too much.
		const parameters = Array.from({ length: count }, (_, index) => {
			const asked = instances[index] ?? instances.at(-1);
			return [asked?.host ?? "", asked?.port ?? 0];
		}).flat();
		const { rows } = await queries.executeQuery<StoredRow>({
			...compiled,
			parameters,
		});
		return new Map(
			rows.flatMap((row) => {
				const name = nameOf(row.hostname, row.port);
				return name === undefined ? [] : [[name, row] as const];
			}),
		);
	};
};

type Side = Insertable<Database["baton_instance"]>;

/** The rows to write, by what of them is written. */
interface Writes {
	/** Whole rows, with Baton's side of them. */
	readonly rows: ReturnType<ReturnType<typeof recordOf>["row"]>[];
	readonly sides: Side[];
	/** Of rows in which nothing else has changed. */
	readonly goodChecks: (Key & ReturnType<typeof goodCheckColumns>)[];
	readonly failedChecks: (Key & ReturnType<typeof failedCheckColumns>)[];
	readonly probes: (Key & { readonly probe: string })[];
}

/** Only the check columns: when the server was last seen, and how fast it answered then, stays as it is stored. */
const addFailedCheck = (
	writes: Writes,
	instance: Instance,
	stored: StoredRow,
): void => {
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
	const key = keyOf(instance);
	writes.failedChecks.push({ ...key, ...failedCheckColumns(check) });
	if (stored.baton_probe !== null) writes.probes.push({ ...key, probe });
	else writes.sides.push({ ...key, fingerprint: "", probe, detail: "" });
};

const addGoodCheck = (
	writes: Writes,
	instance: Instance,
	stored: StoredRow | undefined,
): void => {
	const record = recordOf(instance);
	const probe = probeText(
		instance.check,
		instance.replication,
		channelSigns(instance.otherChannels),
	);
	const key = keyOf(instance);
	if (
		stored?.fingerprint === record.fingerprint &&
		storedCheck(stored).isOurs
	) {
		writes.goodChecks.push({ ...key, ...goodCheckColumns(instance) });
		writes.probes.push({ ...key, probe });
		return;
	}
	writes.rows.push(record.row());
	writes.sides.push({
		...key,
		fingerprint: record.fingerprint,
		probe,
		detail: record.detail,
	});
};

/**
 * A new instance is written whole whatever its check says; of a known one that could not be probed only the check is written, and
 * nothing when it was not even tried.
 */
const writesOf = (
	instances: readonly Instance[],
	states: StoredStates,
): Writes => {
	const writes: Writes = {
		rows: [],
		sides: [],
		goodChecks: [],
		failedChecks: [],
		probes: [],
	};
	for (const instance of instances) {
		const stored = states.get(instance.name);
		const { outcome, checkedAtMs } = instance.check;
		if (!stored || outcome === "ok") addGoodCheck(writes, instance, stored);
		else if (outcome !== "unknown") addFailedCheck(writes, instance, stored);
		else if (checkedAtMs > 0) addGoodCheck(writes, instance, stored);
	}
	return writes;
};

/** Who of them is written. */
type Admission = (
	queries: Queries,
	instances: readonly Instance[],
	states: StoredStates,
) => Promise<readonly Instance[]>;

/** Without those whom the store has neither an instance nor a member of. */
export const knownAmong: Admission = async (queries, instances, states) => {
	const absent = instances.filter(({ name }) => !states.has(name));
	if (absent.length === 0) return instances;
	const homes = await memberships(
		queries,
		absent.map(({ name }) => name),
	);
	const forgotten = new Set(absent.filter((_, at) => homes[at] === undefined));
	return instances.filter((each) => !forgotten.has(each));
};

/** Without those who would come back, and were forgotten a moment ago. */
export const notForgotten =
	(nowMs: number): Admission =>
	async (queries, instances, states) => {
		if (instances.every(({ name }) => states.has(name))) return instances;
		const forgotten = await buried(queries, nowMs);
		return instances.filter(
			({ name }) => states.has(name) || !forgotten.has(name),
		);
	};

/** Writes up to {@link ROWS_A_SAVE} instances of different names, inside a transaction that locks rows. @see Inventory.save */
export const createSave = (driver: StoreDriver) => {
	const lookup = createLookup(driver);
	return async (
		queries: Queries,
		given: readonly Instance[],
		admitted: Admission = async (_, instances) => instances,
	): Promise<void> => {
		const states = await lookup(queries, given);
		const writes = writesOf(await admitted(queries, given, states), states);
		const { rows, sides, goodChecks, failedChecks, probes } = writes;
		await driver.upsertMany(queries, "database_instance", KEY, rows);
		await driver.updateMany(queries, "database_instance", KEY, goodChecks);
		await driver.updateMany(queries, "database_instance", KEY, failedChecks);
		await driver.upsertMany(queries, "baton_instance", KEY, sides);
		await driver.updateMany(queries, "baton_instance", KEY, probes);
	};
};

/**
 * Portions of a save: in the order of their keys, in which every process locks them, and none with one name twice, since all of a
 * portion is compared with what was stored before.
 */
export const portionsOf = (given: readonly Instance[]): Instance[][] => {
	const sorted = given
		.map((instance, index) => ({ instance, index }))
		.sort((a, b) =>
			a.instance.name === b.instance.name
				? a.index - b.index
				: a.instance.name < b.instance.name
					? -1
					: 1,
		);
	const portions: Instance[][] = [];
	for (const { instance } of sorted) {
		const last = portions.at(-1);
		if (
			last === undefined ||
			last.length >= ROWS_A_SAVE ||
			last.at(-1)?.name === instance.name
		)
			portions.push([instance]);
		else last.push(instance);
	}
	return portions;
};

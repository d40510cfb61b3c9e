/**
 * Bringing a MySQL database to this program's tables.
 *
 * 1. Statements that define tables commit by themselves: each leaves the database usable for every program that used it before, and
 *    all of them may run again.
 * 2. One process at a time upgrades: the others wait for it, and then find nothing to do.
 * 3. The version is written last.
 */
import { BatonError } from "../../errors.ts";
import { type UpgradeOptions, upgradeStep } from "../nodes/deployment.ts";
import { type TableDefinition, table } from "../schema/column.ts";
import { TABLES } from "../schema/tables.ts";
import { STORE_VERSION } from "../schema/version.ts";
import { type MysqlSession, openSession } from "./connection.ts";
import {
	columnDefinition,
	createTable,
	indexDefinition,
	quoted,
} from "./ddl.ts";
import { errnoOf, storeError } from "./errors.ts";
import type { MysqlSettings } from "./settings.ts";

/** Version of the store, and the row that every writer locks; see the driver. */
const batonStore = table({
	name: "baton_store",
	columns: { anchor: "tinyint", version: "int", writes: "bigint" },
	key: ["anchor"],
});

/** A table of millions of rows may take so long to change. */
const CHANGE_DEADLINE_MS = 600_000;
const OTHERS_UPGRADE_SECONDS = 600;

const NO_SUCH_TABLE = 1146;
const UNKNOWN_DATABASE = 1049;
/** Somebody else has added the same column or key since it was looked for. */
const THERE_ALREADY: readonly number[] = [1050, 1060, 1061];
const DUPLICATE_VALUE = 1062;

type Rows = readonly Readonly<Record<string, unknown>>[];

const rowsOf = async (
	session: MysqlSession,
	sql: string,
	values: readonly unknown[] = [],
): Promise<Rows> => (await session.query(sql, values)) as Rows;

/** Nothing where the table is missing. */
const rowsIfAny = (
	session: MysqlSession,
	sql: string,
	values: readonly unknown[] = [],
): Promise<Rows> =>
	rowsOf(session, sql, values).catch((error: unknown) => {
		if (errnoOf(error) === NO_SUCH_TABLE) return [];
		throw error;
	});

const change = async (
	session: MysqlSession,
	statement: string,
): Promise<void> => {
	try {
		await session.query(statement, [], CHANGE_DEADLINE_MS);
	} catch (error) {
		if (!THERE_ALREADY.includes(errnoOf(error))) throw error;
	}
};

/** Table name to what it has: column name to type and character set, and each index as the list of its columns. */
interface Present {
	readonly columns: ReadonlyMap<string, string>;
	readonly indexes: readonly {
		readonly columns: string;
		readonly unique: boolean;
	}[];
}

const present = async (
	session: MysqlSession,
): Promise<ReadonlyMap<string, Present>> => {
	const columns = await rowsOf(
		session,
		"select table_name as t, column_name as c, data_type as d, character_set_name as s from information_schema.columns where table_schema = database()",
	);
	const indexes = await rowsOf(
		session,
		"select table_name as t, non_unique as n, group_concat(column_name order by seq_in_index) as c from information_schema.statistics where table_schema = database() group by table_name, index_name, non_unique",
	);
	const found = new Map<
		string,
		{
			columns: Map<string, string>;
			indexes: { columns: string; unique: boolean }[];
		}
	>();
	for (const { t, c, d, s } of columns) {
		const at = found.get(String(t)) ?? { columns: new Map(), indexes: [] };
		at.columns.set(String(c).toLowerCase(), `${d} ${s}`);
		found.set(String(t), at);
	}
	for (const { t, n, c } of indexes)
		found.get(String(t))?.indexes.push({
			columns: String(c).toLowerCase(),
			unique: Number(n) === 0,
		});
	return found;
};

/**
 * Columns that are missing, and those of texts that the reference keeps in 65,535 bytes of ascii: they are widened, which changes
 * no value and stops no other program.
 */
const columnChanges = (wanted: TableDefinition, has: Present): string[] =>
	Object.entries(wanted.columns).flatMap(([name, spec]) => {
		const type = has.columns.get(name);
		if (type === undefined) return `add column ${columnDefinition(name, spec)}`;
		return spec.startsWith("text") &&
			/^(?:tiny)?text |^mediumtext (?!utf8mb4)/.test(type)
			? `modify column ${columnDefinition(name, spec)}`
			: [];
	});

/** By their columns: the reference's names are its own. */
const missingIndexes = (wanted: TableDefinition, has: Present) =>
	(wanted.indexes ?? []).filter(
		(index) =>
			!has.indexes.some(({ columns, unique }) =>
				index.unique
					? unique && columns === index.columns.join()
					: `${columns},`.startsWith(`${index.columns.join()},`),
			),
	);

const takeOver = async (
	session: MysqlSession,
	wanted: TableDefinition,
	has: Present,
	log: (message: string) => void,
): Promise<void> => {
	const name = quoted(wanted.name);
	const changes = columnChanges(wanted, has);
	if (changes.length > 0)
		await change(session, `alter table ${name} ${changes.join(", ")}`);
	for (const index of missingIndexes(wanted, has)) {
		try {
			await change(
				session,
				`alter table ${name} add ${indexDefinition(wanted, index)}`,
			);
		} catch (error) {
			// Rows from elsewhere may break the rule; Baton checks it itself when it writes, so the rows matter more than the index.
			if (errnoOf(error) !== DUPLICATE_VALUE) throw error;
			log(
				`store: index ${index.name} was not made: rows of ${wanted.name} break it`,
			);
		}
	}
};

const upgrade = async (
	session: MysqlSession,
	from: number,
	log: (message: string) => void,
): Promise<void> => {
	const found = await present(session);
	for (const wanted of [...TABLES, batonStore]) {
		const has = found.get(wanted.name);
		if (has === undefined) await change(session, createTable(wanted));
		else await takeOver(session, wanted, has, log);
	}
	await session.query(
		"insert into baton_store (anchor, version, writes) values (1, ?, 0) on duplicate key update version = values(version)",
		[STORE_VERSION],
	);
	if (from < STORE_VERSION)
		log(`store: brought from version ${from} to ${STORE_VERSION}`);
};

const record = async (session: MysqlSession, program: string) => {
	for (const statement of [
		"replace into orchestrator_db_deployments (deployed_version, deployed_timestamp) values (?, now())",
		"replace into orchestrator_metadata (anchor, last_deployed_version, last_deployed_timestamp) values (1, ?, now())",
	])
		await session.query(statement, [program]);
};

const versionOf = async (session: MysqlSession): Promise<number> => {
	const [row] = await rowsIfAny(
		session,
		"select version from baton_store where anchor = 1",
	);
	return Number(row?.version ?? 0);
};

const isDeployed = async (
	session: MysqlSession,
	program: string,
): Promise<boolean> =>
	(
		await rowsIfAny(
			session,
			"select 1 as one from orchestrator_db_deployments where deployed_version = ?",
			[program],
		)
	).length > 0;

/** A name of its own for each database; the server takes 64 characters. */
const upgradeLock = (database: string): string =>
	`baton.upgrade.${database}`.slice(0, 64);

const underLock = async (
	session: MysqlSession,
	database: string,
	work: () => Promise<void>,
): Promise<void> => {
	const name = upgradeLock(database);
	const [row] = (await session.query(
		"select get_lock(?, ?) as got",
		[name, OTHERS_UPGRADE_SECONDS],
		(OTHERS_UPGRADE_SECONDS + 10) * 1000,
	)) as unknown as Rows;
	if (Number(row?.got) !== 1)
		throw new BatonError(
			"StoreUnavailable",
			`another program has been upgrading the database ${database} for ${OTHERS_UPGRADE_SECONDS} s; look at its server's process list`,
		);
	try {
		await work();
	} finally {
		if (session.isOpen) await session.query("do release_lock(?)", [name]);
	}
};

const openDatabase = async (
	settings: MysqlSettings,
	readOnly: boolean,
): Promise<MysqlSession> => {
	const { database } = settings;
	try {
		return await openSession(settings, { database, readOnly });
	} catch (error) {
		if (errnoOf(error) !== UNKNOWN_DATABASE || readOnly) throw error;
	}
	const session = await openSession(settings, {
		database: undefined,
		readOnly,
	});
	try {
		await session.query(
			`create database if not exists ${quoted(database.replaceAll("`", "``"))} character set utf8mb4 collate utf8mb4_bin`,
		);
	} finally {
		session.close();
	}
	return openSession(settings, { database, readOnly });
};

/** A commit that the server keeps in memory for a second is not what a claim of a cluster needs. */
const sayWhatIsLost = async (
	session: MysqlSession,
	place: string,
	log: (message: string) => void,
): Promise<void> => {
	const [row] = await rowsOf(
		session,
		"select @@innodb_flush_log_at_trx_commit as f",
	);
	if (Number(row?.f) !== 1)
		log(
			`the store ${place} does not write each commit to its disk (innodb_flush_log_at_trx_commit is ${row?.f}): a power cut there may take back the epoch of an operation`,
		);
};

/**
 * Brings the database to this program's version, and makes it first where it is missing. One that is up to date costs two reads.
 * @throws BatonError StoreVersion when it is newer, or older and may not be changed here; StoreUnavailable
 */
export const migrate = async (
	settings: MysqlSettings,
	place: string,
	options: UpgradeOptions,
): Promise<void> => {
	try {
		const session = await openDatabase(settings, options.readOnly);
		const next = async () => {
			const version = await versionOf(session);
			const state = {
				version,
				isDeployed: await isDeployed(session, options.program),
			};
			return {
				version,
				step: upgradeStep(`the store ${place}`, state, options),
			};
		};
		try {
			if ((await next()).step === "nothing") return;
			await underLock(session, settings.database, async () => {
				// Looked at again under the lock: another process may have been quicker.
				const { version, step } = await next();
				if (step === "upgrade") await upgrade(session, version, options.log);
				if (step !== "nothing") await record(session, options.program);
			});
			await sayWhatIsLost(session, place, options.log);
		} finally {
			session.close();
		}
	} catch (error) {
		throw storeError(error, place);
	}
};

/**
 * Bringing a MySQL database to this program's tables.
 *
 * 1. Statements that define tables commit by themselves: each leaves the database usable for every program that used it before, and
 *    all of them may run again.
 * 2. One process at a time upgrades: the others wait for it, and then find nothing to do.
 * 3. Hosts have one spelling each afterwards; that may be broken off and done again, too.
 * 4. The version is written last.
 */
import { foldNames } from "../folding/fold-names.ts";
import { awaitScript, type Spelling } from "../merging/script.ts";
import { type UpgradeOptions, upgradeStep } from "../nodes/deployment.ts";
import { type TableDefinition, table } from "../schema/column.ts";
import { TABLES } from "../schema/tables.ts";
import { STORE_VERSION } from "../schema/version.ts";
import type { MysqlSession } from "./connection.ts";
import { createTable, indexDefinition, quoted } from "./ddl.ts";
import { errnoOf, storeError } from "./errors.ts";
import { openDatabase } from "./open-database.ts";
import {
	columnChanges,
	missingIndexes,
	type Present,
	present,
} from "./present.ts";
import { type Rows, rowsOf } from "./rows-of.ts";
import type { MysqlSettings } from "./settings.ts";
import { underLock } from "./upgrade-lock.ts";

/** Version of the store, and the row that every writer locks; see the driver. */
const batonStore = table({
	name: "baton_store",
	columns: { anchor: "tinyint", version: "int", writes: "bigint" },
	key: ["anchor"],
});

/** A table of millions of rows may take so long to change. */
const CHANGE_DEADLINE_MS = 600_000;

const NO_SUCH_TABLE = 1146;
/** Somebody else has added the same column or key since it was looked for. */
const THERE_ALREADY: readonly number[] = [1050, 1060, 1061];
const DUPLICATE_VALUE = 1062;

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

/** The reference's columns do not mind the case. */
const SPELLING: Spelling = {
	quoted,
	exactly: (column) => `(convert(${column} using utf8mb4) collate utf8mb4_bin)`,
};

/** None of a statement that changes rows. */
const rowsIn = (result: unknown): Rows =>
	Array.isArray(result) ? (result as Rows) : [];

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
	const told = await awaitScript(
		foldNames(SPELLING, Date.now()),
		async ({ sql, values }) =>
			rowsIn(await session.query(sql, values, CHANGE_DEADLINE_MS)),
	);
	if (told !== undefined) log(told);
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

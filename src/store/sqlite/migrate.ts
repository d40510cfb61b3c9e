import type SqliteFile from "better-sqlite3";
import { SqliteError } from "better-sqlite3";
import { foldNames } from "../folding/fold-names.ts";
import type { Row } from "../merging/merged-rows.ts";
import { runScript, type Spelling, type Statement } from "../merging/script.ts";
import { type UpgradeOptions, upgradeStep } from "../nodes/deployment.ts";
import type { TableDefinition } from "../schema/column.ts";
import { TABLES } from "../schema/tables.ts";
import { STORE_VERSION } from "../schema/version.ts";
import { BUSY_TIMEOUT_MS } from "./connection.ts";
import { columnDefinition, createIndex, createTable, quoted } from "./ddl.ts";
import { openError } from "./errors.ts";

type Log = (message: string) => void;

const DEPLOYMENTS = "orchestrator_db_deployments";
/** Another process may be upgrading the file: that is waited for, where nothing else runs yet. */
const OTHERS_UPGRADE_MS = 10_000;

/** Adds what the table lacks. Rows and columns that another program put there stay as they are. */
const takeOver = (
	opened: SqliteFile.Database,
	table: TableDefinition,
	log: Log,
): void => {
	opened.exec(createTable(table));
	const present = new Set(
		(
			opened.pragma(`table_info(${quoted(table.name)})`) as { name: string }[]
		).map((column) => column.name),
	);
	for (const [name, spec] of Object.entries(table.columns))
		if (!present.has(name))
			opened.exec(
				`alter table ${quoted(table.name)} add column ${columnDefinition(name, spec)}`,
			);
	for (const index of table.indexes ?? []) {
		try {
			opened.exec(createIndex(table, index));
		} catch (error) {
			// Rows from elsewhere may break the rule; Baton checks it itself when it writes, so the rows matter more than the index.
			if (
				!(error instanceof SqliteError) ||
				!error.code.startsWith("SQLITE_CONSTRAINT")
			)
				throw error;
			log(
				`store: index ${index.name} was not made: rows of ${table.name} break it`,
			);
		}
	}
};

const versionOf = (opened: SqliteFile.Database): number =>
	Number(opened.pragma("user_version", { simple: true }));

/** The reference's record of the programs that have set this store up; in a file of another program it may be missing. */
const isDeployed = (opened: SqliteFile.Database, program: string): boolean =>
	opened
		.prepare("select 1 from sqlite_master where name = ?")
		.get(DEPLOYMENTS) !== undefined &&
	opened
		.prepare(`select 1 from ${DEPLOYMENTS} where deployed_version = ?`)
		.get(program) !== undefined;

const record = (opened: SqliteFile.Database, program: string): void => {
	for (const statement of [
		`insert or replace into ${DEPLOYMENTS} (deployed_version, deployed_timestamp) values (?, datetime('now'))`,
		"insert or replace into orchestrator_metadata (anchor, last_deployed_version, last_deployed_timestamp) values (1, ?, datetime('now'))",
	])
		opened.prepare(statement).run(program);
};

/** Texts compare letter by letter. */
const SPELLING: Spelling = { quoted, exactly: (column) => column };

const run = (
	opened: SqliteFile.Database,
	{ sql, values }: Statement,
): readonly Row[] => {
	const statement = opened.prepare(sql);
	if (statement.reader) return statement.all(values) as Row[];
	statement.run(values);
	return [];
};

const upgrade = (opened: SqliteFile.Database, from: number, log: Log): void => {
	for (const table of TABLES) takeOver(opened, table, log);
	const told = runScript(foldNames(SPELLING, Date.now()), (statement) =>
		run(opened, statement),
	);
	if (told !== undefined) log(told);
	opened.pragma(`user_version = ${STORE_VERSION}`);
	if (from < STORE_VERSION)
		log(`store: brought from version ${from} to ${STORE_VERSION}`);
};

/**
 * Brings the store to this program's version, in one transaction: others see it before or after. A store that is up to date costs
 * a pragma and a look at the deployments.
 * @throws BatonError StoreVersion when it is newer, or older and may not be written here
 */
export const migrate = (
	opened: SqliteFile.Database,
	file: string,
	options: UpgradeOptions,
): void => {
	const next = () => {
		const version = versionOf(opened);
		const state = {
			version,
			isDeployed: isDeployed(opened, options.program),
		};
		return {
			version,
			step: upgradeStep(`the store ${file}`, state, options),
		};
	};
	try {
		if (next().step === "nothing") return;
		opened.pragma(`busy_timeout = ${OTHERS_UPGRADE_MS}`);
		opened
			.transaction(() => {
				// Looked at again under the lock: another process may have been quicker.
				const { version, step } = next();
				if (step === "upgrade") upgrade(opened, version, options.log);
				if (step !== "nothing") record(opened, options.program);
			})
			.immediate();
		opened.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
	} catch (error) {
		throw openError(error, file);
	}
};

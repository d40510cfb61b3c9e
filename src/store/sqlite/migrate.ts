import type SqliteFile from "better-sqlite3";
import { SqliteError } from "better-sqlite3";
import { BatonError } from "../../errors.ts";
import type { TableDefinition } from "../schema/column.ts";
import { TABLES } from "../schema/tables.ts";
import { columnDefinition, createIndex, createTable, quoted } from "./ddl.ts";
import { openError } from "./errors.ts";

type Log = (message: string) => void;

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

/** Each brings the store from its place in the list (0 for the first) to the next version. Only ever append. */
const MIGRATIONS: readonly ((opened: SqliteFile.Database, log: Log) => void)[] =
	[
		(opened, log) => {
			for (const table of TABLES) takeOver(opened, table, log);
		},
	];

/** The version that this code writes. */
export const STORE_VERSION = MIGRATIONS.length;

const versionOf = (opened: SqliteFile.Database): number =>
	Number(opened.pragma("user_version", { simple: true }));

const refuse = (file: string, version: number, remedy: string): never => {
	throw new BatonError(
		"StoreVersion",
		`the store ${file} has version ${version}, this program knows version ${STORE_VERSION}; ${remedy}`,
	);
};

const runMigrations = (opened: SqliteFile.Database, log: Log): void =>
	opened
		.transaction(() => {
			// Read again under the lock: another process may have been quicker.
			const from = versionOf(opened);
			for (const migration of MIGRATIONS.slice(from)) migration(opened, log);
			opened.pragma(`user_version = ${Math.max(from, STORE_VERSION)}`);
			if (from < STORE_VERSION)
				log(`store: brought from version ${from} to ${STORE_VERSION}`);
		})
		.immediate();

/**
 * Brings the store to this program's version, in one transaction. A store that is up to date costs one pragma.
 * @throws BatonError StoreVersion when it is newer, or older and cannot be written here
 */
export const migrate = (
	opened: SqliteFile.Database,
	file: string,
	readOnly: boolean,
	log: Log,
): void => {
	try {
		const version = versionOf(opened);
		if (version === STORE_VERSION) return;
		if (version > STORE_VERSION)
			refuse(file, version, "use the newer program that wrote it");
		if (readOnly)
			refuse(file, version, "start the program once with write access");
		runMigrations(opened, log);
	} catch (error) {
		throw openError(error, file);
	}
};

import { closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import SqliteFile from "better-sqlite3";
import {
	CompiledQuery,
	type DatabaseConnection,
	type SqliteDatabase,
	SqliteDialect,
	SqliteDriver,
	type SqliteStatement,
} from "kysely";
import { openError, storeError } from "./errors.ts";

/** A wait inside SQLite stops this whole process; longer waits are made between attempts, where others can run. */
export const BUSY_TIMEOUT_MS = 20;
const KEPT_STATEMENTS = 500;

/**
 * A directory and a file that are made here are for their owner alone: they hold the topology, the audit and access tokens.
 * SQLite gives its `-wal` and `-shm` the mode of the file. What is there already keeps its mode.
 */
const makePrivately = (file: string): void => {
	mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
	closeSync(openSync(file, "a", 0o600));
};

/** Opens the file; it and its directory are made when they are missing. @throws BatonError StoreUnavailable */
export const openFile = (
	file: string,
	readOnly: boolean,
): SqliteFile.Database => {
	try {
		if (file !== ":memory:" && !readOnly) makePrivately(file);
		const opened = new SqliteFile(file, {
			readonly: readOnly,
			fileMustExist: readOnly,
			timeout: BUSY_TIMEOUT_MS,
		});
		if (!readOnly) opened.pragma("journal_mode = wal");
		opened.pragma("synchronous = normal");
		opened.pragma("foreign_keys = off");
		return opened;
	} catch (error) {
		throw openError(error, file);
	}
};

/** An object of these properties, of the compact kind. */
const shapeOf = (names: readonly string[]): Readonly<Record<string, unknown>> =>
	JSON.parse(
		JSON.stringify(Object.fromEntries(names.map((name) => [name, 0]))),
	);

/**
 * Rows as objects. Those that the driver makes are hash tables, each several times as large and as slow to make and to read as
 * a copy of one object that has all the properties.
 */
const readRows = (
	statement: SqliteFile.Statement,
	parameters: readonly unknown[],
): unknown[] => {
	const rows = statement.raw().all(parameters) as unknown[][];
	if (rows.length === 0) return rows;
	// Asked each time: another program may have altered the table.
	const names = statement.columns().map(({ name }) => name);
	const shape = shapeOf(names);
	return rows.map((cells) => {
		const row: Record<string, unknown> = { ...shape };
		names.forEach((name, index) => {
			row[name] = cells[index];
		});
		return row;
	});
};

const guardStatement = (
	statement: SqliteFile.Statement,
	file: string,
): SqliteStatement => {
	const guarded = <T>(call: () => T): T => {
		try {
			return call();
		} catch (error) {
			throw storeError(error, file);
		}
	};
	return {
		reader: statement.reader,
		all: (parameters) => guarded(() => readRows(statement, parameters)),
		run: (parameters) => guarded(() => statement.run(parameters)),
		iterate: (parameters) =>
			guarded(() => statement.raw(false).iterate(parameters)),
	};
};

/** The file as Kysely sees it: prepared statements are kept, and errors are those of the catalogue. */
const guardedDatabase = (
	opened: SqliteFile.Database,
	file: string,
): SqliteDatabase => {
	const kept = new Map<string, SqliteStatement>();
	const prepare = (sql: string): SqliteStatement => {
		try {
			return guardStatement(opened.prepare(sql), file);
		} catch (error) {
			throw storeError(error, file);
		}
	};
	return {
		close: () => opened.close(),
		prepare: (sql) => {
			const found = kept.get(sql);
			if (found) return found;
			if (kept.size >= KEPT_STATEMENTS) kept.clear();
			const statement = prepare(sql);
			kept.set(sql, statement);
			return statement;
		},
	};
};

/** Transactions take the write lock at once: one that reads first and then finds the lock taken could only fail. */
class ImmediateDriver extends SqliteDriver {
	override async beginTransaction(
		connection: DatabaseConnection,
	): Promise<void> {
		await connection.executeQuery(CompiledQuery.raw("begin immediate"));
	}

	override async rollbackTransaction(
		connection: DatabaseConnection,
	): Promise<void> {
		try {
			await super.rollbackTransaction(connection);
		} catch {
			// SQLite rolls back by itself after some errors (a full disk, an I/O error): a second rollback would hide their cause.
		}
	}
}

class ImmediateDialect extends SqliteDialect {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		super({ database });
		this.#database = database;
	}

	override createDriver(): ImmediateDriver {
		return new ImmediateDriver({ database: this.#database });
	}
}

export const kyselyDialect = (
	opened: SqliteFile.Database,
	file: string,
): SqliteDialect => new ImmediateDialect(guardedDatabase(opened, file));

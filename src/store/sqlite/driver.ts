import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery, Kysely, sql } from "kysely";
import type { Queries, StoreDriver } from "../driver.ts";
import type { Database } from "../schema/tables.ts";
import { kyselyDialect, openFile } from "./connection.ts";
import { isBusy } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { updateStatement, upsertStatement } from "./write-statements.ts";

const BUSY_DEADLINE_MS = 5000;
const LONGEST_PAUSE_MS = 50;

/** Runs the work again while another process holds the lock, up to the deadline. */
const untilUnlocked = async <T>(attempt: () => Promise<T>): Promise<T> => {
	const deadline = performance.now() + BUSY_DEADLINE_MS;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() > deadline) throw error;
			// Not all waiters at once: they would meet again.
			await sleep(1 + Math.random() * LONGEST_PAUSE_MS);
		}
	}
};

/**
 * With synchronous=normal a commit is safe from a crash of the process but not from a power cut; full writes it through
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
const durably = <T>(
	queries: Queries,
	work: (queries: Queries) => Promise<T>,
): Promise<T> =>
	queries.connection().execute(async (connection) => {
		await sql`pragma synchronous = full`.execute(connection);
		try {
			return await connection.transaction().execute(work);
		} finally {
			await sql`pragma synchronous = normal`.execute(connection);
		}
	});

/** Upserts and updates: each statement's text is made once a table and set of columns. */
const createWrites = (): Pick<StoreDriver, "upsert" | "update"> => {
	const statements = new Map<string, string>();
	const statement = (known: string, make: () => string): string => {
		const text = statements.get(known) ?? make();
		statements.set(known, text);
		return text;
	};
	return {
		upsert: async (queries, table, key, row) => {
			const columns = Object.keys(row);
			const text = statement(`upsert ${table} ${columns.join()}`, () =>
				upsertStatement(table, key, columns),
			);
			await queries.executeQuery(CompiledQuery.raw(text, Object.values(row)));
		},
		update: async (queries, table, key, columns) => {
			const names = Object.keys(columns);
			const text = statement(`update ${table} ${names.join()}`, () =>
				updateStatement(table, Object.keys(key), names),
			);
			await queries.executeQuery(
				CompiledQuery.raw(text, [
					...Object.values(columns),
					...Object.values(key),
				]),
			);
		},
	};
};

/** @throws BatonError StoreUnavailable, StoreVersion */
export const openSqlite = (options: {
	readonly file: string;
	readonly readOnly: boolean;
	readonly log: (message: string) => void;
}): StoreDriver => {
	const { file, readOnly, log } = options;
	const opened = openFile(file, readOnly);
	try {
		migrate(opened, file, readOnly, log);
	} catch (error) {
		opened.close();
		throw error;
	}
	const queries = new Kysely<Database>({
		dialect: kyselyDialect(opened, file),
	});
	return {
		queries,
		write: (work, { durable = false } = {}) =>
			untilUnlocked(() =>
				durable ? durably(queries, work) : queries.transaction().execute(work),
			),
		...createWrites(),
		description: `SQLite ${file}`,
		close: async () => {
			await queries.destroy();
			// Kysely closes only what it has used.
			if (opened.open) opened.close();
		},
	};
};

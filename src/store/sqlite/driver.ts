import { Kysely, sql } from "kysely";
import type { Queries, StoreDriver } from "../driver.ts";
import { createKeptStatements } from "../inventory/kept-statements.ts";
import type { UpgradeOptions } from "../nodes/deployment.ts";
import type { Database } from "../schema/tables.ts";
import { untilUnlocked } from "../until-unlocked.ts";
import { kyselyDialect, openFile } from "./connection.ts";
import { isBusy } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { updateStatement, upsertStatement } from "./write-statements.ts";

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

type Writes = Pick<
	StoreDriver,
	"upsert" | "update" | "upsertMany" | "updateMany"
>;

/** One prepared statement a row: there is no round trip to save here. */
const createWrites = (): Writes => {
	const run = createKeptStatements();
	const upsert: Writes["upsert"] = (queries, table, key, row) => {
		const columns = Object.keys(row);
		return run(
			queries,
			`upsert ${table} ${columns.join()}`,
			() => upsertStatement(table, key, columns),
			Object.values(row),
		);
	};
	const update: Writes["update"] = (queries, table, key, columns) => {
		const names = Object.keys(columns);
		return run(
			queries,
			`update ${table} ${names.join()}`,
			() => updateStatement(table, Object.keys(key), names),
			[...Object.values(columns), ...Object.values(key)],
		);
	};
	return {
		upsert,
		update,
		upsertMany: async (queries, table, key, rows) => {
			for (const row of rows) await upsert(queries, table, key, row);
		},
		updateMany: async (queries, table, key, rows) => {
			const isKey = new Set<string>(key);
			for (const row of rows) {
				const cells = Object.entries(row);
				const part = (wanted: boolean) =>
					Object.fromEntries(
						cells.filter(([name]) => isKey.has(name) === wanted),
					) as never;
				await update(queries, table, part(true), part(false));
			}
		},
	};
};

/** @throws BatonError StoreUnavailable, StoreVersion */
export const openSqlite = (
	file: string,
	upgrade: UpgradeOptions,
): StoreDriver => {
	const opened = openFile(file, upgrade.readOnly);
	try {
		migrate(opened, file, upgrade);
	} catch (error) {
		opened.close();
		throw error;
	}
	const queries = new Kysely<Database>({
		dialect: kyselyDialect(opened, file),
	});
	return {
		queries,
		// The file has one lock: finer ones do not exist.
		write: (work, { durable = false } = {}) =>
			untilUnlocked(isBusy, () =>
				durable ? durably(queries, work) : queries.transaction().execute(work),
			),
		// Whoever writes holds the file's lock.
		locking: (query) => query,
		...createWrites(),
		description: `SQLite ${file}`,
		close: async () => {
			await queries.destroy();
			// Kysely closes only what it has used.
			if (opened.open) opened.close();
		},
	};
};

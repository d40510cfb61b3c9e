/**
 * The store in a MySQL or MariaDB database, which several nodes share.
 *
 * 1. A write of the whole store changes the one row of `baton_store` first, and so holds its lock until it commits or is undone,
 *    whatever becomes of its session: writers of all nodes follow each other. It is changed and not only locked, so that servers of
 *    one group or Galera cluster, which do not share locks, refuse all but one of two that meet.
 * 2. A write of rows (`lock: "rows"`) holds the locks of what it read, and nobody waits for it but for these rows.
 * 3. Work that the server undid, because sessions stood in each other's way or because its session is gone before the commit, is
 *    done again. What came of a commit without an answer is not known: that is an error.
 *
 * Whether a commit survives a power cut is a setting of the server, `innodb_flush_log_at_trx_commit`; its opening says when it does not.
 */
import { CompiledQuery, Kysely } from "kysely";
import { errors } from "../../errors.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { createKeptStatements } from "../inventory/kept-statements.ts";
import type { UpgradeOptions } from "../nodes/deployment.ts";
import type { Database } from "../schema/tables.ts";
import { untilUnlocked } from "../until-unlocked.ts";
import { kyselyDialect } from "./dialect.ts";
import { isBusy, isLost, isReadOnly } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { createPool } from "./pool.ts";
import type { MysqlSettings } from "./settings.ts";
import { updateStatement, upsertStatement } from "./write-statements.ts";

/** Of one statement: far below the smallest usual max_allowed_packet, 4 MB, whatever the quoting adds. */
const STATEMENT_CHARACTERS = 500_000;
const STATEMENT_ROWS = 200;

const LOCK = CompiledQuery.raw(
	"update baton_store set writes = writes + 1 where anchor = 1",
);

const takeLock = async (queries: Queries, place: string): Promise<void> => {
	const { numAffectedRows } = await queries.executeQuery(LOCK);
	if (numAffectedRows !== 1n) throw errors.storeLacksLock({ place });
};

type Row = Readonly<Record<string, unknown>>;

const charactersOf = (row: Row): number => {
	let count = 0;
	for (const value of Object.values(row))
		count += typeof value === "string" ? value.length + 4 : 24;
	return count;
};

/** The rows in portions that one statement takes. */
const portions = (rows: readonly Row[]): Row[][] => {
	const found: Row[][] = [];
	let characters = Number.POSITIVE_INFINITY;
	for (const row of rows) {
		const size = charactersOf(row);
		const last = found.at(-1);
		if (
			last === undefined ||
			last.length >= STATEMENT_ROWS ||
			characters + size > STATEMENT_CHARACTERS
		) {
			found.push([row]);
			characters = size;
		} else {
			last.push(row);
			characters += size;
		}
	}
	return found;
};

type Writes = Pick<
	StoreDriver,
	"upsert" | "update" | "upsertMany" | "updateMany"
>;

const createWrites = (): Writes => {
	const run = createKeptStatements();
	const many = async (
		queries: Queries,
		table: string,
		key: readonly string[],
		rows: readonly Row[],
	): Promise<void> => {
		for (const portion of portions(rows)) {
			const columns = Object.keys(portion[0] ?? {});
			await run(
				queries,
				`many ${table} ${columns.join()} ${portion.length}`,
				() =>
					upsertStatement(table, key, columns, {
						rows: portion.length,
						fit: true,
					}),
				portion.flatMap((row) => Object.values(row)),
			);
		}
	};
	return {
		upsert: (queries, table, key, row) => {
			const columns = Object.keys(row);
			return run(
				queries,
				`upsert ${table} ${columns.join()}`,
				() => upsertStatement(table, key, columns),
				Object.values(row),
			);
		},
		update: (queries, table, key, columns) => {
			const names = Object.keys(columns);
			return run(
				queries,
				`update ${table} ${names.join()}`,
				() => updateStatement(table, Object.keys(key), names),
				[...Object.values(columns), ...Object.values(key)],
			);
		},
		upsertMany: (queries, table, key, rows) => many(queries, table, key, rows),
		// Rows that exist and are locked: the insert always finds them, and one statement takes them all.
		updateMany: (queries, table, key, rows) => many(queries, table, key, rows),
	};
};

/** @throws BatonError StoreUnavailable, StoreVersion */
export const openMysql = async (
	settings: () => MysqlSettings,
	upgrade: UpgradeOptions,
): Promise<StoreDriver> => {
	const { readOnly } = upgrade;
	const place = (): string => {
		const { host, port, database } = settings();
		return `MySQL ${host}:${port}/${database}`;
	};
	await migrate(settings(), place(), upgrade);
	const queries = new Kysely<Database>({
		dialect: kyselyDialect(createPool({ settings, readOnly, place })),
	});
	return {
		queries,
		write: (work, { lock = "store" } = {}) => {
			let isCommitting = false;
			return untilUnlocked(
				(error) =>
					isBusy(error) ||
					(isLost(error) && !isCommitting) ||
					(isReadOnly(error) && !readOnly && settings().rejectReadOnly),
				() => {
					isCommitting = false;
					return queries.transaction().execute(async (transaction) => {
						if (lock === "store") await takeLock(transaction, place());
						const answer = await work(transaction);
						isCommitting = true;
						return answer;
					});
				},
			);
		},
		locking: (query) => query.forUpdate(),
		...createWrites(),
		get description() {
			return place();
		},
		close: () => queries.destroy(),
	};
};

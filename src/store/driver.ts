import type {
	Insertable,
	Kysely,
	Selectable,
	SelectQueryBuilder,
	Updateable,
} from "kysely";
import type { Database } from "./schema/tables.ts";

/** Kysely on the store's tables: the database itself, or a transaction in it. */
export type Queries = Kysely<Database>;

type TableName = keyof Database & string;
type ColumnName<Name extends TableName> = keyof Database[Name] & string;

interface WriteOptions {
	/** The commit survives a power cut, not only a crash of the process. */
	readonly durable?: boolean;
	/**
	 * What the work may rely on: `store` (the default), that nobody else writes; `rows`, only that nobody changes the rows which it
	 * read through {@link StoreDriver.locking}. The latter is for what is written often, by every node, each its own rows.
	 */
	readonly lock?: "store" | "rows";
}

/** What differs between databases. A dialect folder makes one; everything else in the store is written against it. */
export interface StoreDriver {
	/** For reads. */
	readonly queries: Queries;
	/**
	 * Runs `work` in one transaction that holds the write lock from its first statement, so that what it reads is still true
	 * when it writes. It runs again when another process holds the lock: it must have no effect but on the store, and must wait
	 * for nothing else.
	 * @throws BatonError StoreUnavailable
	 */
	write<T>(
		work: (queries: Queries) => Promise<T>,
		options?: WriteOptions,
	): Promise<T>;
	/** The query, and what it reads in a transaction stays as it is until the transaction ends. */
	locking<DB, Table extends keyof DB, Row>(
		query: SelectQueryBuilder<DB, Table, Row>,
	): SelectQueryBuilder<DB, Table, Row>;
	/** Inserts the row, or overwrites the given columns of the row with the same key. */
	upsert<Name extends TableName>(
		queries: Queries,
		table: Name,
		key: readonly ColumnName<Name>[],
		row: Insertable<Database[Name]>,
	): Promise<void>;
	/** Sets the given columns of the row with this key, if there is one. For what is written often: the statement is made once. */
	update<Name extends TableName>(
		queries: Queries,
		table: Name,
		key: Partial<Selectable<Database[Name]>>,
		columns: Updateable<Database[Name]>,
	): Promise<void>;
	/**
	 * The same as {@link upsert} for many rows of the same columns, in few statements. For what servers have told: a value that a
	 * column cannot hold becomes the nearest one that it can.
	 */
	upsertMany<Name extends TableName>(
		queries: Queries,
		table: Name,
		key: readonly ColumnName<Name>[],
		rows: readonly Insertable<Database[Name]>[],
	): Promise<void>;
	/** The same for some columns of rows that exist, which the transaction has read through {@link locking}. */
	updateMany<Name extends TableName>(
		queries: Queries,
		table: Name,
		key: readonly ColumnName<Name>[],
		rows: readonly Updateable<Database[Name]>[],
	): Promise<void>;
	/** What the store is, for people. */
	readonly description: string;
	close(): Promise<void>;
}

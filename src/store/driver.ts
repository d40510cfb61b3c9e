import type { Insertable, Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "./schema/tables.ts";

/** Kysely on the store's tables: the database itself, or a transaction in it. */
export type Queries = Kysely<Database>;

/** What differs between databases. A dialect folder makes one; everything else in the store is written against it. */
export interface StoreDriver {
	/** For reads. */
	readonly queries: Queries;
	/**
	 * Runs `work` in one transaction that holds the write lock from its first statement, so that what it reads is still true
	 * when it writes. It runs again when another process holds the lock: it must have no effect but on the store, and must wait
	 * for nothing else.
	 * @param options.durable the commit survives a power cut, not only a crash of the process.
	 * @throws BatonError StoreUnavailable
	 */
	write<T>(
		work: (queries: Queries) => Promise<T>,
		options?: { readonly durable?: boolean },
	): Promise<T>;
	/** Inserts the row, or overwrites the given columns of the row with the same key. */
	upsert<Name extends keyof Database & string>(
		queries: Queries,
		table: Name,
		key: readonly (keyof Database[Name] & string)[],
		row: Insertable<Database[Name]>,
	): Promise<void>;
	/** Sets the given columns of the row with this key, if there is one. For what is written often: the statement is made once. */
	update<Name extends keyof Database & string>(
		queries: Queries,
		table: Name,
		key: Partial<Selectable<Database[Name]>>,
		columns: Updateable<Database[Name]>,
	): Promise<void>;
	/** What the store is, for people. */
	readonly description: string;
	close(): Promise<void>;
}

/** For tests: stores of their own that are gone afterwards, on the database that the test project names. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import type { Store } from "../../src/store/contract.ts";
import type { MysqlSettings } from "../../src/store/mysql/settings.ts";
import { openStore } from "../../src/store/open-store.ts";
import type {
	StoreOptions,
	StorePlace,
} from "../../src/store/store-options.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** The server that the stores of this project are on; SQLite files where none is given. */
		readonly storeServer?: Omit<MysqlSettings, "database">;
	}
}

type Row = Readonly<Record<string, unknown>>;

export interface TemporaryStores {
	readonly backend: "sqlite" | "mysql";
	/** The file or the database. */
	readonly place: string;
	/** Of a SQLite store. */
	readonly file: string;
	/** An expression in TypeScript for the options that open the same store, for another process. */
	readonly expression: string;
	/** Opens the store once more; every store is closed at the end. */
	open(options?: Partial<StoreOptions>): Promise<Store>;
	/** Runs SQL on the tables, as another program would. @returns the rows of a query. */
	sql(statement: string, values?: readonly unknown[]): Promise<Row[]>;
	remove(): Promise<void>;
}

interface Backend {
	readonly name: TemporaryStores["backend"];
	readonly place: string;
	readonly options: StorePlace;
	readonly expression: string;
	readonly sql: TemporaryStores["sql"];
	remove(): Promise<void>;
}

const sqliteBackend = (file: string): Backend => ({
	name: "sqlite",
	place: file,
	options: { file },
	expression: JSON.stringify({ file }),
	sql: async (statement, values = []) => {
		const { default: SqliteFile } = await import("better-sqlite3");
		const opened = new SqliteFile(file);
		try {
			const prepared = opened.prepare(statement);
			if (prepared.reader) return prepared.all(values) as Row[];
			prepared.run(values);
			return [];
		} finally {
			opened.close();
		}
	},
	remove: async () => undefined,
});

const mysqlBackend = (server: Omit<MysqlSettings, "database">): Backend => {
	const settings = {
		...server,
		database: `baton_test_${randomBytes(6).toString("hex")}`,
	};
	const run = async (
		database: string | undefined,
		statement: string,
		values: readonly unknown[],
	): Promise<Row[]> => {
		const { openSession } = await import("../../src/store/mysql/connection.ts");
		const session = await openSession(settings, {
			database,
			readOnly: false,
			silentSeconds: 20,
		});
		try {
			// Other programs are not as strict as Baton.
			await session.query("set session sql_mode = ''");
			const rows = await session.query(statement, values);
			return Array.isArray(rows) ? (rows as Row[]) : [];
		} finally {
			session.close();
		}
	};
	return {
		name: "mysql",
		place: settings.database,
		options: { mysql: () => settings },
		expression: `{ mysql: () => (${JSON.stringify(settings)}) }`,
		sql: (statement, values = []) => run(settings.database, statement, values),
		remove: async () => {
			await run(undefined, `drop database if exists ${settings.database}`, []);
		},
	};
};

export const temporaryStores = (): TemporaryStores => {
	const directory = mkdtempSync(path.join(tmpdir(), "baton-store-"));
	const file = path.join(directory, "baton.sqlite3");
	const server = inject("storeServer");
	const backend = server ? mysqlBackend(server) : sqliteBackend(file);
	const opened: Store[] = [];
	return {
		backend: backend.name,
		place: backend.place,
		file,
		expression: backend.expression,
		open: async (options = {}) => {
			const store = await openStore({
				...backend.options,
				...options,
			} as StoreOptions);
			opened.push(store);
			return store;
		},
		sql: backend.sql,
		remove: async () => {
			for (const store of opened) await store.close();
			await backend.remove();
			rmSync(directory, { recursive: true, force: true });
		},
	};
};

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import SqliteFile from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { NO_MARK } from "../../topology/server-mark.ts";
import { databaseInstance } from "../schema/instance-tables.ts";
import { TABLES } from "../schema/tables.ts";
import { STORE_VERSION } from "../schema/version.ts";

let stores: TemporaryStores;
beforeEach(() => {
	stores = temporaryStores();
});
afterEach(() => stores.remove());

/** Looks at the file as another program would. */
const withFile = <T>(use: (file: SqliteFile.Database) => T): T => {
	const file = new SqliteFile(stores.file);
	try {
		return use(file);
	} finally {
		file.close();
	}
};

const columnsOf = (file: SqliteFile.Database, table: string): string[] =>
	(file.pragma(`table_info(${table})`) as { name: string }[]).map(
		(column) => column.name,
	);

const now = Date.UTC(2026, 0, 1);

describe("a new store", () => {
	it("has every table and column of the reference", async () => {
		await stores.open();
		withFile((file) => {
			for (const table of TABLES)
				expect(columnsOf(file, table.name)).toEqual(Object.keys(table.columns));
			const columns = columnsOf(file, "database_instance");
			expect(columns).toHaveLength(78);
			expect(columns.slice(0, 6)).toEqual([
				"hostname",
				"port",
				"last_checked",
				"last_attempted_check",
				"last_check_partial_success",
				"last_seen",
			]);
			expect(file.pragma("journal_mode", { simple: true })).toBe("wal");
			expect(file.pragma("integrity_check", { simple: true })).toBe("ok");
		});
	});

	it("is made with its directory, tells of the upgrade once, and opens again as it was", async () => {
		const file = path.join(path.dirname(stores.file), "a", "b", "s.sqlite3");
		const lines: string[] = [];
		const log = (line: string) => void lines.push(line);
		const first = await stores.open({ file, log });
		await first.keyValues.put([{ key: "k", value: "v" }], now);
		await first.close();
		const second = await stores.open({ file, log });
		expect(await second.keyValues.get("k")).toBe("v");
		expect(lines).toEqual([
			`store: brought from version 0 to ${STORE_VERSION}`,
		]);
	});

	it("is for its owner alone where it is made, directory, log and all; what was there keeps its mode", async () => {
		const modeOf = (name: string) => (statSync(name).mode & 0o777).toString(8);
		const top = path.dirname(stores.file);
		const file = path.join(top, "made", "s.sqlite3");
		const before = process.umask(0o022);
		try {
			const store = await stores.open({ file });
			await store.keyValues.put([{ key: "k", value: "v" }], now);
			expect(modeOf(path.dirname(file))).toBe("700");
			for (const end of ["", "-wal", "-shm"])
				expect([end, modeOf(`${file}${end}`)]).toEqual([end, "600"]);
			const given = path.join(top, "given");
			mkdirSync(given, { mode: 0o755 });
			writeFileSync(path.join(given, "s"), "", { mode: 0o640 });
			await stores.open({ file: path.join(given, "s") });
			expect([modeOf(given), modeOf(path.join(given, "s"))]).toEqual([
				"755",
				"640",
			]);
		} finally {
			process.umask(before);
		}
	});

	it("may live in memory", async () => {
		const store = await stores.open({ file: ":memory:" });
		await store.check(now);
		expect(await store.inventory.all()).toEqual([]);
	});
});

describe("a file of another program", () => {
	it("is taken over: rows and foreign columns stay, what is missing is added", async () => {
		withFile((file) => {
			file.exec(`
				create table database_instance (hostname varchar(128) not null, port smallint not null, last_checked timestamp not null default '',
					last_seen timestamp null, version varchar(128) not null, cluster_name varchar(128) not null, read_only tinyint not null default 0,
					extra_column text, primary key (hostname, port));
				insert into database_instance values ('db1', 3306, '2026-01-01 00:00:05', '2026-01-01 00:00:05', '8.4.3', 'db1:3306', 1, 'kept');
				create table cluster_alias (cluster_name varchar(128) not null, alias varchar(128) not null, primary key (cluster_name));
				insert into cluster_alias values ('db1:3306', 'shop');
				create table unrelated (a int);
				insert into unrelated values (7);
			`);
		});
		const store = await stores.open();
		const [instance] = await store.inventory.all();
		expect(instance).toMatchObject({
			name: "db1:3306",
			version: "8.4.3",
			flavor: "MySQL",
			readOnly: true,
			clusterName: "db1:3306",
		});
		expect(instance?.check).toMatchObject({
			outcome: "ok",
			seenAtMs: now + 5000,
		});
		expect(await store.clusters.resolve("shop", 3306)).toMatchObject({
			identity: "db1:3306",
			alias: "shop",
			epoch: 0,
		});
		if (instance)
			await store.inventory.save([
				{
					...instance,
					check: {
						...instance.check,
						checkedAtMs: now + 9000,
						seenAtMs: now + 9000,
					},
				},
			]);
		withFile((file) => {
			expect(file.prepare("select * from unrelated").all()).toEqual([{ a: 7 }]);
			const row = file.prepare("select * from database_instance").get();
			expect(row).toMatchObject({
				extra_column: "kept",
				last_seen: "2026-01-01 00:00:09",
			});
			expect(Object.keys(row as object)).toEqual(
				expect.arrayContaining(Object.keys(databaseInstance.columns)),
			);
		});
	});

	it("keeps rows that break a unique key, and says so", async () => {
		withFile((file) =>
			file.exec(`
				create table cluster_alias (cluster_name varchar(128) not null, alias varchar(128) not null, primary key (cluster_name));
				insert into cluster_alias values ('a:1', 'same'), ('b:1', 'same');
			`),
		);
		const lines: string[] = [];
		const store = await stores.open({ log: (line) => void lines.push(line) });
		expect(lines[0]).toContain("alias_uidx_cluster_alias");
		await store.clusters.setSuggestedAlias("c:1", "same");
		withFile((file) =>
			expect(
				file.prepare("select cluster_name from cluster_alias").all(),
			).toEqual([{ cluster_name: "c:1" }]),
		);
	});

	it("of the version before is given the columns that it lacks, and takes fences and aliases then", async () => {
		const before = await stores.open();
		await before.close();
		withFile((file) => {
			file.exec("alter table baton_fence drop column epoch");
			file.exec("alter table baton_alias drop column server");
			file.pragma("user_version = 5");
		});
		const store = await stores.open();
		const fence = {
			instance: "a:1",
			identity: "a:1",
			successor: "b:1",
			sinceMs: 1,
			state: "waiting",
			note: "",
			server: NO_MARK,
			epoch: 7,
		} as const;
		await store.fences.put(fence);
		expect(await store.fences.get("a:1")).toEqual(fence);
	});

	it("is refused when a newer program wrote it", async () => {
		withFile((file) => file.pragma(`user_version = ${STORE_VERSION + 1}`));
		await expect(stores.open()).rejects.toMatchObject({ code: "StoreVersion" });
	});

	it("is refused when it is no SQLite file", async () => {
		writeFileSync(
			stores.file,
			"this is a text file, and long enough to be looked at".repeat(20),
		);
		await expect(stores.open()).rejects.toMatchObject({
			code: "StoreUnavailable",
			message: expect.stringContaining("is not a SQLite database"),
		});
		expect(readFileSync(stores.file, "utf8")).toContain("this is a text file");
	});
});

describe("opening for reading only", () => {
	it("does not create a file, and says what is wrong", async () => {
		await expect(stores.open({ readOnly: true })).rejects.toMatchObject({
			code: "StoreUnavailable",
			message: expect.stringContaining(stores.file),
		});
	});

	it("reads, and refuses changes", async () => {
		await (await stores.open()).keyValues.put([{ key: "k", value: "v" }], now);
		const reader = await stores.open({ readOnly: true });
		expect(await reader.keyValues.get("k")).toBe("v");
		await expect(reader.check(now)).rejects.toMatchObject({
			code: "StoreUnavailable",
			kind: { retryable: true },
		});
	});

	it("does not upgrade a file", async () => {
		withFile((file) => file.exec("create table t (a int)"));
		await expect(stores.open({ readOnly: true })).rejects.toMatchObject({
			code: "StoreVersion",
		});
	});
});

describe("a lock of another program", () => {
	it("is waited for", async () => {
		const store = await stores.open();
		const other = new SqliteFile(stores.file);
		other.exec("begin immediate");
		setTimeout(() => other.exec("commit"), 200);
		await store.check(now);
		other.close();
	});

	it("does not stop reads", async () => {
		const store = await stores.open();
		await store.keyValues.put([{ key: "k", value: "v" }], now);
		const other = new SqliteFile(stores.file);
		other.exec("begin immediate; insert into kv_store values ('k2', '', '')");
		expect(await store.keyValues.get("k")).toBe("v");
		other.exec("rollback");
		other.close();
	});

	it("is named when it lasts", { timeout: 15_000 }, async () => {
		const store = await stores.open();
		const other = new SqliteFile(stores.file);
		other.exec("begin immediate");
		await expect(store.check(now)).rejects.toMatchObject({
			code: "StoreUnavailable",
			message: expect.stringContaining("is locked by another program"),
		});
		other.exec("commit");
		other.close();
		await store.check(now);
	});
});

it("a failed transaction leaves nothing behind", async () => {
	const store = await stores.open();
	const bad = [
		{ key: "a", value: "1" },
		{ key: "b", value: {} as unknown as string },
	];
	await expect(store.keyValues.put(bad, now)).rejects.toThrow();
	expect(await store.keyValues.get("a")).toBeUndefined();
	await store.check(now);
});

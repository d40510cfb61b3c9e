import { setTimeout as delay } from "node:timers/promises";
import { sql as sqlOf } from "kysely";
import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../src/store/contract.ts";
import { openMysql } from "../../src/store/mysql/driver.ts";
import type { MysqlSettings } from "../../src/store/mysql/settings.ts";
import { openStore, redeployStore } from "../../src/store/open-store.ts";
import { STORE_VERSION } from "../../src/store/schema/version.ts";
import type { StoreOptions } from "../../src/store/store-options.ts";
import type { Instance } from "../../src/topology/instance.ts";
import { rowsOf } from "../lab/connection.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { passageTo } from "../lab/passage.ts";
import { freePorts } from "../lab/ports.ts";
import type { LabServer } from "../lab/server.ts";
import { seen } from "../support/made-up-servers.ts";
import { orchestratorDatabase } from "./orchestrator-database.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const T0 = Date.UTC(2026, 0, 1, 0, 0, 5);
const ACCOUNT = { user: "store", password: "store-secret" };

const UPGRADE = {
	program: "baton test",
	readOnly: false,
	skipUpdate: false,
	refuseOtherDeployment: false,
	force: false,
	log: () => undefined,
};

const known = (host: string, change: Partial<Instance> = {}): Instance =>
	seen(host, { clusterName: "db1:3306", ...change }, T0);

const took = async (work: () => Promise<unknown>): Promise<number> => {
	const from = performance.now();
	await work();
	return performance.now() - from;
};

describe.each(FLAVORS)("a store on %s", (flavor) => {
	let lab: Lab;
	let server: LabServer;
	let root: Connection;
	let count = 0;
	let database = "";
	const opened: Store[] = [];

	const settings = (change: Partial<MysqlSettings> = {}): MysqlSettings => ({
		host: server.host,
		port: server.port,
		database,
		...ACCOUNT,
		connectTimeoutMs: 1_000,
		readTimeoutMs: 1_500,
		maxConnections: 16,
		lifetimeMs: 0,
		rejectReadOnly: false,
		...change,
	});
	const optionsOf = (
		change: Partial<MysqlSettings> = {},
		more: Omit<StoreOptions, "file" | "mysql"> = {},
	): StoreOptions => {
		const given = settings(change);
		return { mysql: () => given, ...more };
	};
	const open = async (...given: Parameters<typeof optionsOf>) => {
		const store = await openStore(optionsOf(...given));
		opened.push(store);
		return store;
	};
	const sql = (text: string) => rowsOf(root, text);

	beforeAll(async () => {
		lab = await createLab({ flavor });
		server = await lab.startServer({
			readOnlyAtStart: false,
			extraOptions: { innodb_flush_log_at_trx_commit: 2, sync_binlog: 0 },
		});
		await server.query(
			`CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}'`,
		);
		await server.query(
			`GRANT ALL PRIVILEGES ON \`baton\\_%\`.* TO '${ACCOUNT.user}'@'%'`,
		);
		await newDatabase();
	});
	const newDatabase = async () => {
		count += 1;
		database = `baton_${count}`;
		root = await server.connect();
	};
	afterEach(async () => {
		for (const store of opened.splice(0)) await store.close();
		root.destroy();
		await newDatabase();
	});
	afterAll(async () => {
		root.destroy();
		await lab.stop();
	});

	const asOrchestrator = async () => {
		await sql(`CREATE DATABASE ${database} CHARACTER SET latin1`);
		await sql(`USE ${database}`);
		await sql("SET SESSION time_zone = '+00:00'");
		for (const statement of orchestratorDatabase) await sql(statement);
	};

	test(
		"takes over orchestrator's database: its rows are used and stay, what is missing is added, and nothing is dropped",
		async () => {
			await asOrchestrator();
			const lines: string[] = [];
			const store = await open({}, { log: (line) => void lines.push(line) });
			expect(lines.join("\n")).toContain(
				`brought from version 0 to ${STORE_VERSION}`,
			);
			expect(lines.join("\n")).toContain("alias_uidx_cluster_alias");
			expect(lines.join("\n")).toContain("innodb_flush_log_at_trx_commit");
			const [db1, db2] = await store.inventory.all();
			expect(db1).toMatchObject({
				name: "db1:3306",
				version: "5.7.44-log",
				executedGtid: "a:1-5",
				replicas: ["db2:3306"],
				check: { outcome: "ok", seenAtMs: T0 },
			});
			expect(db2?.replication.sourceHost).toBe("db1");
			expect(await store.candidates.since(0)).toMatchObject([
				{ instance: "db2:3306", rule: "prefer" },
			]);
			expect(await store.downtimes.active(T0)).toMatchObject([
				{ owner: "ann", endsAtMs: Date.UTC(2026, 0, 2) },
			]);
			expect(await store.recoveries.list({})).toMatchObject([
				{ instance: "db0:3306", successor: "db1:3306", isSuccessful: true },
			]);
			expect(await store.clusters.resolve("db1", 3306)).toMatchObject({
				identity: "db1:3306",
				alias: "shop",
			});
			await store.clusters.adopt("db1:3306", ["db1:3306", "db2:3306"]);
			expect(await store.inventory.ofIdentity("db1:3306")).toHaveLength(2);
			expect(await sql("SELECT * FROM notes_of_the_team")).toHaveLength(1);
			expect(
				await sql(
					"SELECT deployed_version AS v FROM orchestrator_db_deployments ORDER BY 1",
				),
			).toMatchObject([{ v: "3.2.6" }, { v: expect.stringMatching("baton ") }]);
			const kept = await sql(
				`SELECT column_type AS t FROM information_schema.columns WHERE table_schema = '${database}' AND column_name = 'promotion_rule'`,
			);
			expect(String(kept[0]?.t)).toContain("enum");
			// The reference's own insert goes on working.
			await sql(
				"INSERT INTO candidate_database_instance (hostname, port, promotion_rule) VALUES ('db3', 3306, 'must')",
			);
		},
		TEST_MS,
	);

	test(
		"keeps in orchestrator's tables what a server says in any language and at any length",
		async () => {
			await asOrchestrator();
			const store = await open();
			const executedGtid = `${"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77,".repeat(5_000)}x`;
			const db2 = known("db2", {
				executedGtid,
				instanceAlias: "Zürich",
				version: "v".repeat(300),
				uptimeSeconds: 2 ** 40,
			});
			await store.inventory.save([
				{
					...db2,
					replication: {
						...db2.replication,
						lastReceiverError: "Verbindung zu Zürich: größer",
					},
				},
				known("db3"),
			]);
			expect(await store.inventory.get("db2:3306")).toMatchObject({
				executedGtid,
				version: "v".repeat(128),
				replication: { lastReceiverError: "Verbindung zu Zürich: größer" },
			});
			expect(await store.inventory.get("db3:3306")).toBeDefined();
			// The reference's names are ascii columns: these are said, and hold up nobody else.
			await expect(
				store.inventory.save([known("zürich"), known("db4")]),
			).rejects.toMatchObject({ code: "BadInput" });
			expect(await store.inventory.get("db4:3306")).toBeDefined();
			await expect(
				store.clusters.resolve("zürich", 3306),
			).rejects.toMatchObject({ code: "BadInput" });
			const owner = "x".repeat(200);
			await expect(
				store.downtimes.begin({
					instance: "db2:3306",
					owner,
					reason: "",
					beganAtMs: T0,
					endsAtMs: T0 + 1,
				}),
			).rejects.toMatchObject({
				code: "BadInput",
				message: expect.stringContaining("owner"),
			});
		},
		TEST_MS,
	);

	test(
		"is made once by four that open it together",
		async () => {
			const lines: string[] = [];
			const log = (line: string) => void lines.push(line);
			const slow = { readTimeoutMs: 30_000 };
			const stores = await Promise.all(
				[1, 2, 3, 4].map(() => open(slow, { log })),
			);
			for (const store of stores) await store.check(T0);
			expect(lines.filter((line) => line.includes("brought"))).toHaveLength(1);
		},
		TEST_MS,
	);

	test(
		"is refused when it is newer, when it may not be updated, or when another version has set it up; redeploy mends it",
		async () => {
			await expect(open({}, { skipUpdate: true })).rejects.toMatchObject({
				code: "StoreVersion",
				message: expect.stringContaining("-enable-database-update"),
			});
			await expect(
				open({}, { refuseOtherDeployment: true }),
			).rejects.toMatchObject({
				code: "StoreVersion",
				message: expect.stringContaining("PanicIfDifferentDatabaseDeploy"),
			});
			const store = await open();
			await open({}, { refuseOtherDeployment: true, skipUpdate: true });
			await sql(`USE ${database}`);
			await sql("ALTER TABLE kv_store DROP COLUMN last_updated");
			const put = () => store.keyValues.put([{ key: "k", value: "v" }], T0);
			await expect(put()).rejects.toMatchObject({
				code: "StoreVersion",
				message: expect.stringContaining("redeploy-internal-db"),
			});
			await redeployStore(optionsOf({}, { skipUpdate: true }));
			await put();
			await sql(`UPDATE baton_store SET version = ${STORE_VERSION + 1}`);
			await expect(open()).rejects.toMatchObject({ code: "StoreVersion" });
			await expect(redeployStore(optionsOf())).rejects.toMatchObject({
				code: "StoreVersion",
			});
		},
		TEST_MS,
	);

	test(
		"says in plain words why it cannot be opened",
		async () => {
			const [free = 1] = await freePorts(1);
			const cases: [Partial<MysqlSettings>, string][] = [
				[{ port: free }, "refuses connections"],
				[{ host: "no.such.host.invalid" }, "cannot be resolved"],
				[{ password: "wrong" }, "denies access; check MySQLOrchestratorUser"],
				[{ database: "elsewhere" }, "denies access"],
			];
			for (const [change, sentence] of cases)
				await expect(open(change)).rejects.toMatchObject({
					code: "StoreUnavailable",
					message: expect.stringContaining(sentence),
				});
			await expect(open({}, { readOnly: true })).rejects.toMatchObject({
				code: "StoreUnavailable",
				message: expect.stringContaining("has no such database"),
			});
		},
		TEST_MS,
	);

	test(
		"opened for reading only reads, and refuses every change; so does one on a server that is read-only",
		async () => {
			const store = await open();
			await store.keyValues.put([{ key: "k", value: "v" }], T0);
			const reader = await open({}, { readOnly: true });
			expect(await reader.keyValues.get("k")).toBe("v");
			await expect(reader.check(T0)).rejects.toMatchObject({
				code: "StoreUnavailable",
				message: expect.stringContaining("read-only"),
			});
			await sql("SET GLOBAL read_only = 1");
			try {
				await expect(store.check(T0)).rejects.toMatchObject({
					code: "StoreUnavailable",
					message: expect.stringContaining("read-only"),
				});
				expect(await store.keyValues.get("k")).toBe("v");
				const patient = await open({ rejectReadOnly: true });
				const later = delay(500).then(() => sql("SET GLOBAL read_only = 0"));
				await patient.check(T0);
				await later;
			} finally {
				await sql("SET GLOBAL read_only = 0");
			}
		},
		TEST_MS,
	);

	test(
		"outlives its server: killed and started again, the next call succeeds, and what was committed is there",
		async () => {
			const store = await open();
			await store.keyValues.put([{ key: "k", value: "v" }], T0);
			await server.kill();
			await expect(store.check(T0)).rejects.toMatchObject({
				code: "StoreUnavailable",
				kind: { retryable: true },
			});
			await expect(store.keyValues.get("k")).rejects.toMatchObject({
				code: "StoreUnavailable",
			});
			await server.start();
			expect(await store.keyValues.get("k")).toBe("v");
			await store.check(T0);
		},
		TEST_MS,
	);

	test(
		"that hangs is an error by the deadline, for open and for new connections, and serves again afterwards",
		async () => {
			const store = await open();
			await store.check(T0);
			server.pause();
			try {
				const refused = expect.objectContaining({
					code: "StoreUnavailable",
					message: expect.stringContaining("does not answer in time"),
				});
				const calls = [
					store.keyValues.get("k"),
					store.check(T0),
					store.inventory.save([known("db1")]),
					...Array.from({ length: 20 }, () => store.clusters.all()),
				];
				const ms = await took(async () => {
					for (const outcome of await Promise.allSettled(calls))
						expect(outcome).toEqual({ status: "rejected", reason: refused });
				});
				expect(ms).toBeLessThan(6_000);
				await expect(open()).rejects.toEqual(refused);
			} finally {
				server.resume();
			}
			await store.inventory.save([known("db1")]);
			expect(await store.inventory.all()).toHaveLength(1);
		},
		TEST_MS,
	);

	test(
		"serves saves of instances while another node holds the write lock, and refuses other writes in plain words",
		async () => {
			const store = await open();
			await store.inventory.save([known("db1")]);
			await sql(`USE ${database}`);
			await sql("BEGIN");
			await sql("UPDATE baton_store SET writes = writes + 1");
			await store.inventory.save([
				known("db1", { readOnly: true }),
				known("db2"),
			]);
			expect(await store.inventory.get("db1:3306")).toMatchObject({
				readOnly: true,
			});
			await expect(store.check(T0)).rejects.toMatchObject({
				code: "StoreUnavailable",
				message: expect.stringMatching("is locked by another program"),
			});
			await sql("ROLLBACK");
			await store.check(T0);
		},
		TEST_MS,
	);

	test(
		"two nodes save the same and new instances at once: nothing fails, nothing is lost",
		async () => {
			const nodes = [await open(), await open()];
			const names = Array.from({ length: 150 }, (_, index) => `db${index}`);
			for (let turn = 1; turn <= 4; turn++)
				await Promise.all(
					nodes.map((node, index) =>
						node.inventory.save(
							(index === 0 ? names : names.toReversed())
								.slice(0, turn * 37)
								.map((host) =>
									known(host, { uptimeSeconds: turn, depth: turn }),
								),
						),
					),
				);
			const all = await nodes[0]?.inventory.all();
			expect(all).toHaveLength(150);
			expect(all?.filter((each) => each.depth === 4)).toHaveLength(150);
		},
		TEST_MS,
	);

	test(
		"a node that is cut off or stands still in the middle of a write holds the lock for 2 s, and its work is told to be lost",
		async () => {
			const store = await open();
			const passage = await passageTo(server);
			const cutOff = await openMysql(
				() => settings({ port: passage.port }),
				UPGRADE,
			);
			try {
				let goOn = () => {};
				const holdsLock = new Promise<void>((resolve) => {
					goOn = resolve;
				});
				const work = cutOff.write(async (queries) => {
					await passage.close("says nothing");
					goOn();
					await delay(4_000);
					await sqlOf`select 1`.execute(queries);
				});
				const lost = expect(work).rejects.toMatchObject({
					code: "StoreUnavailable",
				});
				await holdsLock;
				const ms = await took(() => store.check(T0));
				expect(ms).toBeGreaterThan(1_000);
				// And what a busy machine takes to notice: far less than the server waits for a silent client by itself.
				expect(ms).toBeLessThan(8_000);
				await lost;
			} finally {
				await cutOff.close();
				passage.stop();
			}
		},
		TEST_MS,
	);

	test(
		"a session that nobody uses lives on, although the server ends a silent one",
		async () => {
			const { queries, close } = await openMysql(() => settings(), UPGRADE);
			const session = async () =>
				(await sqlOf`select connection_id() as id`.execute(queries)).rows;
			const before = await session();
			await delay(3_500);
			expect(await session()).toEqual(before);
			await close();
		},
		TEST_MS,
	);
});

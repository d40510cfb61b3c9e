// Baton with its store on a MySQL server, from the configuration to a failover, and through an outage of that server.

import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLab, type Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { newPrimary, recovered } from "./findings.ts";
import { type System, startSystem, TEST_MS, waitWatched } from "./system.ts";

const ACCOUNT = { user: "store", password: "store-secret" };

let storeLab: Lab;
let storeServer: LabServer;
let system: System;

beforeAll(async () => {
	storeLab = await createLab({ flavor: "mysql" });
	storeServer = await storeLab.startServer({ readOnlyAtStart: false });
	await storeServer.query(
		`CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}'`,
	);
	await storeServer.query(
		`GRANT ALL PRIVILEGES ON orchestrator.* TO '${ACCOUNT.user}'@'%'`,
	);
	system = await startSystem({
		flavor: "mysql",
		config: () => ({
			BackendDB: "mysql",
			MySQLOrchestratorHost: storeServer.host,
			MySQLOrchestratorPort: storeServer.port,
			MySQLOrchestratorDatabase: "orchestrator",
			MySQLOrchestratorUser: ACCOUNT.user,
			MySQLOrchestratorPassword: ACCOUNT.password,
			MySQLOrchestratorReadTimeoutSeconds: 2,
		}),
	});
}, TEST_MS);
afterAll(async () => {
	await system?.stop();
	await storeLab?.stop();
});

const stored = async () =>
	Number(
		(
			await storeServer.query(
				"SELECT count(*) AS n FROM orchestrator.database_instance",
			)
		)[0]?.n,
	);

test(
	"the topology is in the database, and commands read it there",
	async () => {
		expect(await stored()).toBe(system.servers.length);
		const { code, stdout } = await system.baton.command("-c", "clusters");
		expect({ code, stdout }).toEqual({
			code: 0,
			stdout: `${system.primary.name}\n`,
		});
	},
	TEST_MS,
);

test(
	"the store's server hangs, and is killed and started again: watching goes on, and its saves come through afterwards",
	async () => {
		storeServer.pause();
		await delay(4_000);
		storeServer.resume();
		await waitWatched(system);
		await storeServer.kill();
		await delay(2_000);
		await storeServer.start();
		await waitWatched(system);
		const { code } = await system.baton.command(
			"-c",
			"begin-downtime",
			"-i",
			system.replicas[0]?.name ?? "",
			"--owner",
			"ann",
			"--reason",
			"Größe",
			"--duration",
			"1m",
		);
		expect(code).toBe(0);
		await waitUntil("the downtime", async () =>
			system.inStore(
				async (store) =>
					(await store.downtimes.active(Date.now()))[0]?.reason === "Größe",
			),
		);
	},
	TEST_MS,
);

test(
	"a killed primary is replaced, and the recovery is in the database",
	async () => {
		await system.primary.kill();
		const next = await newPrimary(system, system.primary);
		expect(await recovered(system)).toMatchObject({ IsSuccessful: true });
		const [row] = await storeServer.query(
			"SELECT concat(successor_hostname, ':', successor_port) AS successor FROM orchestrator.topology_recovery",
		);
		expect(row?.successor).toBe(next.name);
	},
	TEST_MS,
);

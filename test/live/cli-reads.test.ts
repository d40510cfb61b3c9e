import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCli } from "../../src/cli/run.ts";
import { createDependencies } from "../../src/cli/wiring.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { Topology } from "../lab/laying.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import { commitErrant, stopReceiver } from "../lab/trouble.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

/** What the command line prints. @throws when it fails */
const commandLine = (configFile: string) => async (text: string) => {
	const written = { stdout: "", stderr: "" };
	const code = await createCli(createDependencies("baton")).run(
		["-config", configFile, "-c", ...text.split(" ")],
		{
			stdout: (chunk) => {
				written.stdout += chunk;
			},
			stderr: (chunk) => {
				written.stderr += chunk;
			},
		},
	);
	if (code !== 0) throw new Error(`${text}: ${written.stderr}`);
	return written.stdout;
};

describe.each(FLAVORS)("commands that look at a %s server", (flavor) => {
	let lab: Lab;
	let topology: Topology;
	let run: ReturnType<typeof commandLine>;

	beforeAll(async () => {
		lab = await createLab({ flavor });
		topology = await lab.lay({ replicas: 2, semiSync: false });
		const file = join(lab.directory, "baton.conf.json");
		writeFileSync(
			file,
			JSON.stringify({
				BackendDB: "sqlite",
				SQLite3DataFile: join(lab.directory, "baton.sqlite3"),
				MySQLTopologyUser: ACCOUNTS.orchestrator.user,
				MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
				MySQLHostnameResolveMethod: "none",
				DiscoverByShowSlaveHosts: true,
			}),
		);
		run = commandLine(file);
		for (const server of topology.servers)
			await run(`discover -i ${server.name}`);
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	const [CHANGED, CLEAN] = [0, 1];
	const replicaAt = (index: number) => {
		const replica = topology.replicas[index];
		if (replica === undefined) throw new Error("no such replica");
		return replica;
	};

	test("errant transactions are told and found in the binary logs", async () => {
		const [changed, clean] = [replicaAt(CHANGED), replicaAt(CLEAN)];
		await changed.query("FLUSH BINARY LOGS");
		await commitErrant(changed);
		await changed.query("FLUSH BINARY LOGS");
		const logs = (await changed.query("SHOW BINARY LOGS")).map((row) =>
			String(row.Log_name),
		);
		// The source goes on: what it passes on now is not errant.
		await topology.primary.query(
			"INSERT INTO app.writes VALUES (1, NOW(6), 'x')",
		);
		// MariaDB's strict mode does not take it beside a transaction of the replica's own.
		await waitCaughtUp(flavor === "mysql" ? changed : clean, topology.primary);

		const errant = (await run(`which-gtid-errant -i ${changed.name}`)).trim();
		expect(errant).toMatch(
			flavor === "mysql" ? /^[0-9a-f-]{36}:1-3$/ : /^0-\d+-\d+$/,
		);
		expect(await run(`locate-gtid-errant -i ${changed.name}`)).toBe(
			`${logs.at(-2)}\n`,
		);
		expect(await run(`which-gtid-errant -i ${clean.name}`)).toBe("\n");
		expect(await run(`which-gtid-errant -i ${topology.primary.name}`)).toBe(
			"\n",
		);

		// MariaDB keeps a log until the engine has passed its checkpoint.
		await waitUntil(
			"the binary log is purged",
			async () => {
				await changed.query(`PURGE BINARY LOGS TO '${logs.at(-1)}'`);
				return (await changed.query("SHOW BINARY LOGS")).length === 1;
			},
			10_000,
		);
		await expect(run(`locate-gtid-errant -i ${changed.name}`)).rejects.toThrow(
			"was purged",
		);
	});

	test("the printed statements restart what runs, and only that", async () => {
		const replica = replicaAt(CLEAN);
		const words = async (): Promise<string[]> =>
			(await run(`restart-replica-statements -i ${replica.name}`))
				.trim()
				.split("\n");
		const isRunning = async (thread: "IO" | "SQL") =>
			(await replicaStatus(replica))?.[
				flavor === "mysql"
					? `Replica_${thread}_Running`
					: `Slave_${thread}_Running`
			] === "Yes";
		await waitUntil("the receiver runs", () => isRunning("IO"), 10_000);

		const statements = await words();
		expect(statements.map((each) => each.split(" ")[0])).toEqual([
			"stop",
			"stop",
			"start",
			"start",
		]);
		for (const statement of statements.slice(0, 2))
			await replica.query(statement);
		expect(await words()).toEqual([""]);
		for (const statement of statements.slice(2)) await replica.query(statement);
		await waitUntil(
			"both threads run again",
			async () => (await isRunning("IO")) && (await isRunning("SQL")),
			10_000,
		);

		const relief = await stopReceiver(replica);
		expect((await words()).map((each) => each.split(" ").at(-1))).toEqual([
			"sql_thread;",
			"sql_thread;",
		]);
		await relief();
	});
});

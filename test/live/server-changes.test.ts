// The commands that change one server, asked for on the command line and by the API, judged on the servers.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { unlogged } from "../lab/statements.ts";
import {
	commitErrant,
	isReadOnly,
	replicationThreads,
} from "../lab/trouble.ts";
import { standAsLaid } from "./as-laid.ts";
import { startedByHand } from "./by-temporal.ts";
import { replicateAsSaid, replicationOf } from "./findings.ts";
import { look } from "./port.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
} from "./system.ts";

describe.each(FLAVORS)("one server of a watched %s topology", (flavor) => {
	let system: System;
	let primary: LabServer;
	let replica: LabServer;
	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 2,
			config: () => ({ AuditToBackendDB: true }),
		});
		const [first] = system.replicas;
		if (first === undefined) throw new Error("lay");
		primary = system.primary;
		replica = first;
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	beforeEach(() => standAsLaid(system, {}), TEST_MS);
	const command = (...words: string[]) => system.baton.command("-c", ...words);
	/** It must have printed the server's name. */
	const done = async (name: string, on: LabServer, ...flags: string[]) => {
		const ended = await command(name, "-i", on.name, ...flags);
		expect(ended, `${ended.stderr}\n${logTail(system)}`).toMatchObject({
			code: 0,
			stdout: `${on.name}\n`,
		});
	};
	const fails = async (words: readonly string[], why: RegExp) =>
		expect(await command(...words)).toMatchObject({
			code: 1,
			stdout: "",
			stderr: expect.stringMatching(why),
		});
	/** By the API, below `/api/`. */
	const call = (name: string, on: LabServer, rest = "") =>
		system.baton.get<Envelope>(`${name}/${on.host}/${on.port}${rest}`);
	const called = async (name: string, on: LabServer, rest = "") => {
		const answer = await call(name, on, rest);
		expect(answer, logTail(system)).toMatchObject({ Code: "OK" });
		return answer;
	};
	const isKeyOf = ({ host, port }: LabServer) => ({
		Key: { Hostname: host, Port: port },
	});
	const stopped = { receiver: "No", applier: "No" };

	test(
		"stops and starts replication, also by the older names, and is audited",
		async () => {
			await done("stop-replica", replica);
			expect(await replicationThreads(replica)).toEqual(stopped);
			await done("stop-slave", replica);
			expect(await called("start-slave", replica)).toMatchObject({
				Message: `${replica.name} replicates`,
				Details: isKeyOf(replica),
			});
			expect((await replicationOf(replica)).runs).toBe(true);
			await called("stop-replica-nice", replica);
			expect(await replicationThreads(replica)).toEqual(stopped);
			await done("restart-replica", replica);
			expect((await replicationOf(replica)).runs).toBe(true);
			expect(
				await startedByHand(system, "serverChange", {
					cluster: primary.name,
					instance: replica.name,
					change: { name: "stop-replica" },
				}),
			).toMatchObject({ successful: true, change: "stop-replica" });
			expect(await replicationThreads(replica)).toEqual(stopped);
			await done("start-replica", replica);
			await fails(["stop-replica", "-i", primary.name], /is not a replica/);
			expect(await call("start-replica", primary)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/is not a replica/),
			});
			const audited = async () =>
				(await system.baton.get<{ AuditType: string }[]>("audit")).map(
					(row) => row.AuditType,
				);
			await expect
				.poll(audited, { timeout: 15_000 })
				.toEqual(
					expect.arrayContaining([
						"stop-replica",
						"start-replica",
						"stop-replica-nice",
						"restart-replica",
					]),
				);
		},
		TEST_MS,
	);

	test(
		"is detached and attached again; a plan is shown, and noop changes nothing",
		async () => {
			const dry = await command(
				"detach-replica-master-host",
				"-i",
				replica.name,
				"-dry-run",
			);
			expect(dry.stdout).toContain(
				`call the source of ${replica.name} //${primary.name}`,
			);
			await fails(["detach-replica", "-i", replica.name, "-noop"], /noop/);
			expect((await replicationOf(replica)).source).toBe(primary.name);
			await done("detach-replica", replica);
			expect((await replicationOf(replica)).source).toBe(`//${primary.name}`);
			await fails(["detach-replica", "-i", replica.name], /detached already/);
			await fails(["start-replica", "-i", replica.name], /was detached/);
			expect(await called("reattach-slave", replica)).toMatchObject({
				Details: {
					...isKeyOf(replica),
					MasterKey: { Hostname: primary.host, Port: primary.port },
				},
			});
			expect(await replicationOf(replica)).toEqual({
				source: primary.name,
				runs: true,
			});
		},
		TEST_MS,
	);

	test(
		"replicates by file and position, and by GTID again; is delayed, and not",
		async () => {
			const usesGtid = async () => {
				const { usingOracleGtid, usingMariadbGtid } = (await look(replica))
					.replication;
				return usingOracleGtid || usingMariadbGtid;
			};
			await done("disable-gtid", replica);
			expect(await usesGtid()).toBe(false);
			await fails(
				["disable-gtid", "-i", replica.name],
				/does not replicate by/,
			);
			await called("enable-gtid", replica);
			expect(await usesGtid()).toBe(true);
			expect(await called("delay-replication", replica, "/30")).toMatchObject({
				Details: 30,
			});
			expect((await look(replica)).replication.sqlDelaySeconds).toBe(30);
			expect(await call("delay-replication", replica, "/x")).toMatchObject({
				Code: "ERROR",
			});
			await done("delay-replication", replica, "-duration", "0s");
			const status = (await replicaStatus(replica)) ?? {};
			expect(Number(status.SQL_Delay)).toBe(0);
			await replicateAsSaid(system, [[replica, primary]]);
		},
		TEST_MS,
	);

	test(
		"is made read-only and writable again, and no second one takes writes",
		async () => {
			await done("set-read-only", primary);
			expect(await isReadOnly(primary)).toBe(true);
			expect(await call("set-writeable", replica)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/two servers would take writes/),
			});
			await fails(["set-writeable", "-i", replica.name], /adopt -i/);
			expect(await isReadOnly(replica)).toBe(true);
			await called("set-writeable", primary);
			expect(await isReadOnly(primary)).toBe(false);
		},
		TEST_MS,
	);

	test(
		"acknowledges or not, has its logs flushed and deleted, and its clients' queries ended",
		async () => {
			await done("disable-semi-sync-replica", replica);
			await called("enable-semi-sync-replica", replica);
			await done("disable-semi-sync-master", primary);
			await called("enable-semi-sync-master", primary);
			const logs = async () =>
				(await primary.query("SHOW BINARY LOGS")).map((row) =>
					String(row.Log_name),
				);
			const before = await logs();
			await done("flush-binary-logs", primary);
			const [last = ""] = (await logs()).slice(-1);
			expect(before).not.toContain(last);
			await fails(
				["flush-binary-logs", "-i", primary.name, "-binlog", before[0] ?? ""],
				/not flushed backwards/,
			);
			await primary.query("DELETE FROM app.writes WHERE id = 0");
			for (const each of system.replicas) {
				await primary.query(
					"INSERT INTO app.writes VALUES (1, NOW(6), 'x') ON DUPLICATE KEY UPDATE at = NOW(6)",
				);
				await waitCaughtUp(each, primary);
			}
			await fails(["purge-binary-logs", "-i", primary.name], /give -binlog/);
			await done("stop-replica", replica);
			await called("flush-binary-logs", primary);
			await primary.query("UPDATE app.writes SET at = NOW(6)");
			const [newest = ""] = (await logs()).slice(-1);
			await fails(
				["purge-binary-logs", "-i", primary.name, "-binlog", newest],
				/still needs what would be deleted/,
			);
			await done("purge-binary-logs", primary, "-binlog", last);
			expect((await logs())[0]).toBe(last);
			await done("start-replica", replica);
			await waitCaughtUp(replica, primary);
			await called("purge-binary-logs", primary, "/latest?force=true");
			expect(await logs()).toEqual([newest]);
			const client = await primary.connect("app");
			const sleeping = client.query("SELECT SLEEP(60)").then(
				() => "ended",
				() => "ended",
			);
			await waitUntil("it to sleep", async () =>
				(await primary.query("SHOW PROCESSLIST")).some(
					(row) =>
						Number(row.Id) === client.threadId && row.Command === "Query",
				),
			);
			await called("kill-query", primary, `/${client.threadId}`);
			expect(await sleeping).toBe("ended");
			client.destroy();
		},
		TEST_MS,
	);

	test(
		"forgets its errant transactions, or others are given empty ones",
		async () => {
			if (flavor === "mariadb") {
				await fails(
					["gtid-errant-reset-master", "-i", replica.name],
					/gtid-errant-reset-master will not operate on .*: it has no GTIDs of MySQL/,
				);
				return;
			}
			await fails(
				["gtid-errant-reset-master", "-i", replica.name],
				/will not operate on .*: it has no errant GTID/,
			);
			const errant = async () => {
				const { stdout } = await command(
					"which-gtid-errant",
					"-i",
					replica.name,
				);
				return stdout.trim();
			};
			await commitErrant(replica);
			expect(await errant()).not.toBe("");
			const dry = await command(
				"gtid-errant-reset-master",
				"-i",
				replica.name,
				"-dry-run",
			);
			expect(dry.stdout).toMatch(/note: the binary logs of .* are deleted/);
			await done("gtid-errant-reset-master", replica);
			expect(await errant()).toBe("");
			await replicateAsSaid(system, [[replica, primary]]);
			await replica.query("SET GLOBAL super_read_only = 0");
			await replica.query("DROP DATABASE errant");
			await replica.query("SET GLOBAL super_read_only = 1");
			await waitUntil("it to be found", async () => {
				const { GtidErrant } = await system.baton.get<{ GtidErrant: string }>(
					`instance/${replica.host}/${replica.port}`,
				);
				return GtidErrant !== "";
			});
			expect(await called("gtid-errant-inject-empty", replica)).toMatchObject({
				Message: expect.stringMatching(/1 empty transaction was committed/),
			});
			expect(await errant()).toBe("");
			await waitCaughtUp(replica, primary);
		},
		TEST_MS,
	);

	test(
		"passes over a transaction that it failed on, and forgets its source",
		async () => {
			if (flavor === "mysql") {
				await unlogged(
					replica,
					"INSERT INTO app.writes VALUES (7, NOW(6), 'in the way')",
				);
				await primary.query("INSERT INTO app.writes VALUES (7, NOW(6), 'x')");
				await waitUntil(
					"the applier to stop",
					async () => (await replicationThreads(replica)).applier === "No",
				);
				await done("skip-query", replica);
				await waitCaughtUp(replica, primary);
			}
			await fails(["skip-query", "-i", replica.name], /applier of .* runs/);
			await done("reset-replica", replica);
			expect(await replicaStatus(replica)).toBeUndefined();
			expect(await isReadOnly(replica)).toBe(true);
		},
		TEST_MS,
	);
});

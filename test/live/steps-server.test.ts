// What the steps that change one server do to it, judged on the server.

import { describe, expect, test } from "vitest";
import { compareCoordinates } from "../../src/topology/coordinates.ts";
import type { Instance } from "../../src/topology/instance.ts";
import {
	replicaStatus,
	setSemiSyncSource,
	waitCaughtUp,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel, unlogged } from "../lab/statements.ts";
import {
	blockApplier,
	commitErrant,
	isReadOnly,
	replicationThreads,
	stallApplier,
} from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { look, receivedOf, run, stateOf } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const DONE = { outcome: "done", effect: "changed" } as const;
const ALREADY = { outcome: "already", effect: "unchanged" } as const;
const REFUSED = { outcome: "refused", effect: "unchanged" } as const;

describe.each(FLAVORS)("a step that changes one %s server", (flavor) => {
	let primary: LabServer;
	let replica: LabServer;
	let nextId = 1;
	const { reliefs } = layForEach({ flavor, replicas: 1 }, (...all) => {
		[primary, replica] = all as [LabServer, LabServer];
	});
	const isMySql = flavor === "mysql";
	const channel = "";
	const write = (id = nextId++) =>
		primary.query(
			`INSERT INTO app.writes VALUES (${id}, NOW(6), 'test')`,
			"app",
		);
	const rows = async (server: LabServer): Promise<number> => {
		const [row] = await server.query("SELECT COUNT(*) AS n FROM app.writes");
		return Number(row?.n);
	};
	const writeAndReceive = async () => {
		await write();
		const goal = await receivedOf(primary);
		await waitUntil(
			"the row to be received",
			async () => (await receivedOf(replica)) === goal,
		);
	};

	test(
		"stops both threads, and starts them and sees that they run",
		async () => {
			const on = replica.name;
			const stop = { do: "stopReplication", on, channel } as const;
			const start = { do: "runReplication", on, channel } as const;
			expect(await run(stop)).toMatchObject(DONE);
			expect(await replicationThreads(replica)).toEqual({
				receiver: "No",
				applier: "No",
			});
			expect(await run(stop)).toMatchObject(ALREADY);
			expect(await run(start)).toMatchObject(DONE);
			expect((await stateOf(replica)).runs).toBe(true);
			expect(await run(start)).toMatchObject(ALREADY);
			expect(await run({ ...stop, on: primary.name })).toMatchObject(ALREADY);
			expect(await run({ ...start, on: primary.name })).toMatchObject(REFUSED);
			if (!isMySql) return;
			await run(stop);
			const holds = [`${"1".repeat(8)}-1111-1111-1111-111111111111:1-5`];
			expect(await run({ ...start, holds })).toMatchObject(REFUSED);
		},
		TEST_MS,
	);

	test(
		"tells why replication that was started does not run",
		async () => {
			await run({ do: "stopReplication", on: replica.name, channel });
			await primary.kill();
			expect(
				await run(
					{ do: "runReplication", on: replica.name, channel },
					{ connectWithinMs: 700 },
				),
			).toMatchObject({
				outcome: "failed",
				effect: "changed",
				says: expect.stringMatching(/not running: it does not run yet/),
			});
		},
		TEST_MS,
	);

	test(
		"lets it apply what it received, and gives up on one that does not get on",
		async () => {
			const drain = { do: "drainReceived", on: replica.name, channel } as const;
			await blockApplier(replica);
			await writeAndReceive();
			expect(await run(drain)).toMatchObject(DONE);
			expect(await rows(replica)).toBe(await rows(primary));
			expect(await run(drain)).toMatchObject(ALREADY);
			reliefs.push(await stallApplier(replica));
			await writeAndReceive();
			expect(await run(drain, { stallMs: 700 })).toMatchObject({
				outcome: "failed",
			});
		},
		TEST_MS,
	);

	test(
		"detaches it, with nothing lost that was received, and attaches it again",
		async () => {
			const rename = (host: string) =>
				({
					do: "renameSource",
					on: replica.name,
					channel,
					host,
					port: primary.port,
				}) as const;
			const away = rename(`//${primary.host}`);
			// It is written to while nobody acknowledges.
			await setSemiSyncSource(primary, false);
			await write();
			await waitCaughtUp(replica, primary);
			expect(await run(away)).toMatchObject(DONE);
			const status = (await replicaStatus(replica)) ?? {};
			expect(status.Source_Host ?? status.Master_Host).toBe(
				`//${primary.host}`,
			);
			expect(await replicationThreads(replica)).toEqual({
				receiver: "No",
				applier: "Yes",
			});
			expect(await run(away)).toMatchObject(ALREADY);
			await write();
			// As it was before a step that was cut off when it had renamed it: on MariaDB with its applier stopped for that.
			const before = await look(replica);
			await sayOfChannel(replica, "STOP", "SQL_THREAD");
			expect(
				await run(rename(primary.host), { known: [before] }),
			).toMatchObject(DONE);
			expect(await replicationThreads(replica)).toEqual({
				receiver: "No",
				applier: "Yes",
			});
			await run({ do: "runReplication", on: replica.name, channel });
			await waitCaughtUp(replica, primary);
			expect(await rows(replica)).toBe(await rows(primary));
			// What it has received would be deleted; on MariaDB it is applied when its receiver stops.
			await blockApplier(replica);
			await writeAndReceive();
			expect(await run(away)).toMatchObject({
				outcome: isMySql ? "refused" : "done",
			});
			await run(rename(primary.host));
			await run({ do: "runReplication", on: replica.name, channel });
			await waitCaughtUp(replica, primary);
			expect(await rows(replica)).toBe(await rows(primary));
		},
		TEST_MS,
	);

	test(
		"lets it replicate by file and position, and by GTID again, where it stands",
		async () => {
			const on = replica.name;
			const set = (byGtid: boolean) =>
				({ do: "setPositioning", on, channel, byGtid }) as const;
			const usesGtid = async () => {
				const { usingOracleGtid, usingMariadbGtid } = (await look(replica))
					.replication;
				return usingOracleGtid || usingMariadbGtid;
			};
			const onward = async () => {
				await run({ do: "runReplication", on, channel });
				await write();
				await waitCaughtUp(replica, primary);
				expect(await rows(replica)).toBe(await rows(primary));
			};
			await setSemiSyncSource(primary, false);
			await write();
			await waitCaughtUp(replica, primary);
			expect(await run(set(false))).toMatchObject(REFUSED);
			await run({ do: "stopReplication", on, channel });
			expect(await run(set(true))).toMatchObject(ALREADY);
			expect(await run(set(false))).toMatchObject(DONE);
			expect(await usesGtid()).toBe(false);
			await onward();
			// Renamed by file and position it keeps its place, too.
			for (const host of [`//${primary.host}`, primary.host])
				expect(
					await run({
						do: "renameSource",
						on,
						channel,
						host,
						port: primary.port,
					}),
				).toMatchObject(DONE);
			await onward();
			await run({ do: "stopReplication", on, channel });
			expect(await run(set(true))).toMatchObject(DONE);
			expect(await usesGtid()).toBe(true);
			await onward();
		},
		TEST_MS,
	);

	test(
		"takes what is whole for applied where it received half of a transaction",
		async () => {
			const on = replica.name;
			await setSemiSyncSource(primary, false);
			await write();
			await waitCaughtUp(replica, primary);
			await run({ do: "stopReplication", on, channel });
			await run({ do: "setPositioning", on, channel, byGtid: false });
			await primary.query("CREATE TABLE app.wide (text LONGTEXT)");
			const wide = () =>
				primary.query(
					"INSERT INTO app.wide SELECT REPEAT('x', 1000000) FROM app.writes AS a, app.writes AS b LIMIT 40",
				);
			while ((await rows(primary)) < 7) await write();
			const stands = async () => (await look(replica)).replication;
			const isHalf = async (): Promise<boolean> => {
				await run({ do: "runReplication", on, channel });
				await waitCaughtUp(replica, primary);
				const from = (await stands()).readCoordinates;
				await wide();
				const end = (await look(primary)).selfCoordinates;
				await waitUntil(
					"some of it to come",
					async () =>
						compareCoordinates((await stands()).readCoordinates, from) !== 0,
				);
				await run({ do: "stopReceiver", on, channel });
				const { readCoordinates } = await stands();
				return compareCoordinates(readCoordinates, end) < 0;
			};
			for (let tries = 1; !(await isHalf()); tries++)
				if (tries === 10) throw new Error("no transaction came half");
			const drained = await run(
				{ do: "drainReceived", on, channel },
				{ stallMs: 10_000 },
			);
			// By the GTIDs of MySQL, which are of whole transactions, there was nothing to apply.
			expect(drained, drained.says).toMatchObject({
				outcome: isMySql ? "already" : "done",
			});
			const { execCoordinates, readCoordinates } = await stands();
			expect(compareCoordinates(execCoordinates, readCoordinates)).toBeLessThan(
				0,
			);
			await run({ do: "runReplication", on, channel });
			await waitCaughtUp(replica, primary);
			expect(await rows(replica)).toBe(await rows(primary));
		},
		TEST_MS,
	);

	test(
		"passes over the transaction that its applier failed on, and over no other",
		async () => {
			const id = nextId;
			await unlogged(
				replica,
				// MariaDB lets nobody else set the counter.
				...(isMySql ? [] : ["GRANT SUPER ON *.* TO orchestrator@'%'"]),
				`INSERT INTO app.writes VALUES (${id}, NOW(6), 'in the way')`,
			);
			if (!isMySql)
				reliefs.push(() =>
					unlogged(replica, "REVOKE SUPER ON *.* FROM orchestrator@'%'"),
				);
			await write();
			await write();
			const failed = async () =>
				(await look(replica)).replication.lastApplierError !== "";
			await waitUntil("the applier to fail", failed);
			await waitUntil(
				"it to stop",
				async () => (await replicationThreads(replica)).applier === "No",
			);
			const { execCoordinates: at } = (await look(replica)).replication;
			const skip = {
				do: "skipTransaction",
				on: replica.name,
				channel,
				at,
			} as const;
			expect(
				await run({ ...skip, at: { ...at, position: at.position + 1 } }),
			).toMatchObject(REFUSED);
			const skipped = await run(skip);
			expect(skipped, skipped.says).toMatchObject(DONE);
			expect(await run(skip)).toMatchObject(ALREADY);
			expect(
				await run({ do: "runReplication", on: replica.name, channel }),
			).toMatchObject(DONE);
			await waitCaughtUp(replica, primary);
			const [row] = await replica.query(
				`SELECT writer FROM app.writes WHERE id = ${id}`,
			);
			expect(row?.writer).toBe("in the way");
			expect(await rows(replica)).toBe(await rows(primary));
			expect(await run(skip)).toMatchObject(REFUSED);
		},
		TEST_MS,
	);

	test(
		"makes it read-only and writable, and ends nobody's session",
		async () => {
			const client = await primary.connect("app");
			const set = (readOnly: boolean) =>
				({ do: "setReadOnly", on: primary.name, readOnly }) as const;
			try {
				expect(await run(set(true))).toMatchObject(DONE);
				expect(await isReadOnly(primary)).toBe(true);
				expect(await run(set(true))).toMatchObject(ALREADY);
				await expect(
					client.query("DELETE FROM app.writes WHERE id = 0"),
				).rejects.toThrow(/read.only/);
				expect(await run(set(false))).toMatchObject(DONE);
				await client.query("DELETE FROM app.writes WHERE id = 0");
				expect(await run(set(false))).toMatchObject(ALREADY);
			} finally {
				client.destroy();
			}
		},
		TEST_MS,
	);

	test(
		"switches either side of semi-sync, and its source hears of it",
		async () => {
			const known = [await look(primary), await look(replica)];
			const set = (
				server: LabServer,
				side: "source" | "replica",
				on: boolean,
			) =>
				run(
					{ do: "setSemiSync", on: server.name, side, enabled: on },
					{ known, nowMs: () => 0 },
				);
			// Whoever plans next takes a receiver that is connecting for one that does not replicate.
			const connected = {
				...DONE,
				seen: [{ name: replica.name, replication: { receiver: 1 } }],
			};
			const clients = async () => {
				const found = await primary.query(
					"SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync%clients'",
				);
				return Math.max(...found.map((row) => Number(row.Value)));
			};
			expect(await set(primary, "source", true)).toMatchObject(ALREADY);
			expect(await set(replica, "replica", false)).toMatchObject(connected);
			await waitUntil("it to be missed", async () => (await clients()) === 0);
			expect((await stateOf(replica)).runs).toBe(true);
			expect(await set(replica, "replica", true)).toMatchObject(connected);
			await waitUntil("it to be counted", async () => (await clients()) === 1);
			expect(await set(primary, "source", false)).toMatchObject(DONE);
			expect(await set(primary, "source", false)).toMatchObject(ALREADY);
			expect(await set(primary, "source", true)).toMatchObject(DONE);
		},
		TEST_MS,
	);

	test(
		"starts a receiver that was left stopped when semi-sync was switched, and none that was stopped before",
		async () => {
			const set = (enabled: boolean, known: readonly Instance[]) =>
				run(
					{ do: "setSemiSync", on: replica.name, side: "replica", enabled },
					{ known },
				);
			const ran = await look(replica);
			await sayOfChannel(replica, "STOP", "IO_THREAD");
			const stopped = await look(replica);
			expect(await set(true, [stopped])).toMatchObject(ALREADY);
			expect((await replicationThreads(replica)).receiver).toBe("No");
			// A try before it had switched it on.
			expect(await set(true, [ran])).toMatchObject(DONE);
			await waitUntil(
				"it to receive",
				async () => (await replicationThreads(replica)).receiver === "Yes",
			);
			// It takes one back that was cut off.
			await sayOfChannel(replica, "STOP", "IO_THREAD");
			await setSemiSyncSource(primary, false);
			expect(await set(false, [ran])).toMatchObject(DONE);
			await waitUntil(
				"it to receive again",
				async () => (await replicationThreads(replica)).receiver === "Yes",
			);
			expect(await set(true, [ran])).toMatchObject(DONE);
		},
		TEST_MS,
	);

	test(
		"flushes and deletes binary logs",
		async () => {
			const on = primary.name;
			const logs = async () =>
				(await primary.query("SHOW BINARY LOGS")).map((row) =>
					String(row.Log_name),
				);
			const [from = ""] = (await logs()).slice(-1);
			const flush = { do: "flushLogs", on, from } as const;
			expect(await run(flush)).toMatchObject(DONE);
			expect(await run(flush)).toMatchObject(ALREADY);
			const number = Number(from.split(".")[1]);
			const named = (more: number) =>
				`${from.split(".")[0]}.${String(number + more).padStart(6, "0")}`;
			expect(await run({ ...flush, upTo: named(3) })).toMatchObject(DONE);
			expect((await logs()).at(-1)).toBe(named(3));
			expect(await run({ ...flush, upTo: named(3) })).toMatchObject(ALREADY);
			await waitUntil(
				"the replica to read the last",
				async () =>
					(await look(replica)).replication.readCoordinates.file === named(3),
			);
			const purge = { do: "purgeLogs", on, upTo: named(3) } as const;
			expect(await run({ ...purge, upTo: named(9) })).toMatchObject(REFUSED);
			// MariaDB keeps a log until a thread of its own has gone on from it, a moment later.
			await waitUntil("the server to need no other", async () => {
				const { outcome, says } = await run(purge);
				if (outcome !== "done") expect(says).toContain("still has");
				return outcome === "done";
			});
			expect(await logs()).toEqual([named(3)]);
			expect(await run(purge)).toMatchObject(ALREADY);
		},
		TEST_MS,
	);

	test(
		"ends what a connection runs, and no thread of the server",
		async () => {
			const client = await primary.connect("app");
			try {
				const sleeping = client.query("SELECT SLEEP(60) AS slept");
				const ended = sleeping.then(
					([found]) => (found as { slept: number }[])[0]?.slept,
					() => 1,
				);
				const process = client.threadId;
				const runs = async () => {
					const found = await primary.query("SHOW PROCESSLIST");
					return found.some(
						(row) => Number(row.Id) === process && row.Command === "Query",
					);
				};
				await waitUntil("it to sleep", runs);
				const kill = { do: "killQuery", on: primary.name, process } as const;
				expect(await run(kill)).toMatchObject({ outcome: "done" });
				expect(await ended).toBe(1);
				await client.query("SELECT 1");
				expect(await run({ ...kill, process: 999_999_999 })).toMatchObject(
					REFUSED,
				);
				const own = (await replica.query("SHOW PROCESSLIST")).find(
					(row) => row.User === "system user",
				);
				expect(
					await run({ ...kill, on: replica.name, process: Number(own?.Id) }),
				).toMatchObject(REFUSED);
			} finally {
				client.destroy();
			}
		},
		TEST_MS,
	);

	if (isMySql)
		test(
			"lets it forget errant transactions, or gives empty ones to the others",
			async () => {
				await write();
				await write();
				await commitErrant(replica);
				await waitCaughtUp(replica, primary);
				const { executedGtid: all } = await look(replica);
				const { executedGtid: known } = await look(primary);
				const keeps = [known];
				const [row] = await replica.query(
					`SELECT GTID_SUBTRACT('${all}', '${known}') AS errant`,
				);
				const errant = String(row?.errant).split(",");
				const inject = {
					do: "injectEmpty",
					on: primary.name,
					gtids: errant,
				} as const;
				const reset = {
					do: "resetBinaryLogs",
					on: replica.name,
					keeps,
					errant,
				} as const;
				expect(await run(reset)).toMatchObject({ outcome: "refused" });
				await sayOfChannel(replica, "STOP", "");
				expect(
					await run({ ...reset, keeps: [known.replace(/-\d+$/, "")] }),
				).toMatchObject(REFUSED);
				expect(await run(reset)).toMatchObject(DONE);
				expect((await look(replica)).executedGtid).toBe(known);
				expect(await run(reset)).toMatchObject(ALREADY);
				// A try that came half way is gone on with.
				await replica.query("RESET BINARY LOGS AND GTIDS");
				expect(
					await run({
						do: "runReplication",
						on: replica.name,
						channel,
						holds: keeps,
					}),
				).toMatchObject(REFUSED);
				expect(await run(reset)).toMatchObject(DONE);
				expect(
					await run({
						do: "runReplication",
						on: replica.name,
						channel,
						holds: keeps,
					}),
				).toMatchObject(DONE);
				await write();
				await waitCaughtUp(replica, primary);
				expect(await run(inject)).toMatchObject(DONE);
				expect(await run(inject)).toMatchObject(ALREADY);
				await write();
				await waitCaughtUp(replica, primary);
				expect((await look(primary)).executedGtid).toContain(errant[0]);
			},
			TEST_MS,
		);
});

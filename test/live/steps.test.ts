// What a step says to one server about its channel, and what it answers when that goes wrong.

import { describe, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { unlogged } from "../lab/statements.ts";
import {
	blockApplier,
	replicationThreads,
	stallApplier,
} from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { look, receivedOf, run, stateOf, step } from "./port.ts";
import { killedAfter } from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

describe.each(FLAVORS)("a step on a %s server", (flavor) => {
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	let nextId = 1;
	const { reliefs } = layForEach({ flavor, replicas: 2 }, (...all) => {
		[primary, first, second] = all as [LabServer, LabServer, LabServer];
	});

	const write = () =>
		primary.query(
			`INSERT INTO app.writes VALUES (${nextId++}, NOW(6), 'test')`,
			"app",
		);
	/** A row that the first replica has received, whether or not it applies it. */
	const writeAndReceive = async () => {
		await write();
		const goal = await receivedOf(primary);
		await waitUntil(
			"the row to be received",
			async () => (await receivedOf(first)) === goal,
		);
		return goal;
	};
	const word = flavor === "mysql" ? "REPLICA" : "SLAVE";

	test(
		"stops and starts a receiver once, and the applier goes on",
		async () => {
			const stop = { do: "stopReceiver", on: first.name, channel: "" } as const;
			const start = { ...stop, do: "startReceiver" } as const;
			expect(await run(stop)).toMatchObject({
				outcome: "done",
				effect: "changed",
				seen: [{ name: first.name, replication: { receiver: 0, applier: 1 } }],
			});
			expect(await run(stop)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			expect(await replicationThreads(first)).toEqual({
				receiver: "No",
				applier: "Yes",
			});
			expect(await run(start)).toMatchObject({
				outcome: "done",
				effect: "changed",
			});
			await waitUntil(
				"the receiver to run",
				async () => (await replicationThreads(first)).receiver === "Yes",
			);
			expect(await run(start)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			// The receiver only: a person stopped the applier.
			await first.query(`STOP ${word}`);
			expect(await run(start)).toMatchObject({ outcome: "done" });
			expect(await replicationThreads(first)).toMatchObject({ applier: "No" });
			expect(
				await run({ do: "startReplication", on: first.name, channel: "" }),
			).toMatchObject({ outcome: "done", effect: "changed" });
			await waitUntil("both to run", async () => (await stateOf(first)).runs);
		},
		TEST_MS,
	);

	test(
		"on a server that replicates from nobody changes nothing",
		async () => {
			for (const kind of [
				"stopReceiver",
				"startReceiver",
				"startReplication",
				"forgetSource",
			] as const)
				expect(
					await run({ do: kind, on: primary.name, channel: "" }),
				).toMatchObject({ outcome: "already", effect: "unchanged" });
			// Neither does one for a channel that is not there.
			expect(
				await run({ do: "stopReceiver", on: first.name, channel: "other" }),
			).toMatchObject({ outcome: "already", effect: "unchanged" });
			expect((await stateOf(first)).runs).toBe(true);
		},
		TEST_MS,
	);

	test(
		"that a server refuses is an answer: failed, and nothing changed",
		async () => {
			const privilege =
				flavor === "mysql"
					? "REPLICATION_SLAVE_ADMIN"
					: "REPLICATION SLAVE ADMIN";
			await unlogged(first, `REVOKE ${privilege} ON *.* FROM orchestrator@'%'`);
			try {
				expect(
					await run({ do: "stopReceiver", on: first.name, channel: "" }),
				).toMatchObject({
					outcome: "failed",
					effect: "unchanged",
					says: expect.stringContaining(first.name),
				});
			} finally {
				await unlogged(first, `GRANT ${privilege} ON *.* TO orchestrator@'%'`);
			}
			expect((await stateOf(first)).runs).toBe(true);
		},
		TEST_MS,
	);

	test(
		"to a server that is not there has changed nothing; one whose session is lost at a write does not know",
		async () => {
			expect(
				await run(
					{ do: "stopReceiver", on: first.name, channel: "" },
					{ through: killedAfter(/STOP/, first) },
				),
			).toMatchObject({ outcome: "failed", effect: "unknown", seen: [] });
			await second.kill();
			expect(
				await run({ do: "stopReceiver", on: second.name, channel: "" }),
			).toMatchObject({ outcome: "failed", effect: "unchanged", seen: [] });
		},
		TEST_MS,
	);

	test(
		"applies what was received, also what others have received of it",
		async () => {
			const apply = {
				do: "applyReceived",
				on: first.name,
				channel: "",
				of: [],
			} as const;
			await blockApplier(first);
			const goal = await writeAndReceive();
			expect(await run(apply)).toMatchObject({
				outcome: "done",
				effect: "changed",
				seen: [{ executedGtid: goal }],
			});
			expect(await run(apply)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			// It has to come from the primary yet.
			await run({ do: "stopReceiver", on: first.name, channel: "" });
			await write();
			const known = [await look(primary)];
			let waits = (): void => undefined;
			const waiting = new Promise<void>((resolve) => {
				waits = resolve;
			});
			const more = run(
				{ ...apply, of: [primary.name] },
				{
					known,
					beat: (says) => {
						if (says.includes("still has to apply")) waits();
					},
				},
			);
			await waiting;
			await first.query(`START ${word} IO_THREAD`);
			expect(await more).toMatchObject({
				outcome: "done",
				seen: [{ executedGtid: known[0]?.executedGtid }],
			});
		},
		TEST_MS,
	);

	test(
		"gives up on an applier that does not move, and says behind which lock it is",
		async () => {
			const beats: string[] = [];
			reliefs.push(await stallApplier(first));
			await writeAndReceive();
			expect(
				await run(
					{ do: "applyReceived", on: first.name, channel: "", of: [] },
					{ stallMs: 1_500, beat: (says) => beats.push(says) },
				),
			).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringMatching(
					flavor === "mysql"
						? /applied nothing for 2 s; it waits behind a lock \(.*held by session \d+ of root\); it still lacks/
						: /applied nothing for 2 s; it waits behind a lock \(.*\); it still lacks/,
				),
			});
			expect(beats.length).toBeGreaterThan(0);
		},
		TEST_MS,
	);

	test(
		"does not take one large transaction for silence",
		async () => {
			const rows = flavor === "mysql" ? 120_000 : 300_000;
			await primary.query(
				flavor === "mysql"
					? `INSERT INTO app.writes WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 1000 + b.i, NOW(6), 'large' FROM n a JOIN n b WHERE a.i <= ${rows / 1000}`
					: `INSERT INTO app.writes SELECT seq, NOW(6), 'large' FROM app.seq_1_to_${rows}`,
			);
			await waitCaughtUp(first, primary);
			await blockApplier(first);
			await primary.query("UPDATE app.writes SET writer = CONCAT(writer, '!')");
			const goal = await receivedOf(primary);
			await waitUntil(
				"the change to be received",
				async () => (await receivedOf(first)) === goal,
			);
			// Much less than it takes: the position stands still all the while.
			const startedMs = performance.now();
			const stallMs = 500;
			expect(
				await run(
					{ do: "applyReceived", on: first.name, channel: "", of: [] },
					{ stallMs },
				),
			).toMatchObject({ outcome: "done", seen: [{ executedGtid: goal }] });
			expect(performance.now() - startedMs).toBeGreaterThan(2 * stallMs);
		},
		TEST_MS,
	);

	test(
		"fails at once on an applier that is broken",
		async () => {
			await unlogged(first, "DROP TABLE app.writes");
			try {
				await write();
				const startedMs = performance.now();
				expect(
					await run(
						{
							do: "applyReceived",
							on: first.name,
							channel: "",
							of: [primary.name],
						},
						{ stallMs: 60_000, known: [await look(primary)] },
					),
				).toMatchObject({
					outcome: "failed",
					says: expect.stringMatching(/the applier of .* is broken: /),
				});
				expect(performance.now() - startedMs).toBeLessThan(15_000);
			} finally {
				await unlogged(
					first,
					"CREATE TABLE app.writes (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL, writer VARCHAR(64) NOT NULL)",
				);
			}
		},
		TEST_MS,
	);

	test(
		"ends when it is cancelled while it waits",
		async () => {
			reliefs.push(await stallApplier(first));
			await writeAndReceive();
			const controller = new AbortController();
			const waiting = run(
				{ do: "applyReceived", on: first.name, channel: "", of: [] },
				{ stallMs: 60_000, guard: { signal: controller.signal } },
			);
			const ended = expect(waiting).rejects.toMatchObject({
				code: "Superseded",
			});
			setTimeout(() => controller.abort(), 500);
			await ended;
		},
		TEST_MS,
	);

	test(
		"that was superseded writes nothing: neither before it begins, nor between two statements",
		async () => {
			const before = await stateOf(first);
			const stop = { do: "stopReceiver", on: first.name, channel: "" } as const;
			await expect(
				run(stop, { guard: { isCurrent: async () => false } }),
			).rejects.toThrow(/a newer attempt or operation has taken over/);
			let current = true;
			await expect(
				run(stop, {
					guard: { isCurrent: async () => current },
					through: (session) => ({
						...session,
						read: async (...asked) => {
							const rows = await session.read(...asked);
							current = false;
							return rows;
						},
					}),
				}),
			).rejects.toMatchObject({ code: "Superseded" });
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"takes the server's lock from an older attempt, whose session ends",
		async () => {
			const before = await stateOf(first);
			let begun = () => {};
			let goOn = () => {};
			const hasBegun = new Promise<void>((resolve) => {
				begun = resolve;
			});
			const mayGoOn = new Promise<void>((resolve) => {
				goOn = resolve;
			});
			const older = run(
				{ do: "stopReceiver", on: first.name, channel: "" },
				{
					through: (session) => ({
						...session,
						read: async (...asked) => {
							begun();
							await mayGoOn;
							return session.read(...asked);
						},
					}),
				},
			);
			await hasBegun;
			const newer = await step(first, (session) => session.look());
			expect(newer.name).toBe(first.name);
			goOn();
			expect(await older).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
			});
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"stops a receiver whose source hangs, and leaves the server's patience as it was",
		async () => {
			const patience = async () =>
				flavor === "mysql"
					? []
					: first.query(
							"SELECT @@global.rpl_semi_sync_slave_kill_conn_timeout AS s",
						);
			const before = await patience();
			primary.pause();
			try {
				const stop = {
					do: "stopReceiver",
					on: first.name,
					channel: "",
				} as const;
				// Its session is lost in the middle of the wait.
				const lost = await run(stop, {
					through: killedAfter(/STOP/, first),
				});
				expect(lost).toMatchObject({ outcome: "failed", effect: "unknown" });
				expect(await patience()).toEqual(before);
				await waitUntil(
					"the receiver to stop",
					async () => (await run(stop)).outcome === "already",
				);
				expect(await patience()).toEqual(before);
			} finally {
				primary.resume();
			}
		},
		TEST_MS,
	);

	test(
		"does not throw away what was received, wherever that would happen",
		async () => {
			await blockApplier(first);
			const goal = await writeAndReceive();
			// MariaDB forgets what it received when it starts with both threads stopped.
			expect(
				await run({ do: "stopReceiver", on: first.name, channel: "" }),
			).toMatchObject({ outcome: "done" });
			if (flavor === "mysql") {
				expect(await receivedOf(first)).toBe(goal);
				expect(
					await run({
						do: "applyReceived",
						on: first.name,
						channel: "",
						of: [],
					}),
				).toMatchObject({ outcome: "done" });
			}
			await waitUntil(
				"it to be applied",
				async () => (await look(first)).executedGtid === goal,
			);

			// Both stopped by a person, and the source gone.
			await first.query(`START ${word}`);
			await blockApplier(first);
			const kept = await writeAndReceive();
			await first.query(`STOP ${word}`);
			await second.query(`STOP ${word}`);
			await primary.kill();
			const apply = {
				do: "applyReceived",
				on: first.name,
				channel: "",
				of: [],
			} as const;
			if (flavor === "mariadb") {
				for (const kind of ["startReceiver", "startReplication"] as const)
					expect(
						await run({ do: kind, on: first.name, channel: "" }),
					).toMatchObject({
						outcome: "refused",
						effect: "unchanged",
						says: expect.stringContaining("throw them away"),
					});
				expect(await run(apply)).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
				});
			} else expect(await run(apply)).toMatchObject({ outcome: "done" });
			expect(await receivedOf(first)).toBe(kept);
		},
		TEST_MS,
	);

	test(
		"takes the delay off, and what was received is applied after it",
		async () => {
			await run({ do: "stopReceiver", on: second.name, channel: "" });
			const delay = (seconds: number) =>
				run({ do: "setDelay", on: first.name, channel: "", seconds });
			// More than the server takes: the applier runs again, as if nothing had been.
			expect(await delay(2 ** 31)).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
			});
			const runs = () =>
				waitUntil("both to run", async () => (await stateOf(first)).runs);
			await runs();
			expect(await delay(3600)).toMatchObject({ outcome: "done" });
			expect(await delay(3600)).toMatchObject({ outcome: "already" });
			await runs();
			const goal = await writeAndReceive();
			expect((await look(first)).executedGtid).not.toBe(goal);
			expect(
				await run(
					{ do: "applyReceived", on: first.name, channel: "", of: [] },
					{ stallMs: 60_000 },
				),
			).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("delayed by 3600 s"),
			});
			await primary.kill();
			if (flavor === "mariadb") {
				expect(await delay(0)).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
					says: expect.stringContaining("would delete them"),
				});
				expect(await receivedOf(first)).toBe(goal);
				return;
			}
			expect(await delay(0)).toMatchObject({ outcome: "done" });
			await waitUntil(
				"it to be applied",
				async () => (await look(first)).executedGtid === goal,
			);
		},
		TEST_MS,
	);

	test(
		"changes no delay where that would delete what was received",
		async () => {
			await blockApplier(first);
			const goal = await writeAndReceive();
			await first.query(`STOP ${word} IO_THREAD`);
			const before = await look(first);
			expect(
				await run({ do: "setDelay", on: first.name, channel: "", seconds: 5 }),
			).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("would delete them"),
			});
			expect(await receivedOf(first)).toBe(goal);
			expect((await look(first)).replication).toEqual(before.replication);
		},
		TEST_MS,
	);

	test(
		"finds the replication account on the first server that has it, and tells why others have not",
		async () => {
			const from = [primary.name, first.name];
			const { repl } = ACCOUNTS;
			const query = `SELECT '${repl.user}', '${repl.password}'`;
			const found = await run({ do: "findCredential", on: first.name, from });
			if (flavor === "mysql")
				expect(found).toMatchObject({
					outcome: "done",
					effect: "unchanged",
					says: expect.stringContaining(`account repl on ${first.name}`),
				});
			else
				expect(found).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
					says: expect.stringContaining("ReplicationCredentialsQuery"),
				});
			expect(
				await run(
					{ do: "findCredential", on: first.name, from },
					{ credentialsQuery: query },
				),
			).toMatchObject({
				outcome: "done",
				says: expect.stringContaining(primary.name),
			});
			expect(found.says).not.toContain(repl.password);
		},
		TEST_MS,
	);
});

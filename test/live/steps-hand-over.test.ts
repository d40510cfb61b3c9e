// The part of a takeover that clients feel, and every way in which it can break.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { SemiSyncPolicy, StepOf } from "../../src/planning/step.ts";
import {
	semiSyncState,
	setReadOnly,
	setSemiSyncSource,
	waitUntil,
} from "../lab/replication.ts";
import { resetTopology } from "../lab/reset.ts";
import type { LabServer } from "../lab/server.ts";
import { unlogged } from "../lab/statements.ts";
import { isReadOnly, stallApplier } from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { look, receivedOf, run, type StepOptions, stateOf } from "./port.ts";
import {
	atPart,
	atWrites,
	killedAfter,
	killSessions,
	sqlOf,
} from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const LOSSLESS: SemiSyncPolicy = {
	sourceEnabled: true,
	sourceTimeoutMs: 4294967295,
	waitForReplicaCount: 1,
	waitPoint: "AFTER_SYNC",
};

const insert = (id: number) =>
	`INSERT INTO app.writes VALUES (${id}, NOW(6), 'test')`;

/** Writes one row after the other over one connection until a write is refused; answers the ids that were acknowledged. */
const writeOn = async (
	server: LabServer,
	as: "app" | "root",
	fromId: number,
) => {
	const connection = await server.connect(as);
	const acknowledged: number[] = [];
	let lastMs = 0;
	let goesOn = true;
	const running = (async () => {
		for (let id = fromId; goesOn; id++)
			try {
				await connection.query(insert(id));
				acknowledged.push(id);
				lastMs = performance.now();
			} catch {
				return;
			}
	})();
	return {
		acknowledged,
		lastMs: () => lastMs,
		stop: async () => {
			goesOn = false;
			await running;
			connection.destroy();
		},
	};
};

describe.each(FLAVORS)("handing over from a %s primary", (flavor) => {
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	const { topology, reliefs } = layForEach(
		{ flavor, replicas: 2 },
		(...all) => {
			[primary, first, second] = all as [LabServer, LabServer, LabServer];
		},
	);

	const handOver = (
		options: StepOptions = {},
		details: Partial<Omit<StepOf<"handOver">, "do" | "on" | "from">> = {},
	) =>
		run(
			{
				do: "handOver",
				on: first.name,
				from: primary.name,
				semiSync: LOSSLESS,
				catchUpMs: 5_000,
				transactionsMs: 1_000,
				gapMs: 5_000,
				...details,
			},
			options,
		);
	/** The second replica acknowledges for the new primary, so that it can be written to. */
	const followed = async () => {
		expect(
			await run({
				do: "moveBelow",
				on: second.name,
				source: first.name,
				channel: "",
				sourceUuid: "",
				sourceId: first.serverId,
			}),
		).toMatchObject({ outcome: "done" });
	};
	const asItWas = async () => ({
		primary: {
			...(await stateOf(primary)),
			superReadOnly: (await look(primary)).superReadOnly,
			semiSync: (await semiSyncState(primary)).active,
		},
		first: {
			...(await stateOf(first)),
			semiSync: (await semiSyncState(first)).active,
		},
	});
	/** Ids of the rows on a server, as far as they are among those. */
	const presentOn = async (server: LabServer, ids: readonly number[]) => {
		const rows = await server.query("SELECT id FROM app.writes");
		const there = new Set(rows.map(({ id }) => Number(id)));
		return ids.filter((id) => there.has(id));
	};

	test(
		"brings all writes along, once, and the channel stays",
		async () => {
			await followed();
			const writer = await writeOn(primary, "app", 1);
			await waitUntil("writes", async () => writer.acknowledged.length > 20);
			const parts: string[] = [];
			const answer = await handOver({
				through: (session) => ({
					...session,
					part: (name) => {
						parts.push(name);
						session.part(name);
					},
				}),
			});
			expect(answer).toMatchObject({
				outcome: "done",
				effect: "changed",
				reached: "opened",
				seen: expect.arrayContaining([
					expect.objectContaining({ name: primary.name, readOnly: true }),
					expect.objectContaining({ name: first.name, readOnly: false }),
				]),
			});
			expect(parts).toEqual([
				"catching up",
				"blocking writes",
				"writes blocked",
				"opening",
				"opened",
			]);
			await writer.stop();
			expect(await isReadOnly(primary)).toBe(true);
			expect(await presentOn(first, writer.acknowledged)).toEqual(
				writer.acknowledged,
			);
			expect(await presentOn(primary, writer.acknowledged)).toEqual(
				writer.acknowledged,
			);
			expect((await stateOf(first)).source).toBe(primary.name);
			expect((await look(first)).replication.receiver).toBe(0);
			expect((await semiSyncState(first)).active).toBe(true);
			expect((await semiSyncState(primary)).active).toBe(false);
			expect(await handOver()).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
		},
		TEST_MS,
	);

	test(
		"loses no write of an account that read-only does not hold up",
		async () => {
			await followed();
			const writer = await writeOn(primary, "root", 1);
			await waitUntil("writes", async () => writer.acknowledged.length > 20);
			let openingMs = 0;
			const through = atPart(first, "opening", () => {
				openingMs = performance.now();
			});
			expect(await handOver({ through })).toMatchObject({ outcome: "done" });
			await writer.stop();
			// Not one was acknowledged by the old primary since.
			expect(writer.lastMs()).toBeLessThan(openingMs);
			expect(await receivedOf(first)).toBe(await receivedOf(primary));
			expect(await presentOn(first, writer.acknowledged)).toEqual(
				writer.acknowledged,
			);
		},
		TEST_MS,
	);

	test(
		"lets nobody write once the last position was read",
		async () => {
			await followed();
			const connection = await primary.connect("root");
			let late: Promise<string> = Promise.resolve("not tried");
			const answer = await handOver({
				through: atWrites(first, {
					before: async (sql) => {
						if (!/semi_sync/.test(sql)) return;
						late = connection.query(insert(4711)).then(
							() => "acknowledged",
							() => "refused",
						);
						await new Promise((resolve) => setTimeout(resolve, 100));
					},
				}),
			});
			expect(answer).toMatchObject({ outcome: "done" });
			expect(await late).toBe("refused");
			connection.destroy();
			expect(await presentOn(primary, [4711])).toEqual([]);
			expect(await receivedOf(first)).toBe(await receivedOf(primary));
		},
		TEST_MS,
	);

	test.runIf(flavor === "mariadb")(
		"loses none either where Baton may not hold up the writes of others",
		async () => {
			await unlogged(primary, "REVOKE RELOAD ON *.* FROM orchestrator@'%'");
			reliefs.push(() =>
				unlogged(primary, "GRANT RELOAD ON *.* TO orchestrator@'%'"),
			);
			await followed();
			const writer = await writeOn(primary, "root", 1);
			await waitUntil("writes", async () => writer.acknowledged.length > 20);
			let openingMs = 0;
			const through = atPart(first, "opening", () => {
				openingMs = performance.now();
			});
			expect(await handOver({ through })).toMatchObject({ outcome: "done" });
			await writer.stop();
			// Not one was acknowledged by the old primary since.
			expect(writer.lastMs()).toBeLessThan(openingMs);
			expect(await receivedOf(first)).toBe(await receivedOf(primary));
			expect(await presentOn(first, writer.acknowledged)).toEqual(
				writer.acknowledged,
			);
		},
		TEST_MS,
	);

	test(
		"to a server that cannot catch up changes nothing, and no client notices",
		async () => {
			reliefs.push(await stallApplier(first));
			const before = await asItWas();
			const writer = await writeOn(primary, "app", 1);
			await waitUntil("writes", async () => writer.acknowledged.length > 5);
			const answer = await handOver({}, { catchUpMs: 1_000 });
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringMatching(
					/did not apply the last transactions .* were not blocked/,
				),
			});
			const count = writer.acknowledged.length;
			await waitUntil(
				"the writer to go on",
				async () => writer.acknowledged.length > count,
			);
			await writer.stop();
			expect(await asItWas()).toEqual(before);
		},
		TEST_MS,
	);

	/** Writes until the end of the test, whatever comes of that. */
	const writes = async () => {
		const writer = await writeOn(primary, "app", 1);
		reliefs.push(writer.stop);
		await waitUntil("writes", async () => writer.acknowledged.length > 5);
		return writer;
	};
	/** A session of a client, with its id, that begins so. */
	const clientWith = async (...statements: readonly string[]) => {
		const connection = await primary.connect("app");
		const [rows] = await connection.query("SELECT CONNECTION_ID() AS id");
		const id = Number((rows as { id: number }[])[0]?.id);
		connection.on("error", () => {
			// The takeover ends it.
		});
		reliefs.push(async () => {
			connection.destroy();
			await primary.query(`KILL ${id}`).catch(() => {
				// It was ended before.
			});
		});
		await connection.query("USE app");
		for (const sql of statements) await connection.query(sql);
		return { connection, id };
	};
	/** Runs for long, and keeps a switch to read-only waiting. */
	const runsLong = async () => {
		const client = await clientWith();
		client.connection
			.query("INSERT INTO writes SELECT 4712, NOW(6), SLEEP(60) + 'my-secret'")
			.catch(() => {
				// It is ended with its session.
			});
		await waitUntil("the statement", async () => {
			const rows = await primary.query(
				`SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ${client.id} AND INFO LIKE 'INSERT%'`,
			);
			return rows.length > 0;
		});
		return client;
	};

	test(
		"waits for open transactions while writes go on",
		async () => {
			await followed();
			const { connection } = await clientWith(
				"BEGIN",
				"INSERT INTO writes VALUES (4713, NOW(6), 'kept')",
			);
			const writer = await writes();
			let isCommitted = false;
			setTimeout(() => {
				connection.query("COMMIT").then(
					() => {
						isCommitted = true;
					},
					() => undefined,
				);
			}, 700);
			const count = writer.acknowledged.length;
			const answer = await handOver({}, { transactionsMs: 20_000 });
			expect(answer).toMatchObject({ outcome: "done" });
			expect(answer).not.toHaveProperty("tells");
			expect(isCommitted).toBe(true);
			await writer.stop();
			expect(writer.acknowledged.length).toBeGreaterThan(count + 10);
			expect(await presentOn(first, [4713])).toEqual([4713]);
		},
		TEST_MS,
	);

	test(
		"names whose transactions it ends, without their values, when they do not end in time",
		async () => {
			await followed();
			const { connection, id } = await clientWith(
				"BEGIN",
				"INSERT INTO writes VALUES (4714, NOW(6), 'my-secret')",
			);
			// InnoDB shows a transaction a tenth of a second late when somebody has asked just before.
			await sleep(200);
			const answer = await handOver({}, { transactionsMs: 1_200 });
			expect(answer).toMatchObject({ outcome: "done" });
			const [told, ...more] = answer.tells ?? [];
			expect(more).toEqual([]);
			expect(told).toMatch(
				new RegExp(
					`open transactions of ${primary.name} did not end within 1.2 s, .*: session ${id} of app@\\S+ for [1-9]\\d* s`,
				),
			);
			if (flavor === "mysql")
				expect(told).toContain("(INSERT INTO writes VALUES (?, NOW(?), ?))");
			expect(told).not.toContain("secret");
			await expect(connection.query("COMMIT")).rejects.toThrow();
			for (const each of [primary, first])
				expect(await presentOn(each, [4714])).toEqual([]);
		},
		TEST_MS,
	);

	test(
		"is not begun while a statement runs that would hold up everybody's writes",
		async () => {
			const before = await asItWas();
			const { id } = await runsLong();
			const writer = await writes();
			const answer = await handOver();
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringMatching(
					new RegExp(
						`still run after 1 s, .*: session ${id} of app@\\S+ for \\d+ s \\(INSERT INTO writes SELECT .*writes on ${primary.name} were not blocked$`,
					),
				),
			});
			expect(answer.says).not.toContain("secret");
			const count = writer.acknowledged.length;
			await waitUntil(
				"the writer to go on",
				async () => writer.acknowledged.length > count,
			);
			await writer.stop();
			expect(await asItWas()).toEqual(before);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mysql")(
		"names who locks a table that a change of it waits for, too",
		async () => {
			const reader = await clientWith("BEGIN", "SELECT * FROM writes LIMIT 1");
			const changer = await clientWith();
			changer.connection
				.query("ALTER TABLE writes ADD COLUMN x INT")
				.catch(() => {
					// It is ended with its session.
				});
			await waitUntil("the change to wait", async () => {
				const rows = await primary.query(
					`SELECT 1 FROM performance_schema.processlist WHERE ID = ${changer.id} AND STATE LIKE 'Waiting for table metadata lock'`,
				);
				return rows.length > 0;
			});
			const { outcome, says } = await handOver();
			expect(outcome).toBe("failed");
			expect(says).toContain(`session ${reader.id} of app@`);
			expect(says).toMatch(
				new RegExp(
					`session ${changer.id} of .*ALTER TABLE writes ADD COLUMN x INT`,
				),
			);
			// Before the reader lets go of the table: nothing is changed.
			await primary.query(`KILL ${changer.id}`);
			await waitUntil("the change to end", async () => {
				const rows = await primary.query(
					`SELECT 1 FROM performance_schema.processlist WHERE ID = ${changer.id}`,
				);
				return rows.length === 0;
			});
		},
		TEST_MS,
	);

	/** When writes were blocked, and a client may write again. */
	const gapOf = async (work: (begin: () => void) => Promise<unknown>) => {
		let beganMs = 0;
		await work(() => {
			beganMs = performance.now();
		});
		await primary.query(insert(9_999), "app");
		expect(beganMs).toBeGreaterThan(0);
		return performance.now() - beganMs;
	};
	const GAP_MS = 3_000;

	test(
		"is taken back in time when a statement holds it up that began just then, which is named",
		async () => {
			const before = await asItWas();
			let id = 0;
			const gapMs = await gapOf(async (begin) => {
				const answer = await handOver(
					{
						through: atWrites(primary, {
							before: async (sql) => {
								if (!/read_only = 1/.test(sql)) return;
								({ id } = await runsLong());
								begin();
							},
						}),
					},
					{ gapMs: GAP_MS },
				);
				expect(answer).toMatchObject({
					outcome: "failed",
					effect: "unchanged",
					says: expect.stringMatching(
						new RegExp(
							`is writable again, after \\d+ ms; what held it up: session ${id} of app@`,
						),
					),
				});
				expect(answer.says).not.toContain("secret");
			});
			expect(gapMs).toBeLessThan(GAP_MS);
			expect(await asItWas()).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"is taken back in time when the new one hangs, or applies too slowly",
		async () => {
			const before = await asItWas();
			for (const trouble of [
				async () => {
					first.pause();
					reliefs.push(async () => first.resume());
				},
				async () => {
					reliefs.push(await stallApplier(first));
					await primary.query(insert(4711));
				},
			]) {
				const gapMs = await gapOf(async (begin) => {
					const answer = await handOver(
						{
							through: atWrites(primary, {
								before: async (sql) => {
									if (!/read_only = 1/.test(sql)) return;
									await trouble();
									begin();
								},
							}),
						},
						{ gapMs: GAP_MS },
					);
					expect(answer).toMatchObject({
						outcome: "failed",
						effect: "unchanged",
						says: expect.stringMatching(/is writable again, after \d+ ms/),
					});
				});
				expect(gapMs).toBeLessThan(GAP_MS);
				for (const relief of reliefs.splice(0)) await relief();
				await primary.query("DELETE FROM app.writes");
			}
			await waitUntil("all as before", async () => {
				const now = await asItWas();
				return JSON.stringify(now) === JSON.stringify(before);
			});
		},
		TEST_MS,
	);

	/** Each breaks it after writes were blocked and before the new one is open. */
	const BREAKS: readonly {
		readonly name: string;
		readonly how: () => Parameters<typeof handOver>;
	}[] = [
		{
			name: "semi-sync cannot be set as it shall be",
			how: () => [{}, { semiSync: { ...LOSSLESS, waitPoint: "AFTER_LUNCH" } }],
		},
		{
			name: "the session to the new one is lost before it is opened",
			how: () => [
				{
					through: atWrites(primary, {
						after: async (sql) => {
							if (/read_only = 1/.test(sql)) await killSessions(first);
						},
					}),
				},
			],
		},
		{
			name: "the new one cannot apply the last of it",
			how: () => [
				{
					through: atWrites(primary, {
						before: async (sql) => {
							if (!/read_only = 1/.test(sql)) return;
							reliefs.push(await stallApplier(first));
							await primary.query(insert(4711));
						},
					}),
				},
				{ gapMs: 2_000 },
			],
		},
		{
			name: "the session to the old one is lost while it is blocked",
			how: () => [{ through: killedAfter(/read_only = 1/, primary) }],
		},
	];
	test.each(BREAKS)(
		"is taken back when $name",
		async ({ how }) => {
			const before = await asItWas();
			const answer = await handOver(...how());
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringContaining(`${primary.name} is writable again`),
			});
			for (const relief of reliefs.splice(0)) await relief();
			expect(await asItWas()).toEqual(before);
			await primary.query(insert(1), "app");
		},
		TEST_MS,
	);

	test.runIf(flavor === "mariadb")(
		"is taken back when the session is lost that holds up the writes of others",
		async () => {
			const before = await asItWas();
			let isBlocked = false;
			const answer = await handOver({
				through: (session) => ({
					...session,
					part: (name) => {
						isBlocked ||= name === "writes blocked";
						session.part(name);
					},
					// The last question before it is opened: has it all?
					read: async (statement, deadlineMs) => {
						const rows = await session.read(statement, deadlineMs);
						const isLast = isBlocked && session.server === first.name;
						if (isLast && /gtid_current_pos/.test(sqlOf(statement)))
							await killSessions(primary);
						return rows;
					},
				}),
			});
			expect(answer).toMatchObject({ outcome: "failed", effect: "unchanged" });
			expect(await asItWas()).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"is taken back when it is cancelled after writes were blocked, and not by one that was superseded",
		async () => {
			const before = await asItWas();
			const controller = new AbortController();
			await expect(
				handOver({
					guard: { signal: controller.signal },
					through: atPart(primary, "writes blocked", () => controller.abort()),
				}),
			).rejects.toMatchObject({ code: "Superseded" });
			expect(await asItWas()).toEqual(before);

			let isCurrent = true;
			await expect(
				handOver({
					guard: { isCurrent: async () => isCurrent },
					through: atPart(primary, "writes blocked", () => {
						isCurrent = false;
					}),
				}),
			).rejects.toMatchObject({ code: "Superseded" });
			// The newer one is in charge, and knows how the old primary was.
			expect(await isReadOnly(primary)).toBe(true);
			expect(await isReadOnly(first)).toBe(true);
			reliefs.push(await stallApplier(first));
			await setReadOnly(primary, false);
			await setSemiSyncSource(primary, false);
			await primary.query(insert(1));
			const known = [await look(primary)];
			await setReadOnly(primary, true);
			expect(await handOver({ known }, { catchUpMs: 500 })).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
			});
		},
		TEST_MS,
	);

	test(
		"leaves the old one closed when it is not known whether the new one was opened",
		async () => {
			const killed = await handOver({
				through: killedAfter(/read_only = 0/, first),
			});
			if (killed.outcome === "failed") {
				expect(killed).toMatchObject({
					effect: "unknown",
					reached: "opening",
					says: expect.stringContaining("stays read-only"),
				});
			}
			expect(await isReadOnly(primary)).toBe(true);
			await resetTopology(topology());
			let dead: Promise<void> = Promise.resolve();
			const answer = await handOver({
				through: atPart(first, "opening", () => {
					first.pause();
					dead = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
						first.kill(),
					);
				}),
			});
			await dead;
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "unknown",
				reached: "opening",
			});
			expect(await isReadOnly(primary)).toBe(true);
		},
		TEST_MS,
	);

	test(
		"is done when the old one dies after the new one was opened",
		async () => {
			await followed();
			let dead: Promise<void> = Promise.resolve();
			const answer = await handOver({
				through: atPart(first, "opened", () => {
					dead = primary.kill();
				}),
			});
			await dead;
			expect(answer).toMatchObject({
				outcome: "done",
				effect: "changed",
				reached: "opened",
			});
			expect(await isReadOnly(first)).toBe(false);
			await first.query(insert(1), "app");
		},
		TEST_MS,
	);

	test(
		"says what is left to do when the old one hangs after it was blocked",
		async () => {
			let isBlocked = false;
			const answer = await handOver({
				through: (session) => ({
					...session,
					part: (name) => {
						isBlocked ||= name === "writes blocked";
						session.part(name);
					},
					// It is asked for its last position.
					read: async (statement, deadlineMs) => {
						if (isBlocked && session.server === primary.name) {
							primary.pause();
							await new Promise((resolve) => setTimeout(resolve, 100));
						}
						return session.read(statement, deadlineMs);
					},
				}),
			});
			primary.resume();
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "unknown",
				says: expect.stringContaining("could NOT be made writable again"),
			});
			expect(await isReadOnly(first)).toBe(true);
		},
		TEST_MS,
	);

	test(
		"is refused when both take writes",
		async () => {
			await setReadOnly(first, false);
			expect(await handOver()).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
		},
		TEST_MS,
	);
});

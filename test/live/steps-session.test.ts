// The sessions of steps: how a server reads what is said in them, and those that stand by.

import { afterEach, describe, expect, test } from "vitest";
import { createCredentials } from "../../src/engine/credentials.ts";
import { createStepRunner } from "../../src/engine/run-steps.ts";
import type { Session } from "../../src/mysql/session.ts";
import { createStandby, type Standby } from "../../src/mysql/standby.ts";
import type { StepSession } from "../../src/mysql/step-session.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel, unlogged } from "../lab/statements.ts";
import { snapshotOf } from "../support/made-up-servers.ts";
import { layForEach } from "./laid.ts";
import { portOf, run, stateOf } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

describe.each(FLAVORS)("a session of a step with a %s server", (flavor) => {
	let primary: LabServer;
	let first: LabServer;
	const { topology, reliefs } = layForEach(
		{ flavor, replicas: 1 },
		(...all) => {
			[primary, first] = all as [LabServer, LabServer];
		},
	);
	let standby: Standby | undefined;
	afterEach(() => standby?.close());

	test(
		"is read as it was written, however the server reads others",
		async () => {
			// Whoever may write these without a care can write anything between the quotes.
			const user = `re'pl"\\`;
			const password = `it's "a" \\' , HOST = 'elsewhere`;
			for (const server of topology().servers)
				await unlogged(
					server,
					"SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
					`CREATE USER '${user.replaceAll("'", "''")}'@'%' IDENTIFIED BY '${password.replaceAll("'", "''")}'`,
					`GRANT REPLICATION SLAVE ON *.* TO '${user.replaceAll("'", "''")}'@'%'`,
				);
			const [before] = await first.query("SELECT @@global.sql_mode AS mode");
			await first.query(
				"SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
			);
			reliefs.push(async () => {
				await first.query(`SET GLOBAL sql_mode = '${String(before?.mode)}'`);
			});
			await sayOfChannel(first, "STOP", "");
			await sayOfChannel(first, "RESET", "ALL");
			expect(
				await run(
					{
						do: "moveBelow",
						on: first.name,
						source: primary.name,
						channel: "",
						sourceUuid: "",
						sourceId: primary.serverId,
					},
					{ credential: { user, password, tls: false } },
				),
			).toMatchObject({ outcome: "done" });
			expect(await stateOf(first)).toMatchObject({
				source: primary.name,
				runs: true,
			});
		},
		TEST_MS,
	);

	test(
		"tells no password that is refused for its length",
		async () => {
			await sayOfChannel(first, "STOP", "");
			await sayOfChannel(first, "RESET", "ALL");
			const answer = await run(
				{
					do: "moveBelow",
					on: first.name,
					source: primary.name,
					channel: "",
					sourceUuid: "",
					sourceId: primary.serverId,
				},
				{
					credential: {
						user: "repl",
						password: "long-password-".repeat(20),
						tls: false,
					},
				},
			);
			expect(answer).toMatchObject({
				outcome: "failed",
				says: expect.stringMatching(/too long|maximum length/),
			});
			expect(answer.says).not.toContain("long-password");
		},
		TEST_MS,
	);

	test(
		"has the modes and the character set that the driver counts on, whatever it is for",
		async () => {
			await first.query("SET GLOBAL sql_mode = 'ANSI_QUOTES'");
			reliefs.push(async () => {
				await first.query("SET GLOBAL sql_mode = ''");
			});
			for (const role of ["step", "watch", "look"]) {
				const session = await portOf().open(first.name, role);
				const rows = await session.query(
					"SELECT @@sql_mode AS mode, @@character_set_client AS client, @@character_set_connection AS own",
				);
				session.close();
				expect(rows).toEqual([{ mode: "", client: "utf8mb4", own: "utf8mb4" }]);
			}
		},
		TEST_MS,
	);

	const stopOnce = { do: "stopReceiver", channel: "" } as const;
	/** How many sessions of Baton's account the server has. */
	const sessions = async (server: LabServer) =>
		(
			await server.query(
				"SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = 'orchestrator'",
			)
		).map(({ id }) => Number(id));
	/** Sessions that stood by from the beginning of a test on, the last of them at the end. */
	let opened: Session[] = [];
	const standsBy = async (server: LabServer): Promise<Session> => {
		const isReady = () =>
			opened.at(-1)?.server === server.name && opened.at(-1)?.isOpen === true;
		await waitUntil("a session to stand by", async () => isReady());
		return opened.at(-1) as Session;
	};
	const createStandbyHere = () => {
		opened = [];
		const port = portOf();
		standby = createStandby({
			servers: {
				open: async (...call) => {
					const session = await port.open(...call);
					// Noted when the standby has it.
					setImmediate(() => opened.push(session));
					return session;
				},
			},
			limits: { connectMs: 1_000, queryMs: 5_000 },
			retryMs: 100,
		});
		return standby;
	};

	test(
		"stands by, and again after its use, as good as new",
		async () => {
			const kept = createStandbyHere();
			kept.keep([first.name]);
			const { threadId: id } = await standsBy(first);
			const used: number[] = [];
			const through = (session: StepSession) => {
				used.push(session.session.threadId);
				void session.read("SET SESSION lock_wait_timeout = 77");
				return session;
			};
			expect(
				await run({ ...stopOnce, on: first.name }, { standby: kept, through }),
			).toMatchObject({ outcome: "done" });
			expect(used).toEqual([id]);
			const again = kept.take(first.name) as Session;
			expect(again.threadId).toBe(id);
			const [row] = await again.query(
				"SELECT IS_FREE_LOCK('baton.operation') AS free, @@lock_wait_timeout AS patience, @@sql_mode AS mode",
			);
			expect(row?.["mode"]).toBe("");
			expect(Number(row?.["free"])).toBe(1);
			expect(Number(row?.["patience"])).not.toBe(77);
			// One that is not sound is followed by another.
			const count = opened.length;
			kept.giveBack(first.name, again, false);
			await waitUntil("the next", async () => opened.length > count);
			expect(again.isOpen).toBe(false);
			expect((await standsBy(first)).threadId).not.toBe(id);
			// A server that is not kept has none.
			expect(kept.take(primary.name)).toBeUndefined();
			await waitUntil(
				"those of looks to have ended",
				async () => (await sessions(primary)).length === 0,
			);
			kept.keep([primary.name]);
			await waitUntil(
				"the other to be let go",
				async () => (await sessions(first)).length === 0,
			);
			await standsBy(primary);
			kept.close();
			await waitUntil(
				"all to be closed",
				async () => (await sessions(primary)).length === 0,
			);
		},
		TEST_MS,
	);

	test(
		"that stood by and is dead is followed by a fresh one, and the step does not notice",
		async () => {
			const kept = createStandbyHere();
			kept.keep([first.name]);
			const session = await standsBy(first);
			expect(kept.take(first.name)).toBe(session);
			// Nothing shows that it is dead before its first statement.
			const dead: Session = Object.assign(Object.create(session), {
				query: async (...call: Parameters<Session["query"]>) => {
					await first.query(`KILL ${session.threadId}`).catch(() => undefined);
					return session.query(...call);
				},
			});
			expect(
				await run(
					{ ...stopOnce, on: first.name },
					{ standby: { ...kept, take: () => dead } },
				),
			).toMatchObject({ outcome: "done", effect: "changed" });
			// One that the server ended is replaced, and one of a server that was away too.
			const next = await standsBy(first);
			expect(next).not.toBe(session);
			await first.query(`KILL ${next.threadId}`);
			await waitUntil("it to be lost", async () => !next.isOpen);
			expect(await standsBy(first)).not.toBe(next);
			await first.restart();
			await standsBy(first);
		},
		TEST_MS,
	);

	test(
		"that stood by and hangs is given up soon",
		async () => {
			const kept = createStandbyHere();
			kept.keep([first.name]);
			await standsBy(first);
			first.pause();
			try {
				const startedMs = performance.now();
				expect(
					await run({ ...stopOnce, on: first.name }, { standby: kept }),
				).toMatchObject({ outcome: "failed", effect: "unchanged" });
				expect(performance.now() - startedMs).toBeLessThan(15_000);
			} finally {
				first.resume();
			}
		},
		TEST_MS,
	);

	test(
		"that an older attempt has ended is replaced by another one, once",
		async () => {
			const port = portOf();
			const opened: Session[] = [];
			let isEnded = false;
			const runSteps = createStepRunner({
				servers: {
					...port,
					open: async (...given) => {
						const session = await port.open(...given);
						opened.push(session);
						return session;
					},
				},
				pictures: {
					of: async () => snapshotOf([]),
					keep: async () => undefined,
				} as never,
				credentials: createCredentials(),
				equivalences: { of: async () => [], record: async () => undefined },
				settings: () => ({
					credentialsQuery: "",
					stallMs: 1_000,
					markers: () => ({
						isMarker: () => false,
						monotonicHint: "",
						skipped: [],
					}),
					logChunkRows: 100,
				}),
				nowMs: Date.now,
			});
			let asked = 0;
			// Asked before the lock is taken, and before each write.
			const isCurrent = async (): Promise<boolean> => {
				asked += 1;
				const [session] = opened;
				if (!isEnded && asked > 1 && session !== undefined) {
					isEnded = true;
					await first.query(`KILL ${session.threadId}`);
				}
				return true;
			};
			expect(
				await runSteps("u", [{ ...stopOnce, on: first.name }], {
					guard: () => ({ isCurrent }),
					beat: () => undefined,
				}),
			).toMatchObject([{ outcome: "done", effect: "changed" }]);
			expect(isEnded).toBe(true);
			expect(opened).toHaveLength(2);
			expect((await stateOf(first)).runs).toBe(false);
		},
		TEST_MS,
	);
});

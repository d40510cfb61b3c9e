// Steps that open and close one server, and finding out what became of one.

import { describe, expect, test } from "vitest";
import { whereItStands } from "../../src/mysql/steps/find-out.ts";
import type { SemiSyncPolicy } from "../../src/planning/step.ts";
import {
	replicate,
	semiSyncState,
	setReadOnly,
	setSemiSyncSource,
	waitCaughtUp,
	waitForSemiSyncClients,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { changeChannel, sayOfChannel, unlogged } from "../lab/statements.ts";
import { commitErrant, isReadOnly } from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { portOf, run, stateOf } from "./port.ts";
import { atPart, atWrites, killedAfter } from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const LOSSLESS: SemiSyncPolicy = {
	sourceEnabled: true,
	sourceTimeoutMs: 4294967295,
	waitForReplicaCount: 1,
	waitPoint: "AFTER_SYNC",
};

const insert = (id: number) =>
	`INSERT INTO app.writes VALUES (${id}, NOW(6), 'test')`;

/** A client that is connected, and what becomes of its statements. */
const client = async (server: LabServer, as: "app" | "root" = "app") => {
	const connection = await server.connect(as);
	return {
		write: (id: number) =>
			connection.query(insert(id)).then(
				() => "acknowledged",
				() => "refused",
			),
		close: () => connection.destroy(),
	};
};

describe.each(FLAVORS)("the role of a %s server", (flavor) => {
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	const { lab, reliefs } = layForEach({ flavor, replicas: 2 }, (...all) => {
		[primary, first, second] = all as [LabServer, LabServer, LabServer];
	});

	const open = (semiSync?: SemiSyncPolicy) =>
		({
			do: "open",
			on: first.name,
			...(semiSync === undefined ? {} : { semiSync }),
		}) as const;
	const close = { do: "close", on: "" } as const;
	/** As Baton's own account: a session of root's that has yet to end is one that cannot be ended. */
	const commitWaits = (on = primary) =>
		waitUntil("the commit to wait", async () =>
			(await on.query("SHOW PROCESSLIST", "orchestrator")).some((row) =>
				/ack/i.test(String(row.State)),
			),
		);
	const standing = (server: LabServer, deadlineMs = 2_000) =>
		whereItStands(
			portOf(),
			server.name,
			{ isCurrent: async () => true },
			deadlineMs,
			Date.now,
		);

	test(
		"becomes primary only when all of its receivers are stopped, once, and its channel stays",
		async () => {
			const before = await stateOf(first);
			expect(await run(open(LOSSLESS))).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			expect(await stateOf(first)).toEqual(before);
			// A receiver of another channel would bring writes too.
			await sayOfChannel(first, "STOP", "IO_THREAD");
			await changeChannel(
				first,
				[
					`HOST = '${second.host}'`,
					`PORT = ${second.port}`,
					"USER = 'repl'",
					"PASSWORD = 'wrong'",
					flavor === "mysql" ? "AUTO_POSITION = 1" : "USE_GTID = slave_pos",
				],
				"two",
			);
			await sayOfChannel(first, "START", "", "two");
			expect(await run(open())).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("channel two"),
			});
			await sayOfChannel(first, "STOP", "", "two");

			expect(await run(open(LOSSLESS))).toMatchObject({
				outcome: "done",
				effect: "changed",
				reached: "opened",
				seen: [{ name: first.name, readOnly: false }],
			});
			expect(await stateOf(first)).toEqual({
				readOnly: false,
				source: primary.name,
				runs: false,
			});
			// It waits for acknowledgements as the old one did.
			expect((await semiSyncState(first)).active).toBe(true);
			expect(await run(open(LOSSLESS))).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			expect(await standing(first)).toBe("open");
			expect(await standing(second)).toBe("closed");
		},
		TEST_MS,
	);

	test(
		"is not given back while another has what was written elsewhere meanwhile",
		async () => {
			await sayOfChannel(first, "STOP", "");
			await primary.query(insert(1), "app");
			await waitCaughtUp(second, primary);
			const back = { ...open(), unlessBehind: [second.name] };
			expect(await run(back)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining(`${second.name} has `),
			});
			expect(await standing(first)).toBe("closed");
			// Its own errant transactions speak against nobody.
			await commitErrant(second);
			await sayOfChannel(first, "START", "");
			await waitCaughtUp(first, primary);
			await sayOfChannel(first, "STOP", "");
			expect(await run(back)).toMatchObject({
				outcome: "done",
				effect: "changed",
				says: `${first.name} is writable`,
			});
			await setReadOnly(first, true);
			await second.kill();
			expect(await run(back)).toMatchObject({
				outcome: "done",
				says: expect.stringContaining(`could not be asked of ${second.name}`),
			});
			await second.start();
		},
		TEST_MS,
	);

	test(
		"is not opened beside the primary whose place it takes, while that one takes writes",
		async () => {
			await sayOfChannel(first, "STOP", "");
			const instead = { ...open(), inPlaceOf: primary.name };
			// It is waited for as long as ten round trips take: of seconds each, so that a busy machine answers in that.
			let nowMs = 0;
			const slowly = () => {
				nowMs += 1_000;
				return nowMs;
			};
			expect(await run(instead, { nowMs: slowly })).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				inTheWay: primary.name,
				says: `${primary.name} answers again and takes writes: nobody is opened beside it`,
			});
			expect(await standing(first)).toBe("closed");
			// One that hangs, and one that is down, cannot be asked, and hold nobody up.
			primary.pause();
			expect(await run(instead)).toMatchObject({ outcome: "done" });
			primary.resume();
			await setReadOnly(first, true);
			await setReadOnly(primary, true);
			expect(await run(instead)).toMatchObject({ outcome: "done" });
			await setReadOnly(first, true);
			await primary.kill();
			expect(await run(instead)).toMatchObject({ outcome: "done" });
			await primary.start();
		},
		TEST_MS,
	);

	test(
		"is opened by an account that may not reset a replica",
		async () => {
			await unlogged(first, "REVOKE RELOAD ON *.* FROM orchestrator@'%'");
			reliefs.push(() =>
				unlogged(first, "GRANT RELOAD ON *.* TO orchestrator@'%'"),
			);
			await sayOfChannel(first, "STOP", "IO_THREAD");
			expect(await run(open(LOSSLESS))).toMatchObject({
				outcome: "done",
				effect: "changed",
			});
		},
		TEST_MS,
	);

	test(
		"stays read-only when semi-sync cannot be set as it shall be",
		async () => {
			await sayOfChannel(first, "STOP", "IO_THREAD");
			expect(
				await run(open({ ...LOSSLESS, waitPoint: "AFTER_LUNCH" })),
			).toMatchObject({ outcome: "failed", effect: "unchanged" });
			expect(await isReadOnly(first)).toBe(true);
			expect((await semiSyncState(first)).active).toBe(false);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mariadb")(
		"stays a replica as it was when it may not be opened",
		async () => {
			await unlogged(
				first,
				"REVOKE READ_ONLY ADMIN ON *.* FROM orchestrator@'%'",
			);
			reliefs.push(() =>
				unlogged(first, "GRANT READ_ONLY ADMIN ON *.* TO orchestrator@'%'"),
			);
			await sayOfChannel(first, "STOP", "IO_THREAD");
			expect(await run(open(LOSSLESS))).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				reached: "opening",
			});
			expect(await isReadOnly(first)).toBe(true);
			// Otherwise it would wait for acknowledgements of what it applies.
			expect((await semiSyncState(first)).active).toBe(false);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mysql")(
		"is not opened without the plugin for the source side that it shall have",
		async () => {
			const plain = await lab().startServer({ semiSync: false });
			try {
				expect(
					await run({ do: "open", on: plain.name, semiSync: LOSSLESS }),
				).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
					says: expect.stringContaining("plugin"),
				});
				expect(await isReadOnly(plain)).toBe(true);
				expect(
					await run({
						do: "open",
						on: plain.name,
						semiSync: { ...LOSSLESS, sourceEnabled: false },
					}),
				).toMatchObject({ outcome: "done" });
			} finally {
				await plain.stop();
			}
		},
		TEST_MS,
	);

	test(
		"is not known when the session is lost while it is opened, and can be found out",
		async () => {
			await sayOfChannel(first, "STOP", "IO_THREAD");
			expect(
				await run(open(), { through: killedAfter(/read_only = 0/, first) }),
			).toMatchObject({
				outcome: "failed",
				effect: "unknown",
				reached: expect.stringMatching(/^open/),
				seen: [],
			});
			const found = await standing(first);
			expect(["open", "closed"]).toContain(found);
			expect(found).toBe((await isReadOnly(first)) ? "closed" : "open");

			await setReadOnly(first, true);
			expect(
				await run(open(), {
					through: atPart(first, "opening", () => first.pause()),
				}),
			).toMatchObject({
				outcome: "failed",
				effect: "unknown",
				reached: "opening",
			});
			expect(await standing(first, 500)).toBe("silent");
			const late = standing(first, 10_000);
			first.resume();
			expect(["open", "closed"]).toContain(await late);
			expect(await run({ ...close, on: first.name })).toMatchObject({
				outcome: expect.stringMatching(/done|already/),
			});
			expect(await standing(first)).toBe("closed");
			await first.kill();
			expect(await standing(first)).toBe("gone");
		},
		TEST_MS,
	);

	test(
		"of a primary ends although commits wait for acknowledgements, and none of them is acknowledged",
		async () => {
			for (const replica of [first, second])
				await sayOfChannel(replica, "STOP", "IO_THREAD");
			const clients = await Promise.all([client(primary), client(primary)]);
			const [idle] = clients;
			const stuck = await client(primary);
			const answer = stuck.write(1);
			await commitWaits();
			const closing = { ...close, on: primary.name };
			expect(await run(closing)).toMatchObject({
				outcome: "done",
				effect: "changed",
				reached: "closed",
				seen: [{ readOnly: true }],
			});
			expect(await isReadOnly(primary)).toBe(true);
			expect(await answer).toBe("refused");
			expect(await idle?.write(2)).toBe("refused");
			expect((await semiSyncState(primary)).active).toBe(false);
			expect(await run(closing)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			for (const each of [...clients, stuck]) each.close();
		},
		TEST_MS,
	);

	test(
		"of a primary ends for accounts too that could write to a read-only server",
		async () => {
			const privileged = await client(primary, "root");
			expect(await privileged.write(1)).toBe("acknowledged");
			const answer = await run({ ...close, on: primary.name });
			expect(answer).toMatchObject({ outcome: "done" });
			expect(await privileged.write(2)).toBe("refused");
			privileged.close();
			// On MySQL such a session cannot be ended, and cannot write either.
			if (flavor === "mysql") expect(answer.says).toMatch(/could not be ended/);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mysql")(
		"of a primary does not end when the waiting commit of a client that cannot be ended would be acknowledged",
		async () => {
			for (const replica of [first, second])
				await sayOfChannel(replica, "STOP", "IO_THREAD");
			const privileged = await client(primary, "root");
			const answer = privileged.write(1);
			await commitWaits();
			expect(await run({ ...close, on: primary.name })).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringContaining("not all clients can be ended"),
			});
			expect(await isReadOnly(primary)).toBe(false);
			const enabled = async () =>
				(
					await primary.query(
						"SELECT @@global.rpl_semi_sync_source_enabled AS enabled",
					)
				)[0]?.enabled;
			expect(await enabled()).toBe(1);
			await sayOfChannel(first, "START", "IO_THREAD");
			expect(await answer).toBe("acknowledged");
			privileged.close();
		},
		TEST_MS,
	);

	// On MariaDB ended clients hold nothing up.
	test.runIf(flavor === "mysql")(
		"of a primary whose switch fails is as it was, semi-sync too that was ended on the way",
		async () => {
			for (const replica of [first, second])
				await sayOfChannel(replica, "STOP", "IO_THREAD");
			const stuck = await client(primary);
			const answer = stuck.write(1);
			await commitWaits();
			const enabled = async () =>
				Number(
					(
						await primary.query(
							"SELECT @@global.rpl_semi_sync_source_enabled AS enabled",
						)
					)[0]?.enabled,
				);
			let switching = 0;
			const closing = await run(
				{ ...close, on: primary.name },
				{
					through: atWrites(primary, {
						sent: async (sql, { session }) => {
							if (/read_only = 1/.test(sql)) switching = session.threadId;
						},
						// The session with the switch is lost when semi-sync is about to be ended.
						before: async (sql) => {
							if (!/semi_sync.*_enabled = \?/.test(sql) || switching === 0)
								return;
							await primary.query(`KILL ${switching}`);
							switching = 0;
						},
					}),
				},
			);
			expect(closing).toMatchObject({ outcome: "failed" });
			expect(await isReadOnly(primary)).toBe(false);
			expect(closing.effect).toBe("unchanged");
			expect(await enabled()).toBe(1);
			expect(await answer).toBe("refused");
			stuck.close();
		},
		TEST_MS,
	);

	test(
		"is to wait for no more acknowledgements than there are: lowered for those that wait, or refused",
		async () => {
			const count = (lowers: boolean) =>
				run({ do: "fitSemiSync", on: first.name, lowers });
			await sayOfChannel(first, "STOP", "IO_THREAD");
			expect(await count(true)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			expect(await run(open(LOSSLESS))).toMatchObject({ outcome: "done" });
			const stuck = await client(first);
			const answer = stuck.write(1);
			await commitWaits(first);
			expect(await count(false)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("0 of its replicas acknowledge"),
			});
			expect((await semiSyncState(first)).active).toBe(true);
			expect(await count(true)).toMatchObject({
				outcome: "done",
				effect: "changed",
				says: expect.stringMatching(/^LOWERED: semi-sync is switched off/),
			});
			expect(await answer).toBe("acknowledged");
			stuck.close();

			await setSemiSyncSource(first, true);
			await replicate(second, first);
			await waitForSemiSyncClients(first, 1);
			expect(await count(true)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			if (flavor !== "mysql") return;
			// MariaDB has no count.
			const waits = "rpl_semi_sync_source_wait_for_replica_count";
			await first.query(`SET GLOBAL ${waits} = 2`);
			expect(await count(true)).toMatchObject({
				outcome: "done",
				says: expect.stringContaining("waits for 1 instead of 2"),
			});
			const [row] = await first.query(`SELECT @@global.${waits} AS waits`);
			expect(row).toMatchObject({ waits: 1 });
			expect((await semiSyncState(first)).active).toBe(true);
		},
		TEST_MS,
	);

	test(
		"as a semi-sync source ends on a closed server only",
		async () => {
			const end = { do: "endSemiSync", on: primary.name } as const;
			expect(await run(end)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			await setReadOnly(primary, true);
			expect(await run(end)).toMatchObject({
				outcome: "done",
				effect: "changed",
			});
			expect(await run(end)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
		},
		TEST_MS,
	);
});

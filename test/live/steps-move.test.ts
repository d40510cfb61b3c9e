// The one way in which a channel's source is changed, and what it does not change.

import { describe, expect, test } from "vitest";
import type { StepOf } from "../../src/planning/step.ts";
import type { Instance } from "../../src/topology/instance.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import {
	replicate,
	setReadOnly,
	setSemiSyncSource,
	waitCaughtUp,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	changeChannel,
	channelStatus,
	sayOfChannel,
	unlogged,
} from "../lab/statements.ts";
import { blockApplier, commitApart, stallApplier } from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { look, receivedOf, run, type StepOptions, stateOf } from "./port.ts";
import { atWrites, killedBefore, listening } from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const CREDENTIAL = { ...ACCOUNTS.repl, tls: false };

describe.each(FLAVORS)("moving a %s replica", (flavor) => {
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	let third: LabServer;
	let nextId = 1;
	const { reliefs } = layForEach({ flavor, replicas: 3 }, (...all) => {
		[primary, first, second, third] = all as [
			LabServer,
			LabServer,
			LabServer,
			LabServer,
		];
	});

	const write = (to: LabServer = primary) =>
		to.query(
			`INSERT INTO app.writes VALUES (${nextId++}, NOW(6), 'test')`,
			"app",
		);
	const receives = (replica: LabServer, goal: string) =>
		waitUntil(
			`${replica.name} to receive ${goal}`,
			async () => (await receivedOf(replica)) === goal,
		);
	type Details = Partial<Omit<StepOf<"moveBelow">, "do" | "on" | "source">>;
	const move = (
		on: LabServer,
		source: LabServer,
		details: Details = {},
		options: StepOptions = {},
	) =>
		run(
			{
				do: "moveBelow",
				on: on.name,
				source: source.name,
				channel: "",
				sourceUuid: "",
				sourceId: source.serverId,
				...details,
			},
			options,
		);
	const [hostColumn, portColumn] =
		flavor === "mysql"
			? ["Source_Host", "Source_Port"]
			: ["Master_Host", "Master_Port"];
	const sourceOn = async (server: LabServer, channel = "") => {
		const row = await channelStatus(server, channel);
		return row === undefined ? "" : `${row[hostColumn]}:${row[portColumn]}`;
	};
	/** Nothing but the semi-sync of the default channel can take a second receiver on MariaDB. */
	const withoutSemiSync = async (server: LabServer) => {
		await setSemiSyncSource(primary, false);
		if (flavor === "mysql") return;
		await server.query("SET GLOBAL rpl_semi_sync_slave_enabled = 0");
		await sayOfChannel(server, "STOP", "");
		await sayOfChannel(server, "START", "");
		reliefs.push(async () => {
			await server.query("SET GLOBAL rpl_semi_sync_slave_enabled = 1");
		});
	};
	const layChannel = async (
		server: LabServer,
		source: LabServer,
		channel: string,
	) => {
		await changeChannel(
			server,
			[
				`HOST = '${source.host}'`,
				`PORT = ${source.port}`,
				`USER = '${CREDENTIAL.user}'`,
				`PASSWORD = '${CREDENTIAL.password}'`,
				flavor === "mysql" ? "AUTO_POSITION = 1" : "USE_GTID = slave_pos",
				...(flavor === "mysql" ? ["GET_SOURCE_PUBLIC_KEY = 1"] : []),
			],
			channel,
		);
		await sayOfChannel(server, "START", "", channel);
	};

	/** Of the replication account, on all servers; receivers that are connected stay so. */
	const changePassword = async (password: string) => {
		for (const each of [primary, first, second, third])
			await unlogged(
				each,
				`ALTER USER '${CREDENTIAL.user}'@'%' IDENTIFIED BY '${password}'`,
			);
	};

	test(
		"whose account is not let in any more gets the one that is known by now, and keeps the rest of its channel",
		async () => {
			const heartbeat = async () =>
				(await look(first)).replication.heartbeatPeriodSeconds;
			const before = await heartbeat();
			await changePassword("corrected");
			reliefs.push(() => changePassword(CREDENTIAL.password));
			const told = "SELECT 'repl' AS user, 'corrected' AS password";
			const wrong = "SELECT 'repl' AS user, 'wrong' AS password";
			// Nobody knows a better one, or only one that is of no use.
			for (const credentialsQuery of ["", wrong])
				expect(
					await move(first, second, {}, { credentialsQuery }),
				).toMatchObject({
					outcome: "failed",
					says: expect.stringMatching(/its account is not let in: .*denied/),
				});
			expect(
				await move(first, second, {}, { credentialsQuery: told }),
			).toMatchObject({ outcome: "done" });
			expect(await heartbeat()).toBe(before);
			const credential = { ...CREDENTIAL, password: "corrected" };
			expect(await move(third, second, {}, { credential })).toMatchObject({
				outcome: "done",
			});
			await write();
			for (const each of [first, third])
				await receives(each, await receivedOf(primary));
		},
		TEST_MS,
	);

	test(
		"is done once, and it replicates from there",
		async () => {
			expect(await move(first, second)).toMatchObject({
				outcome: "done",
				effect: "changed",
				seen: expect.arrayContaining([
					expect.objectContaining({ name: first.name }),
				]),
			});
			expect(await move(first, second)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			expect(await stateOf(first)).toEqual({
				readOnly: true,
				source: second.name,
				runs: true,
			});
			await write();
			await waitCaughtUp(first, primary);
			expect(await move(first, primary)).toMatchObject({ outcome: "done" });
		},
		TEST_MS,
	);

	test(
		"keeps the options of its channel",
		async () => {
			await sayOfChannel(first, "STOP", "");
			await changeChannel(first, [
				"DELAY = 3",
				"CONNECT_RETRY = 7",
				"HEARTBEAT_PERIOD = 0.75",
				...(flavor === "mysql"
					? ["RETRY_COUNT = 77", "COMPRESSION_ALGORITHMS = 'zlib,uncompressed'"]
					: [
							"IGNORE_DOMAIN_IDS = (5, 6)",
							"IGNORE_SERVER_IDS = (99)",
							"USE_GTID = current_pos",
						]),
			]);
			await sayOfChannel(first, "START", "");
			const options = async () => {
				const row = (await channelStatus(first)) ?? {};
				const [more] =
					flavor === "mysql"
						? await first.query(
								"SELECT HEARTBEAT_INTERVAL, COMPRESSION_ALGORITHM FROM performance_schema.replication_connection_configuration WHERE CHANNEL_NAME = ''",
							)
						: [];
				return {
					...more,
					...Object.fromEntries(
						[
							"SQL_Delay",
							"Connect_Retry",
							"Source_Retry_Count",
							"Slave_heartbeat_period",
							"Replicate_Ignore_Domain_Ids",
							"Replicate_Ignore_Server_Ids",
							"Using_Gtid",
							"Auto_Position",
							"Source_SSL_Allowed",
							"Master_SSL_Allowed",
						].map((name) => [name, row[name]]),
					),
				};
			};
			const before = await options();
			expect(Object.values(before)).toContain(7);
			expect(await move(first, second)).toMatchObject({ outcome: "done" });
			expect(await options()).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"touches no other channel, and forgetting one keeps the others",
		async () => {
			await withoutSemiSync(first);
			await layChannel(first, second, "two");
			await waitUntil(
				"both channels to run",
				async () =>
					(await look(first)).otherChannels[0]?.receiver === 1 &&
					(await look(first)).replication.receiver === 1,
			);
			expect(
				await run({ do: "stopReceiver", on: first.name, channel: "two" }),
			).toMatchObject({ outcome: "done" });
			expect((await look(first)).replication.receiver).toBe(1);
			expect(await move(first, primary, { channel: "two" })).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("two channels cannot have one source"),
			});
			expect(await move(first, third, { channel: "two" })).toMatchObject({
				outcome: "done",
				says: expect.stringContaining("channel two"),
			});
			expect(await sourceOn(first)).toBe(primary.name);
			expect(await sourceOn(first, "two")).toBe(third.name);
			// The default one goes, the other stays and runs.
			expect(
				await run({ do: "forgetSource", on: first.name, channel: "" }),
			).toMatchObject({ outcome: "done", effect: "changed" });
			expect(await sourceOn(first)).toBe("");
			expect(await sourceOn(first, "two")).toBe(third.name);
			expect((await look(first)).replication).toMatchObject({
				channel: "two",
				receiver: 1,
				applier: 1,
			});
			// Only a named channel is left: it can be moved too.
			expect(await move(first, second, { channel: "two" })).toMatchObject({
				outcome: "done",
			});
			expect(await sourceOn(first, "two")).toBe(second.name);
		},
		TEST_MS,
	);

	test(
		"is refused, and changes nothing, when the source is another server than the one that is meant",
		async () => {
			const before = await stateOf(first);
			const { serverUuid } = await look(primary);
			for (const details of [
				{ sourceId: 4711 },
				...(flavor === "mysql"
					? [{ sourceUuid: serverUuid, sourceId: 0 }]
					: []),
			])
				expect(await move(first, second, details)).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
					says: expect.stringContaining("another server than the one"),
				});
			expect(await move(first, first)).toMatchObject({ outcome: "refused" });
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"is refused when the source will never have what the replica has, and waits when it will",
		async () => {
			await sayOfChannel(second, "STOP", "IO_THREAD");
			await write();
			await waitCaughtUp(first, primary);
			const before = await stateOf(first);
			expect(await move(first, second)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining(
					`${first.name} has transactions that ${second.name} lacks (`,
				),
			});
			expect(await stateOf(first)).toEqual(before);
			await sayOfChannel(second, "START", "IO_THREAD");
			await waitCaughtUp(second, primary);

			const stalled = await stallApplier(second);
			await write();
			await waitCaughtUp(first, primary);
			expect(
				await move(first, second, {}, { connectWithinMs: 500 }),
			).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("has not applied within 500 ms"),
			});
			expect(await stateOf(first)).toEqual(before);
			const moving = move(first, second);
			setTimeout(() => void stalled(), 700);
			expect(await moving).toMatchObject({ outcome: "done" });
		},
		TEST_MS,
	);

	test(
		"gives the receiver back when the source falls behind after it was stopped",
		async () => {
			let isDone = false;
			const answer = await move(
				first,
				second,
				{},
				{
					connectWithinMs: 500,
					through: atWrites(first, {
						before: async (sql) => {
							if (isDone || !/^(STOP|BEGIN)/.test(sql)) return;
							isDone = true;
							await sayOfChannel(second, "STOP", "IO_THREAD");
							await write();
							await receives(first, await receivedOf(primary));
						},
					}),
				},
			);
			expect(answer).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("is left as it is, not moved"),
			});
			await waitUntil("it to run", async () => (await stateOf(first)).runs);
			expect((await stateOf(first)).source).toBe(primary.name);
		},
		TEST_MS,
	);

	test(
		"gives the receiver back when it is cancelled, or the source is lost, after it was stopped",
		async () => {
			const controller = new AbortController();
			const behind = (then: () => void) =>
				atWrites(first, {
					before: async (sql) => {
						if (!/^(STOP|BEGIN)/.test(sql)) return;
						reliefs.push(await stallApplier(second));
						await write();
						await receives(first, await receivedOf(primary));
						setTimeout(then, 300);
					},
				});
			const unmoved = async () => {
				await waitUntil("it to run", async () => (await stateOf(first)).runs);
				expect((await stateOf(first)).source).toBe(primary.name);
			};
			await expect(
				move(
					first,
					second,
					{},
					{
						guard: { signal: controller.signal },
						through: behind(() => controller.abort()),
					},
				),
			).rejects.toMatchObject({ code: "Superseded" });
			await unmoved();
			for (const relief of reliefs.splice(0)) await relief();
			await waitCaughtUp(second, primary);
			let dead: Promise<void> = Promise.resolve();
			expect(
				await move(
					first,
					second,
					{},
					{
						through: behind(() => {
							dead = second.kill();
						}),
					},
				),
			).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringContaining(second.name),
			});
			await dead;
			await unmoved();
		},
		TEST_MS,
	);

	test(
		"is not stopped by transactions of the replica's own",
		async () => {
			await setReadOnly(first, false);
			const connection = await first.connect();
			// On MariaDB in a domain of its own: in that of the primary the applier would break on it.
			if (flavor === "mariadb")
				await connection.query("SET SESSION gtid_domain_id = 7");
			await connection.query("CREATE DATABASE errant");
			connection.destroy();
			await setReadOnly(first, true);
			expect(await move(first, second)).toMatchObject({ outcome: "done" });
			await write();
			await waitCaughtUp(first, primary);
			// But one that is known to be errant and of somebody else is not waited for either.
			const { executedGtid } = await look(first);
			expect(executedGtid).not.toBe((await look(primary)).executedGtid);
			expect(await move(second, first)).toMatchObject({ outcome: "done" });
			await waitUntil(
				"the errant one to spread",
				async () => (await look(second)).executedGtid === executedGtid,
			);
			expect(await move(second, primary)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			const errantGtid =
				flavor === "mysql"
					? `${(await look(first)).serverUuid}:1`
					: `7-${first.serverId}-1`;
			const known = [{ ...(await look(second)), errantGtid }];
			expect(await move(second, primary, {}, { known })).toMatchObject({
				outcome: flavor === "mysql" ? "done" : expect.any(String),
			});
		},
		TEST_MS,
	);

	test(
		"is not stopped by what is errant on a server above the replica, unless that would not be let in",
		async () => {
			const spread = async () => {
				const { executedGtid } = await look(first);
				await waitUntil(
					"it to spread",
					async () => (await look(second)).executedGtid === executedGtid,
				);
			};
			const known = async (errantGtid: string) => [
				{ ...(await look(first)), errantGtid },
				await look(second),
			];
			expect(await move(second, first)).toMatchObject({ outcome: "done" });
			await commitApart(first, 8, "CREATE DATABASE above");
			await spread();
			const own =
				flavor === "mysql"
					? `${(await look(first)).serverUuid}:1`
					: `8-${first.serverId}-1`;
			expect(await move(second, primary)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			const moved = await move(
				second,
				primary,
				{},
				{ known: await known(own) },
			);
			expect(moved, moved.says).toMatchObject({ outcome: "done" });
			await write();
			await waitUntil(
				"it to get what is written",
				async () =>
					(await second.query("SELECT id FROM app.writes")).length ===
					(await primary.query("SELECT id FROM app.writes")).length,
			);
			expect(await second.query("SHOW DATABASES LIKE 'above'")).toHaveLength(1);
			if (flavor === "mysql") return;
			// In a domain that the primary has logged, it is not let in at such a transaction.
			expect(await move(second, first)).toMatchObject({ outcome: "done" });
			await commitApart(primary, 7, "CREATE DATABASE below");
			await waitCaughtUp(first, primary);
			await commitApart(first, 7, "CREATE DATABASE behind");
			await spread();
			const errant = `${own},7-${first.serverId}-2`;
			expect(
				await move(second, primary, {}, { known: await known(errant) }),
			).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("(error 1236)"),
			});
			// The server says so itself.
			await sayOfChannel(second, "STOP", "");
			await changeChannel(second, [`PORT = ${primary.port}`]);
			await sayOfChannel(second, "START", "");
			await waitUntil(
				"it to be turned away",
				async () =>
					Number((await channelStatus(second, ""))?.["Last_IO_Errno"]) ===
					1_236,
			);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mysql")(
		"is refused when the source has purged what the replica needs, and not when it has that in its relay log",
		async () => {
			const stalled = await stallApplier(first);
			await write();
			await receives(first, await receivedOf(primary));
			await waitCaughtUp(second, primary);
			await second.query("FLUSH BINARY LOGS");
			const [log] = await second.query("SHOW BINARY LOG STATUS");
			await second.query(`PURGE BINARY LOGS TO '${log?.File}'`);
			// Received and not applied: it is kept.
			expect(await move(first, second)).toMatchObject({ outcome: "done" });
			await stalled();
			await waitCaughtUp(first, primary);
			expect(await move(first, primary)).toMatchObject({ outcome: "done" });

			await sayOfChannel(first, "STOP", "IO_THREAD");
			await write();
			await waitCaughtUp(second, primary);
			await second.query("FLUSH BINARY LOGS");
			const [next] = await second.query("SHOW BINARY LOG STATUS");
			await second.query(`PURGE BINARY LOGS TO '${next?.File}'`);
			expect(await move(first, second)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringMatching(/has purged transactions .* lacks: .*:\d/),
			});
		},
		TEST_MS,
	);

	test(
		"throws away nothing that was received and not applied, though nobody can be asked who else has it",
		async () => {
			const stalled = await stallApplier(first);
			await write();
			const goal = await receivedOf(primary);
			await receives(first, goal);
			await primary.kill();
			await second.kill();
			const unseen = { unseen: true } as const;
			const answer = await move(first, second, unseen, { stallMs: 500 });
			expect(await receivedOf(first)).toBe(goal);
			if (flavor === "mysql") {
				expect(answer).toMatchObject({ outcome: "done", effect: "changed" });
				expect(await sourceOn(first)).toBe(second.name);
			} else {
				// Its relay logs would go: they must be applied before.
				expect(answer).toMatchObject({
					outcome: "refused",
					effect: "unchanged",
					says: expect.stringContaining("would throw that away"),
				});
				expect(await sourceOn(first)).toBe(primary.name);
			}
			await stalled();
			await waitUntil(
				"it to be applied",
				async () => (await look(first)).executedGtid === goal,
			);
			expect(await move(first, second, unseen)).toMatchObject({
				outcome: flavor === "mysql" ? "already" : "done",
			});
			expect((await look(first)).executedGtid).toBe(goal);
		},
		TEST_MS,
	);

	test(
		"applies what was received with the applier stopped before it moves",
		async () => {
			await blockApplier(first);
			await write();
			const goal = await receivedOf(primary);
			await receives(first, goal);
			await primary.kill();
			expect(
				await move(first, second, { unseen: true }, { stallMs: 5_000 }),
			).toMatchObject({ outcome: "done" });
			expect((await look(first)).executedGtid).toBe(goal);
		},
		TEST_MS,
	);

	test(
		"to the source that it has is a start and stop only",
		async () => {
			const heard: string[] = [];
			const through = listening(first, heard);
			await sayOfChannel(first, "STOP", "");
			expect(await move(first, primary, {}, { through })).toMatchObject({
				outcome: "done",
			});
			expect(await stateOf(first)).toMatchObject({
				source: primary.name,
				runs: true,
			});
			expect(
				await move(first, primary, { leaveStopped: true }, { through }),
			).toMatchObject({ outcome: "done" });
			expect((await look(first)).replication).toMatchObject({
				receiver: 0,
				applier: 0,
			});
			expect(
				await move(first, primary, { leaveStopped: true }, { through }),
			).toMatchObject({ outcome: "already", effect: "unchanged" });
			expect(heard.filter((sql) => /CHANGE/.test(sql))).toEqual([]);
		},
		TEST_MS,
	);

	test(
		"lays a channel for a former primary, with the account that was found",
		async () => {
			await setSemiSyncSource(primary, false);
			await write();
			await waitCaughtUp(first, primary);
			await waitCaughtUp(second, primary);
			await setReadOnly(primary, true);
			await sayOfChannel(first, "STOP", "");
			await sayOfChannel(first, "RESET", "ALL");
			await setReadOnly(first, false);
			await write(first);
			expect(await move(primary, first)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("no replication account is known"),
			});
			expect(
				await move(
					primary,
					first,
					{ leaveStopped: true },
					{
						credential: CREDENTIAL,
					},
				),
			).toMatchObject({ outcome: "done" });
			expect((await look(primary)).replication).toMatchObject({
				receiver: 0,
				applier: 0,
			});
			expect(await move(primary, first)).toMatchObject({ outcome: "done" });
			await waitCaughtUp(primary, first);
			const { replication } = await look(primary);
			const [heartbeat] =
				flavor === "mysql"
					? await primary.query(
							"SELECT HEARTBEAT_INTERVAL AS period FROM performance_schema.replication_connection_configuration",
						)
					: [{ period: replication.heartbeatPeriodSeconds }];
			expect(Number(heartbeat?.period)).toBe(1);
			expect((await channelStatus(primary))?.Connect_Retry).toBe(1);
		},
		TEST_MS,
	);

	test(
		"is refused for a former primary with writes that the new one lacks",
		async () => {
			await setSemiSyncSource(primary, false);
			await write();
			await waitCaughtUp(first, primary);
			await sayOfChannel(first, "STOP", "");
			await sayOfChannel(first, "RESET", "ALL");
			await write();
			await setReadOnly(primary, true);
			await setReadOnly(first, false);
			await write(first);
			await write(first);
			expect(
				await move(primary, first, {}, { credential: CREDENTIAL }),
			).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("has transactions that"),
			});
			expect(await channelStatus(primary)).toBeUndefined();
		},
		TEST_MS,
	);

	test(
		"whose receiver cannot log in is told, without the password",
		async () => {
			await setReadOnly(primary, true);
			await sayOfChannel(second, "STOP", "");
			await sayOfChannel(second, "RESET", "ALL");
			const wrong = { user: "repl", password: "wrong-'\\-secret", tls: false };
			const answer = await move(
				second,
				first,
				{},
				{
					credential: wrong,
					connectWithinMs: 1_500,
				},
			);
			expect(answer).toMatchObject({
				outcome: "failed",
				effect: "changed",
				says: expect.stringMatching(/repl/),
			});
			expect(JSON.stringify(answer)).not.toContain("secret");
		},
		TEST_MS,
	);

	test(
		"without GTID is refused by name",
		async () => {
			await replicate(first, primary, { positioning: "file" });
			await waitUntil("the replica runs", async () => {
				return (await stateOf(first)).runs;
			});
			const before = await stateOf(first);
			expect(before.source).toBe(primary.name);
			expect(await move(first, second)).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining(
					`${first.name} does not replicate by GTID`,
				),
			});
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"that loses its session on the way does not know what it did, and is done when it is run again",
		async () => {
			expect(
				await move(
					first,
					second,
					{},
					{ through: killedBefore(/^START/, first) },
				),
			).toMatchObject({
				outcome: "failed",
				effect: "unknown",
				reached: "starting",
			});
			expect(await sourceOn(first)).toBe(second.name);
			expect(await move(first, second)).toMatchObject({ outcome: "done" });
			await primary.kill();
			expect(await move(first, primary)).toMatchObject({
				outcome: "failed",
				effect: "unchanged",
				says: expect.stringContaining(primary.name),
			});
		},
		TEST_MS,
	);

	test.runIf(flavor === "mysql")(
		"keeps the account for a server that does not follow, and not for one that does",
		async () => {
			const forget = (known: readonly Instance[]) =>
				run(
					{
						do: "forgetSource",
						on: first.name,
						channel: "",
						keepsLoginFor: primary.name,
					},
					{ known },
				);
			const now = await look(primary);
			expect(await forget([now])).toMatchObject({
				outcome: "done",
				says: expect.stringContaining("keeps the replication account"),
			});
			expect(await sourceOn(first)).toMatch(/^_:/);
			const follows = {
				...now,
				replication: {
					...now.replication,
					sourceHost: first.host,
					sourcePort: first.port,
				},
			};
			expect(await forget([follows])).toMatchObject({ outcome: "done" });
			expect((await look(first)).replication.sourceHost).toBe("");
		},
		TEST_MS,
	);

	test(
		"forgets its source without the right to reset, and can be a replica again",
		async () => {
			await unlogged(first, "REVOKE RELOAD ON *.* FROM orchestrator@'%'");
			reliefs.push(() =>
				unlogged(first, "GRANT RELOAD ON *.* TO orchestrator@'%'"),
			);
			expect(
				await run({ do: "forgetSource", on: first.name, channel: "" }),
			).toMatchObject({
				outcome: "done",
				effect: "changed",
				says: expect.stringContaining("lacks RELOAD"),
			});
			expect((await sourceOn(first)).startsWith("_:")).toBe(true);
			expect(
				await run({ do: "forgetSource", on: first.name, channel: "" }),
			).toMatchObject({ outcome: "already", effect: "unchanged" });
			expect(await move(first, primary)).toMatchObject({ outcome: "done" });
			await write();
			await waitCaughtUp(first, primary);
		},
		TEST_MS,
	);
});

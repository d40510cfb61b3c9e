// Markers and places in the logs of real servers, against what the servers themselves list and against places noted while writing.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCli } from "../../src/cli/run.ts";
import { createDependencies } from "../../src/cli/wiring.ts";
import { dialectFor } from "../../src/mysql/dialect-for.ts";
import { createServerLogs } from "../../src/mysql/log-events.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import {
	replicaStatus,
	replicate,
	setReadOnly,
	waitCaughtUp,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { commitErrant } from "../lab/trouble.ts";
import { portOf } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const MARKED = "drop view if exists `_pseudo_gtid_`.`_asc:";

/** As AutoPseudoGTID of orchestrator writes it: seconds, server, something random, in hexadecimal. */
const marker = (second: number): string =>
	`${MARKED}${second.toString(16).padStart(8, "0")}:00000001:${"a1b2c3d4e5f60718"}\``;

const SETTINGS = {
	PseudoGTIDPattern: MARKED,
	PseudoGTIDPatternIsFixedSubstring: true,
	PseudoGTIDMonotonicHint: "asc:",
};

describe.each(FLAVORS)("the logs of %s servers", (flavor) => {
	let lab: Lab;
	let primary: LabServer;
	/** a and b log what they replicate, c does not. */
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;
	let connection: Connection;
	/** Where everybody stood after each write, by server. */
	const places: Map<LabServer, string>[] = [];

	const configured = (name: string, more: Record<string, unknown>): string => {
		const file = join(lab.directory, `${name}.conf.json`);
		writeFileSync(
			file,
			JSON.stringify({
				BackendDB: "sqlite",
				SQLite3DataFile: join(lab.directory, "baton.sqlite3"),
				MySQLTopologyUser: ACCOUNTS.orchestrator.user,
				MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
				MySQLHostnameResolveMethod: "none",
				...SETTINGS,
				...more,
			}),
		);
		return file;
	};

	const runWith = async (config: string, ...argv: string[]) => {
		const written = { stdout: "", stderr: "" };
		const code = await createCli(createDependencies("baton")).run(
			["-config", config, "-c", ...argv],
			{
				stdout: (chunk) => {
					written.stdout += chunk;
				},
				stderr: (chunk) => {
					written.stderr += chunk;
				},
			},
		);
		return { code, ...written };
	};
	let usual: string;
	/** Three rows a query: each search goes through many chunks. */
	let small: string;
	const printed = async (...argv: string[]): Promise<string> => {
		const { code, stdout, stderr } = await runWith(usual, ...argv);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(await runWith(small, ...argv)).toEqual({ code, stdout, stderr });
		return stdout.replace(/\n$/, "");
	};
	const failing = async (...argv: string[]): Promise<string> => {
		const { code, stdout, stderr } = await runWith(usual, ...argv);
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		return stderr;
	};

	const placeOf = async (server: LabServer): Promise<string> => {
		const [row] = await server.query(
			flavor === "mysql" ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS",
		);
		return `${row?.File}:${row?.Position}`;
	};

	const binaryEvents = async (server: LabServer) => {
		const events: Record<string, unknown>[] = [];
		for (const log of await server.query("SHOW BINARY LOGS"))
			events.push(
				...(await server.query(`SHOW BINLOG EVENTS IN '${log.Log_name}'`)),
			);
		return events;
	};
	const startOf = (event: Record<string, unknown> | undefined): string =>
		`${event?.Log_name}:${event?.Pos}`;

	const write = async (...statements: string[]): Promise<void> => {
		for (const statement of statements) await connection.query(statement);
		for (const replica of [a, b, c]) await waitCaughtUp(replica, primary);
		const noted = new Map<LabServer, string>();
		for (const server of [primary, a, b, c])
			noted.set(server, await placeOf(server));
		places.push(noted);
	};
	const noted = (index: number, server: LabServer): string =>
		places.at(index)?.get(server) ?? "";

	/** A server that has just begun a binary log writes an event of its own into it a moment later, at any place. */
	const beginLog = async (server: LabServer): Promise<void> => {
		await server.query("FLUSH BINARY LOGS");
		if (flavor === "mariadb")
			await waitUntil(`${server.name} has begun a log`, async () => {
				const current = (await server.query("SHOW BINARY LOGS")).at(-1);
				const events = await server.query(
					`SHOW BINLOG EVENTS IN '${current?.Log_name}'`,
				);
				return events.some(
					({ Event_type, Info }) =>
						Event_type === "Binlog_checkpoint" && Info === current?.Log_name,
				);
			});
	};

	const insert = (id: number): string =>
		`INSERT INTO app.writes VALUES (${id}, NOW(6), '${"w".repeat(40)}')`;

	beforeAll(async () => {
		lab = await createLab({ flavor });
		const topology = await lab.lay({ replicas: 2, semiSync: false });
		({ primary } = topology);
		[a, b] = topology.replicas as [LabServer, LabServer];
		c = await lab.startServer({
			extraOptions: { log_slave_updates: false },
		});
		await replicate(c, primary);
		connection = await primary.connect();
		usual = configured("usual", {});
		small = configured("small", { BinlogEventsChunkSize: 3 });

		await write(insert(1));
		await write(marker(1));
		await write(insert(2), insert(3));
		await write("CREATE TABLE app.more (id INT PRIMARY KEY)");
		await beginLog(primary);
		await write(insert(4));
		await write("USE app", marker(2));
		if (flavor === "mysql")
			await connection.query("SET binlog_transaction_compression = ON");
		await write(
			"BEGIN",
			...[5, 6, 7, 8].map(insert),
			"DELETE FROM app.writes WHERE id = 1",
			"COMMIT",
		);
		await write(insert(9));
		if (flavor === "mysql")
			await connection.query("SET binlog_transaction_compression = OFF");
		await beginLog(a);
		await write("ALTER TABLE app.more ADD COLUMN b INT");
		await write(marker(3));
		await write(insert(10));
		await write("UPDATE app.writes SET writer = 'z' WHERE id > 5");
	}, TEST_MS);
	afterAll(async () => {
		connection?.destroy();
		await lab?.stop();
	}, TEST_MS);

	/** Until the server tells that it stands at the source's end: an applier with several workers tells it now and then. */
	const waitApplied = (replica: LabServer) =>
		waitUntil(`${replica.name} tells that it has applied all`, async () => {
			const status = await replicaStatus(replica);
			return (
				(await placeOf(primary)) ===
				`${status?.Relay_Source_Log_File ?? status?.Relay_Master_Log_File}:${status?.Exec_Source_Log_Pos ?? status?.Exec_Master_Log_Pos}`
			);
		});

	/** A further replica, for a test that does something to it: the others are as they were laid. */
	const another = async (): Promise<LabServer> => {
		const replica = await lab.startServer();
		await replicate(replica, primary);
		await waitCaughtUp(replica, primary);
		await waitApplied(replica);
		return replica;
	};

	const relayEvents = async (replica: LabServer) => {
		const status = await replicaStatus(replica);
		return replica.query(`SHOW RELAYLOG EVENTS IN '${status?.Relay_Log_File}'`);
	};

	test("the last marker is the server's own, in its binary logs", async () => {
		for (const server of [primary, a, b]) {
			const event = (await binaryEvents(server)).findLast((each) =>
				String(each.Info).includes(MARKED),
			);
			const expected = `${startOf(event)}:use \`app\`; ${marker(3)}`;
			expect(await printed("last-pseudo-gtid", "-i", server.name)).toBe(
				expected,
			);
			expect(
				await printed("last-pseudo-gtid", "-i", server.name, "-strict"),
			).toBe(expected);
		}
	});

	test("the last marker is in the relay logs where binary logs do not tell it", async () => {
		for (const [server, ...flags] of [
			[c],
			[a, "-skip-binlog-search"],
		] as const) {
			await waitApplied(server);
			const event = (await relayEvents(server)).findLast((each) =>
				String(each.Info).includes(MARKED),
			);
			expect(
				await printed("last-pseudo-gtid", "-i", server.name, ...flags),
			).toBe(`${startOf(event)}:use \`app\`; ${marker(3)}`);
		}
	});

	test("an entry is found by its text, the newest first", async () => {
		for (const server of [primary, a, b])
			for (const text of [
				marker(1),
				`use \`app\`; ${marker(2)}`,
				"CREATE TABLE app.more (id INT PRIMARY KEY)",
				"use `app`; ALTER TABLE app.more ADD COLUMN b INT",
			]) {
				const event = (await binaryEvents(server)).find(
					(each) =>
						String(each.Info).replace(/ \/\* xid=\d+ \*\/$/, "") === text,
				);
				expect(event).toBeDefined();
				expect(
					await printed(
						"find-binlog-entry",
						"-i",
						server.name,
						"-pattern",
						text,
					),
				).toBe(startOf(event));
			}
		expect(
			await failing("find-binlog-entry", "-i", a.name, "-pattern", "nowhere"),
		).toContain(
			`no entry in the binary logs of ${a.name} is exactly "nowhere"`,
		);
	});

	const FIRST_MARKED = 1;
	test("a place in one binary log is found in another, after each write", async () => {
		for (const [own, other] of [
			[primary, a],
			[primary, b],
			[a, b],
			[b, a],
		] as const) {
			const found: string[] = [];
			for (const place of places.slice(FIRST_MARKED))
				found.push(
					await printed(
						"correlate-binlog-pos",
						"-i",
						own.name,
						"-d",
						other.name,
						"-binlog",
						place.get(own) ?? "",
					),
				);
			expect(found).toEqual(
				places.slice(FIRST_MARKED).map((place) => place.get(other)),
			);
		}
	});

	test("without coordinates it is where the server stands", async () => {
		expect(
			await printed("correlate-binlog-pos", "-i", b.name, "-d", a.name),
		).toBe(noted(-1, a));
		// By the relay logs: of its binary log nothing can be told.
		await waitApplied(c);
		expect(
			await printed("correlate-binlog-pos", "-i", c.name, "-d", a.name),
		).toBe(noted(-1, a));
		await waitApplied(a);
		expect(
			await printed(
				"correlate-binlog-pos",
				"-i",
				a.name,
				"-d",
				b.name,
				"-skip-binlog-search",
			),
		).toBe(noted(-1, b));
	});

	test("places that are none are refused", async () => {
		const refusal = (binlog: string) =>
			failing(
				"correlate-binlog-pos",
				"-i",
				primary.name,
				"-d",
				a.name,
				"-binlog",
				binlog,
			);
		const [file = "", position = ""] = noted(2, primary).split(":");
		expect(await refusal("nonsense")).toContain("malformed coordinates");
		expect(await refusal(`${file}:x`)).toContain("malformed coordinates");
		expect(await refusal("other.000001:4")).toContain(
			`${primary.name} has no binary log "other.000001"; it has ${file} to`,
		);
		expect(await refusal(`${file}:3`)).toContain("events begin at position 4");
		expect(await refusal(`${file}:${Number(position) - 1}`)).toContain(
			"is no place in the binary log",
		);
		expect(await refusal(`${file}:99999999`)).toContain("the log ends at");
		expect(await refusal(noted(0, primary))).toContain(
			`before ${noted(0, primary)}`,
		);
		expect(
			await failing("correlate-binlog-pos", "-i", a.name, "-d", c.name),
		).toContain("does not log what it replicates");
	});

	test("the last applied entry of a relay log", async () => {
		for (const replica of [a, c]) {
			await waitApplied(replica);
			const event = (await relayEvents(replica)).at(-1);
			expect(
				await printed("last-executed-relay-entry", "-i", replica.name),
			).toBe(
				`{Coordinates:${startOf(event)} NextEventPos:${event?.End_log_pos} EventType:Xid Info:${event?.Info}}:${event?.End_log_pos}`,
			);
		}
		expect(
			await failing("last-executed-relay-entry", "-i", primary.name),
		).toContain("is not a replica");
	});

	test("a place in a relay log is found in a sibling's", async () => {
		await waitApplied(a);
		await waitApplied(c);
		const [own, others] = [await relayEvents(a), await relayEvents(c)];
		const end = (await replicaStatus(c))?.Relay_Log_Pos;
		const correlated = (...flags: string[]) =>
			printed("correlate-relaylog-pos", "-i", a.name, "-d", c.name, ...flags);
		expect(await correlated()).toBe(
			`${startOf(own.at(-1))};${startOf(others.at(-1))};${others.at(-1)?.Log_name}:${end}`,
		);
		const told = own.filter(({ Event_type }) => Event_type !== "Annotate_rows");
		for (const at of [-2, -4, -6, -9]) {
			const event = told.at(at);
			const index = others.findIndex(
				(each) =>
					each.End_log_pos === event?.End_log_pos && each.Info === event?.Info,
			);
			expect(await correlated("-binlog", startOf(event))).toBe(
				`${startOf(event)};${startOf(others[index])};${startOf(others[index + 1])}`,
			);
		}
		const inside = Number(own.at(-1)?.Pos) + 1;
		expect(
			await failing(
				"correlate-relaylog-pos",
				"-i",
				a.name,
				"-d",
				c.name,
				"-binlog",
				`${own.at(-1)?.Log_name}:${inside}`,
			),
		).toContain("no event begins at");
		expect(
			await failing("correlate-relaylog-pos", "-i", a.name, "-d", primary.name),
		).toContain("is not a replica");
	});

	test("a replica by a named channel is read by that channel", async () => {
		const named = await lab.startServer();
		const { user, password } = ACCOUNTS.repl;
		await named.query(
			flavor === "mysql"
				? `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${primary.host}', SOURCE_PORT = ${primary.port}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1 FOR CHANNEL 'shop'`
				: `CHANGE MASTER 'shop' TO MASTER_HOST = '${primary.host}', MASTER_PORT = ${primary.port}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
		);
		await named.query(
			flavor === "mysql"
				? "START REPLICA FOR CHANNEL 'shop'"
				: "START SLAVE 'shop'",
		);
		await waitCaughtUp(named, primary);
		await waitApplied(a);
		const text = `use \`app\`; ${marker(3)}`;
		await waitUntil("its own place is told", async () =>
			(
				await runWith(
					usual,
					"last-pseudo-gtid",
					"-i",
					named.name,
					"-skip-binlog-search",
				)
			).stdout.endsWith(`${text}\n`),
		);
		const listed = await named.query(
			flavor === "mysql"
				? "SHOW RELAYLOG EVENTS LIMIT 1 FOR CHANNEL 'shop'"
				: "SHOW RELAYLOG 'shop' EVENTS LIMIT 1",
		);
		const basename = String(listed[0]?.Log_name).replace(/\.\d+$/, "");
		expect(basename).toContain("shop");
		expect(
			await printed("last-executed-relay-entry", "-i", named.name),
		).toMatch(
			new RegExp(`^\\{Coordinates:${basename}\\.\\d+:\\d+ .* EventType:Xid `),
		);
		expect(
			await printed("correlate-relaylog-pos", "-i", a.name, "-d", named.name),
		).toMatch(
			new RegExp(
				`^relay\\.\\d+:\\d+;${basename}\\.\\d+:\\d+;${basename}\\.\\d+:\\d+$`,
			),
		);
	});

	test("what is not configured, or has no binary logs, is told", async () => {
		const without = configured("without", { PseudoGTIDPattern: "" });
		for (const command of ["last-pseudo-gtid", "correlate-binlog-pos"])
			expect(
				await runWith(without, command, "-i", a.name, "-d", b.name),
			).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringContaining("Pseudo-GTID is not configured: set"),
			});
		const silent = await lab.startServer({
			extraOptions: { skip_log_bin: true, log_slave_updates: false },
		});
		for (const [command, ...flags] of [
			["find-binlog-entry", "-pattern", "x"],
			["correlate-binlog-pos", "-d", a.name],
		] as const)
			expect(await failing(command, "-i", silent.name, ...flags)).toContain(
				`${silent.name} has no binary logs: log_bin is off`,
			);
		expect(
			await failing("correlate-binlog-pos", "-i", a.name, "-d", silent.name),
		).toContain(`${silent.name} has no binary logs`);
		expect(await failing("last-pseudo-gtid", "-i", silent.name)).toContain(
			"no Pseudo-GTID entry in the newest binary and relay logs",
		);
		await silent.stop();
		expect(await failing("last-pseudo-gtid", "-i", silent.name)).toMatch(
			/ECONNREFUSED|refused/,
		);
	});

	test("a pattern is a regular expression unless it is said to be text", async () => {
		const pattern = configured("pattern", {
			PseudoGTIDPattern: "^drop view if exists .*_asc:0+1:",
			PseudoGTIDPatternIsFixedSubstring: false,
		});
		expect(
			(await runWith(pattern, "last-pseudo-gtid", "-i", a.name, "-strict"))
				.stdout,
		).toMatch(new RegExp(`:\\d+:${marker(1)}\n$`));
	});

	test("-strict searches logs older than the newest two", async () => {
		const own = await another();
		for (let each = 0; each < 2; each++) await own.query("FLUSH BINARY LOGS");
		const event = (await binaryEvents(own)).findLast((each) =>
			String(each.Info).includes(MARKED),
		);
		// It is in the relay logs still, so long as these are kept.
		expect(await printed("last-pseudo-gtid", "-i", own.name)).toMatch(/^relay/);
		expect(await printed("last-pseudo-gtid", "-i", own.name, "-strict")).toBe(
			`${startOf(event)}:use \`app\`; ${marker(3)}`,
		);
		const alone = await lab.startServer();
		await setReadOnly(alone, false);
		await alone.query(marker(4));
		for (let each = 0; each < 2; each++) await alone.query("FLUSH BINARY LOGS");
		expect(await failing("last-pseudo-gtid", "-i", alone.name)).toContain(
			`no Pseudo-GTID entry in the newest binary and relay logs of ${alone.name}; -strict searches all of them`,
		);
	});

	test("logs that part are told, with both entries", async () => {
		const [one, other] = [await another(), await another()];
		await commitErrant(one);
		expect(
			await failing("correlate-binlog-pos", "-i", one.name, "-d", other.name),
		).toContain(
			`${one.name} is ahead of ${other.name}, whose binary log ends before`,
		);
		expect(
			await printed("correlate-binlog-pos", "-i", other.name, "-d", one.name),
		).toMatch(/^binlog\.\d+:\d+$/);
		await commitErrant(other);
		const says = await failing(
			"correlate-binlog-pos",
			"-i",
			one.name,
			"-d",
			other.name,
		);
		expect(says).toContain(`the logs differ: ${one.name} has Gtid`);
		expect(says).toContain(`where ${other.name} has Gtid`);
	});

	describe("reading", () => {
		const opened = async (server: LabServer, more: object = {}) => {
			const session = await portOf().open(server.name, "logs");
			const progress: string[] = [];
			const logs = createServerLogs(session, dialectFor(lab.version), {
				chunkRows: 4,
				deadlineMs: 1_000,
				budgetMs: 60_000,
				nowMs: Date.now,
				onProgress: (text: string) => progress.push(text),
				...more,
			});
			const [file = ""] = await logs.binary.files();
			return { session, progress, logs, file };
		};

		test("gives what one query of the whole log gives", async () => {
			for (const server of [primary, a]) {
				const { session, logs } = await opened(server);
				const found: string[] = [];
				const isContinuous: boolean[] = [];
				let next: number | undefined;
				for (const file of await logs.binary.files()) {
					next = undefined;
					for await (const event of logs.binary.read(file)) {
						found.push(`${event.type} ${event.endPosition} ${event.info}`);
						isContinuous.push(
							event.position === (next ?? event.position) ||
								event.nextPosition === next,
						);
						next = event.nextPosition;
					}
				}
				session.close();
				expect(found).toEqual(
					(await binaryEvents(server)).map(
						(each) => `${each.Event_type} ${each.End_log_pos} ${each.Info}`,
					),
				);
				expect(isContinuous).not.toContain(false);
			}
		});

		test("says how far it is, and stops when its time is over", async () => {
			let nowMs = 0;
			const { session, progress, logs, file } = await opened(a, {
				nowMs: () => {
					nowMs += 2_000;
					return nowMs;
				},
				budgetMs: 30_000,
			});
			const all = async () => {
				for await (const _ of logs.binary.read(file));
			};
			await expect(all()).rejects.toThrow(
				`the logs of ${a.name} were read for 30 s without coming to an end`,
			);
			expect(progress[0]).toMatch(
				`still reading the logs of ${a.name}: ${file}, `,
			);
			session.close();
		});

		test("ends with a server that hangs or dies", async () => {
			const own = await another();
			const { logs, file } = await opened(own);
			const reader = logs.binary.read(file)[Symbol.asyncIterator]();
			await reader.next();
			own.pause();
			const rest = async () => {
				while ((await reader.next()).done !== true);
			};
			await expect(rest()).rejects.toThrow("no answer within 1000 ms");
			own.resume();
			const other = await opened(own);
			const cut = other.logs.binary.read(other.file)[Symbol.asyncIterator]();
			await cut.next();
			await own.kill();
			await expect(
				(async () => {
					while ((await cut.next()).done !== true);
				})(),
			).rejects.toMatchObject({ outcome: "lost" });
		});
	});
});

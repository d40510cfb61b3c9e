// Markers and places in the logs of real servers, against what the servers themselves list and against places noted while writing.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCli } from "../../src/cli/run.ts";
import { createDependencies } from "../../src/cli/wiring.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import {
	replicaStatus,
	replicate,
	waitCaughtUp,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
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
		await primary.query("FLUSH BINARY LOGS");
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
		await a.query("FLUSH BINARY LOGS");
		await write("ALTER TABLE app.more ADD COLUMN b INT");
		await write(marker(3));
		await write(insert(10));
		await write("UPDATE app.writes SET writer = 'z' WHERE id > 5");
	}, TEST_MS);
	afterAll(async () => {
		connection?.destroy();
		await lab?.stop();
	}, TEST_MS);

	test("the last marker is the server's own, in binary logs and in relay logs", async () => {
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
});

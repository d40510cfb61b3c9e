// What clients notice of a planned takeover: how long they wait, and what becomes of those that are in the middle of something.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import type { Relief } from "../lab/trouble.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	follows,
	nothingLost,
	picture,
	recoveries,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** Longer than writes may be blocked. */
const HOOK_S = 3;
const GAP_S = 2;

describe.each(FLAVORS)("of a %s primary", (flavor) => {
	let system: System;
	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 2,
			config: () => ({
				BatonTakeoverWriteGapSeconds: GAP_S,
				BatonTakeoverTransactionWaitSeconds: 1,
				PreGracefulTakeoverProcesses: [`sleep ${HOOK_S}`],
			}),
		});
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
	});

	const roles = async () => {
		const [primary] = await writable(system.servers);
		const [to, other] = system.servers.filter((each) => each !== primary);
		if (!primary || !to || !other) throw new Error(logTail(system));
		return { primary, to, other };
	};
	const takeover = (primary: LabServer, to: LabServer) =>
		system.baton.command(
			...["-c", "graceful-master-takeover-auto"],
			...["-i", primary.name, "-d", to.name],
		);
	let nextId = 1;
	const startWriter = (servers: readonly LabServer[]) => {
		const writer = createWriter({
			servers,
			ratePerSecond: 100,
			firstId: nextId,
		});
		nextId += 1_000_000;
		reliefs.push(async () => {
			await writer.stop();
		});
		writer.start();
		return writer;
	};
	/** A client in the middle of something; whatever is done with it by then. */
	const client = async (server: LabServer, ...statements: string[]) => {
		const connection = await server.connect("app");
		connection.on("error", () => {
			// The takeover ends it.
		});
		reliefs.push(async () => connection.destroy());
		const [rows] = await connection.query("SELECT CONNECTION_ID() AS id");
		await connection.query("USE app");
		for (const sql of statements) await connection.query(sql);
		return { connection, id: (rows as { id: number }[])[0]?.id };
	};
	/** Times in which no write was acknowledged, and that last longer. */
	const tooLong = (writer: Writer, seconds: number) =>
		writer.gaps(1_000 * seconds);

	test(
		"a hook that takes its time holds up no writes; whose transaction was ended is named to the person and in the record",
		async () => {
			const { primary, to, other } = await roles();
			const writer = startWriter(system.servers);
			await writer.waitAcknowledged(20);
			const { id } = await client(
				primary,
				"BEGIN",
				"INSERT INTO writes VALUES (4711, NOW(6), 'my-secret')",
			);
			const { code, stderr } = await takeover(primary, to);
			expect(code, `${stderr}\n${logTail(system)}`).toBe(0);
			await writer.waitAcknowledged(20);
			await writer.stop();
			expect(tooLong(writer, GAP_S)).toEqual([]);
			const [row] = await recoveries(system);
			const told = await stepsOf(system, row?.UID ?? "");
			const named = new RegExp(
				`were rolled back with their sessions: session ${id} of app@`,
			);
			expect(told.join("\n")).toMatch(named);
			expect(told.join("\n")).toMatch(/writes were blocked for \d+ ms/);
			expect(stderr + logTail(system)).toMatch(named);
			expect(told.join("\n") + stderr + logTail(system)).not.toContain(
				"my-secret",
			);
			expect(await writable(system.servers)).toEqual([to]);
			await nothingLost(system, to, writer.records);
			await follows(system, [primary, other], to);
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"a statement that runs too long keeps it from being begun: it is named, and nothing is touched",
		async () => {
			const { primary, to } = await roles();
			const before = await picture(system.servers);
			const { connection, id } = await client(primary);
			connection
				.query("INSERT INTO writes SELECT 4712, NOW(6), SLEEP(60)")
				.catch(() => {
					// It is ended below.
				});
			const running = await takeover(primary, to);
			expect(running.code).not.toBe(0);
			expect(running.stderr).toMatch(
				new RegExp(
					`session ${id} of app@.*SLEEP.*writes on ${primary.name} were not blocked`,
					"s",
				),
			);
			await primary.query(`KILL ${id}`);
			await waitUntil("the statement to end", async () => {
				const rows = await primary.query(
					`SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ${id}`,
				);
				return rows.length === 0;
			});
			expect(await picture(system.servers)).toEqual(before);
		},
		TEST_MS,
	);
});

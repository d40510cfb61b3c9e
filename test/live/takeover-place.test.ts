// Planned takeovers where nobody replicates by GTID: the new primary is waited for by its place in the logs, and the old one goes on
// below it where that stood when it was opened.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { compareServers } from "../lab/checker.ts";
import { waitCaughtUp } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import type { WriteRecord } from "../lab/writes.ts";
import { standAsLaid } from "./as-laid.ts";
import { asking, fourOf, WITHOUT_GTID } from "./asking.ts";
import {
	nothingLost,
	replicateAsSaid,
	replicationOf,
	writable,
} from "./findings.ts";
import {
	FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

describe.each(FLAVORS)(
	"a planned takeover of a %s primary without GTID",
	(flavor) => {
		let system: System;
		let p: LabServer;
		let a: LabServer;
		let b: LabServer;
		let c: LabServer;
		let writer: Writer | undefined;

		beforeAll(async () => {
			system = await startSystem({
				flavor,
				replicas: 3,
				semiSync: false,
				positioning: "file",
				extraOptions: WITHOUT_GTID[flavor],
			});
			[p, a, b, c] = fourOf(system);
		}, TEST_MS);
		afterAll(async () => {
			await writer?.stop();
			await system?.stop();
		}, TEST_MS);
		beforeEach(async () => {
			await standAsLaid(system, { semiSync: false, positioning: "file" });
			await p.query("DELETE FROM app.writes", "app");
			writer = createWriter({
				servers: system.servers,
				ratePerSecond: 200,
			});
			writer.start();
			await writer.waitAcknowledged(20);
		}, TEST_MS);

		const { printed } = asking(() => system);

		/** Row by row, with the writes stopped. */
		const haveTheSame = async (source: LabServer): Promise<void> => {
			for (const each of [p, a, b, c]) {
				if (each === source) continue;
				await waitCaughtUp(each, source);
				expect(await compareServers(source, each)).toEqual({
					onlyOnFirst: [],
					onlyOnSecond: [],
				});
			}
		};

		const takesWrites = async (server: LabServer): Promise<void> => {
			const open = await writable(system.servers);
			expect(open.map(({ name }) => name)).toEqual([server.name]);
		};
		const stopWriting = async (): Promise<readonly WriteRecord[]> => {
			await writer?.stop();
			return writer?.records ?? [];
		};

		test(
			"brings everybody along under writes, there and back, and loses none",
			async () => {
				const auto = "graceful-master-takeover-auto";
				expect(
					(await printed(auto, "-i", p.name, "-d", a.name)).split("\n")[0],
				).toBe(a.name);
				await takesWrites(a);
				await replicateAsSaid(system, [
					[p, a],
					[b, a],
					[c, a],
				]);
				await writer?.waitAcknowledged(50);
				await waitWatched(system);
				expect(
					(await printed(auto, "-i", a.name, "-d", p.name)).split("\n")[0],
				).toBe(p.name);
				await takesWrites(p);
				await replicateAsSaid(system, [
					[a, p],
					[b, p],
					[c, p],
				]);
				await writer?.waitAcknowledged(50);
				const records = await stopWriting();
				await haveTheSame(p);
				await nothingLost(system, p, records);
			},
			TEST_MS,
		);

		test(
			"leaves the old primary laid and stopped where replication is not to be started",
			async () => {
				expect(
					(
						await printed(
							"graceful-master-takeover",
							"-i",
							p.name,
							"-d",
							b.name,
						)
					).split("\n")[0],
				).toBe(b.name);
				await takesWrites(b);
				expect(await replicationOf(p)).toEqual({ source: b.name, runs: false });
				const records = await stopWriting();
				await p.query(flavor === "mysql" ? "START REPLICA" : "START SLAVE");
				await haveTheSame(b);
				await nothingLost(system, b, records);
			},
			TEST_MS,
		);
	},
);

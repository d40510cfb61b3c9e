import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { ServerFlavor } from "../../setup/locate.mjs";
import { checkWrites, compareServers } from "./checker.ts";
import { createLab, type Lab } from "./lab.ts";
import { isAlive } from "./owned-process.ts";
import {
	replicate,
	semiSyncState,
	setReadOnly,
	waitCaughtUp,
} from "./replication.ts";
import { readRecord } from "./server.ts";
import {
	blockApplier,
	commitErrant,
	denyOrchestrator,
	exhaustConnections,
	isReadOnly,
	replicationThreads,
} from "./trouble.ts";
import { createWriter } from "./writer.ts";

const DEADLINE_MS = 120_000;

describe.each<ServerFlavor>(["mysql", "mariadb"])("a %s lab", (flavor) => {
	let lab: Lab | undefined;

	async function lay(replicas: number, semiSync = true) {
		lab = await createLab({ flavor });
		return lab.lay({ replicas, semiSync });
	}

	afterEach(async () => {
		await lab?.stop();
		lab = undefined;
	});

	test(
		"replicates, with semi-sync, and leaves nothing behind",
		async () => {
			const { primary, replicas, servers } = await lay(2);
			expect(await semiSyncState(primary)).toEqual({
				active: true,
				clients: 2,
			});
			await primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			for (const replica of replicas) {
				await waitCaughtUp(replica, primary);
				expect(await compareServers(primary, replica)).toEqual({
					onlyOnFirst: [],
					onlyOnSecond: [],
				});
				expect(await isReadOnly(replica)).toBe(true);
				await expect(
					replica.query(
						"INSERT INTO app.writes VALUES (2, NOW(6), 'test')",
						"app",
					),
				).rejects.toThrow(/read.only/i);
			}

			const directory = lab?.directory ?? "";
			const processes = servers.map((server) => readRecord(server.directory));
			await lab?.stop();
			for (const { process } of processes)
				expect(process !== undefined && isAlive(process)).toBe(false);
			expect(existsSync(directory)).toBe(false);
		},
		DEADLINE_MS,
	);

	test(
		"a killed server is gone, and comes back read-only with its data",
		async () => {
			const { primary } = await lay(1, false);
			await primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			const { pid } = primary;
			await primary.kill();
			expect(primary.isRunning()).toBe(false);
			expect(primary.pid).toBeUndefined();
			await expect(primary.connect("orchestrator")).rejects.toThrow(
				/ECONNREFUSED/,
			);
			await primary.start();
			expect(primary.pid).not.toBe(pid);
			expect(await isReadOnly(primary)).toBe(true);
			expect(await primary.query("SELECT id FROM app.writes")).toEqual([
				{ id: 1 },
			]);
		},
		DEADLINE_MS,
	);

	test(
		"a paused server keeps its port and does not answer until it is resumed",
		async () => {
			const { primary } = await lay(0, false);
			primary.pause();
			const answer = primary.query("SELECT 1 AS one", "orchestrator");
			const early = await Promise.race([
				answer,
				new Promise((resolve) => setTimeout(resolve, 300, "silence")),
			]);
			expect(early).toBe("silence");
			primary.resume();
			expect(await answer).toEqual([{ one: 1 }]);
		},
		DEADLINE_MS,
	);

	test(
		"the writer follows the writable server and loses no acknowledged write",
		async () => {
			const { primary, replicas, servers } = await lay(2);
			const [next, other] = replicas;
			if (next === undefined || other === undefined) throw new Error("lay");
			const writer = createWriter({ servers, ratePerSecond: 200 });
			writer.start();
			await writer.waitAcknowledged(50);
			const killedAt = performance.now();
			await primary.kill();
			// By hand, what a manager does; `other` has acknowledged nothing alone.
			await replicate(next, other);
			await waitCaughtUp(next, other);
			await waitCaughtUp(other, next);
			await next.query(flavor === "mysql" ? "STOP REPLICA" : "STOP SLAVE");
			await setReadOnly(next, false);
			await writer.waitAcknowledged(20);
			const report = await writer.stop();
			expect(writer.firstAcknowledgedAfter(killedAt)?.server).toBe(next.name);
			expect(report.longestGap).toMatchObject({
				before: primary.name,
				after: next.name,
			});
			const check = await checkWrites(next, writer.records);
			expect(check).toMatchObject({
				missingAcknowledged: [],
				presentFailed: [],
				duplicated: [],
				strangers: [],
			});
			expect(check.rows).toBe(
				report.acknowledged + check.presentUnknown.length,
			);
		},
		DEADLINE_MS,
	);

	test(
		"trouble can be made and ended",
		async () => {
			const { primary, replicas } = await lay(1);
			const [replica] = replicas;
			if (replica === undefined) throw new Error("lay");

			const unblock = await blockApplier(replica);
			await primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			expect(await compareServers(primary, replica)).toMatchObject({
				onlyOnFirst: [1],
			});
			await unblock();
			await waitCaughtUp(replica, primary);

			const allow = await denyOrchestrator(replica);
			await expect(replica.connect("orchestrator")).rejects.toThrow(
				/access denied/i,
			);
			await primary.query("SELECT 1", "orchestrator");
			await allow();
			await replica.query("SELECT 1", "orchestrator");

			const release = await exhaustConnections(replica);
			await expect(replica.connect("orchestrator")).rejects.toThrow(
				/too many connections/i,
			);
			await release();
			await replica.query("SELECT 1", "orchestrator");

			await commitErrant(replica);
			expect(await isReadOnly(replica)).toBe(true);
			expect(
				await replica.query("SELECT COUNT(*) AS n FROM errant.notes"),
			).toEqual([{ n: 1 }]);
			expect(await replicationThreads(replica)).toEqual({
				receiver: "Yes",
				applier: "Yes",
			});
		},
		DEADLINE_MS,
	);
});

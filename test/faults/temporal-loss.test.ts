// Temporal dies or hangs; without it nothing is decided, and what was begun goes on when it is back.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { stallApplier } from "../lab/trouble.ts";
import {
	follows,
	newPrimary,
	recovered,
	recoveries,
	replicationOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	type System,
	TEST_MS,
	waitLogged,
} from "../live/system.ts";

const BACK_MS = 40_000;

const temporalPid = (system: System): number =>
	(
		JSON.parse(
			readFileSync(
				join(system.baton.directory, "temporal", "server.json"),
				"utf8",
			),
		) as { pid: number }
	).pid;

/** Whoever asks is told by then that Temporal does not answer, beside the start of a process and its own work, which a busy machine takes long over. */
const SOON_MS = 8_000;

const timed = async <T>(work: () => Promise<T>) => {
	const startedMs = performance.now();
	return { result: await work(), ms: performance.now() - startedMs };
};

describe("a failover", () => {
	const stage = createStage({ flavor: "mysql", replicas: 3 });

	const isFinished = async (lab: System) => {
		const next = await newPrimary(lab, lab.primary, BACK_MS);
		const row = await recovered(lab, BACK_MS);
		expect(row.IsSuccessful).toBe(true);
		expect(await recoveries(lab)).toHaveLength(1);
		expect(await writable(lab.servers)).toEqual([next]);
		await follows(
			lab,
			lab.replicas.filter((each) => each !== next),
			next,
		);
	};

	test(
		"goes on when Temporal is killed in the middle of it and started again",
		async () => {
			const system = await stage.afresh();
			const reliefs = await Promise.all(system.replicas.map(stallApplier));
			stage.reliefs.push(...reliefs);
			await system.primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			await system.primary.kill();
			await waitLogged(system, '"step":"stopReceiver"');
			system.baton.killTemporal();
			await waitLogged(system, "the embedded Temporal is back", 0, BACK_MS);
			for (const relief of reliefs) await relief();
			await isFinished(system);
		},
		TEST_MS,
	);

	test(
		"comes when Temporal was killed in the same moment as the primary",
		async () => {
			const system = await stage.afresh();
			system.baton.killTemporal();
			await system.primary.kill();
			await isFinished(system);
		},
		TEST_MS,
	);

	test(
		"waits while Temporal hangs: nothing is changed, that the manager is blind is said, and then it comes",
		async () => {
			const system = await stage.afresh();
			const { primary, replicas } = system;
			const pid = temporalPid(system);
			process.kill(pid, "SIGSTOP");
			try {
				await primary.kill();
				await waitLogged(system, '"msg":"blind', 0, BACK_MS);
				await sleep(3_000);
				expect(await writable(replicas)).toEqual([]);
				for (const replica of replicas)
					expect((await replicationOf(replica)).source).toBe(primary.name);
				expect(await recoveries(system)).toEqual([]);
			} finally {
				process.kill(pid, "SIGCONT");
			}
			await isFinished(system);
		},
		TEST_MS,
	);

	test(
		"is not promised while Temporal hangs, nobody who asks for a change waits long, and the servers are watched on",
		async () => {
			const system = await stage.afresh();
			const { primary } = system;
			const sound = await timed(() => system.baton.command("-c", "clusters"));
			const soonMs = SOON_MS + 2 * sound.ms;
			const pid = temporalPid(system);
			process.kill(pid, "SIGSTOP");
			try {
				const takeover = await timed(() =>
					system.baton.command(
						"-c",
						"graceful-master-takeover-auto",
						"-i",
						primary.name,
					),
				);
				expect(takeover.result).toMatchObject({
					code: 1,
					stdout: "",
					stderr: expect.stringMatching(
						/Temporal does not answer.*-break-glass/,
					),
				});
				expect(takeover.ms).toBeLessThan(soonMs);

				const byApi = await timed(() =>
					system.baton.get<{ Code: string; Message: string }>(
						`graceful-master-takeover-auto/${primary.host}/${primary.port}`,
					),
				);
				expect(byApi.result).toMatchObject({
					Code: "ERROR",
					Message: expect.stringMatching(
						/Temporal does not answer.*nothing is changed.*-break-glass/,
					),
				});
				expect(byApi.ms).toBeLessThan(soonMs);

				await waitLogged(system, "is watched on without it", 0, BACK_MS);
				await sleep(6_000);
				const fromMs = Date.now();
				await explaining(system, () =>
					waitUntil("each of them to be seen still", async () => {
						const known = await system.inStore((store) =>
							store.inventory.all(),
						);
						return (
							known.length === system.servers.length &&
							known.every(({ check }) => check.seenAtMs > fromMs)
						);
					}),
				);

				const why = await timed(() =>
					system.baton.command("why", primary.name),
				);
				expect(why.result.code).toBe(0);
				const text = why.result.stdout.replaceAll(/\n {14}/g, " ");
				expect(text).toMatch(/ {2}Temporal {4}does NOT answer at 127/);
				expect(text).toContain(
					"a failover would NOT start: Temporal does not answer at 127.0.0.1:",
				);
				expect(why.ms).toBeLessThan(soonMs);
			} finally {
				process.kill(pid, "SIGCONT");
			}
			await waitLogged(system, "was watched all the time", 0, BACK_MS);
			await primary.kill();
			await isFinished(system);
		},
		TEST_MS,
	);
});

// What programs read: answers that are the reference's, and no finding that an operation itself has made.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel } from "../lab/statements.ts";
import { replicationThreads } from "../lab/trouble.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	replicationOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	logTail,
	QUICK_FLAVORS,
	type System,
	TEST_MS,
	waitWatched,
} from "../live/system.ts";

/** Nothing listens there. */
const NOBODY = "127.0.0.1:1";

/** As long as a finding that an operation left behind takes to be told. */
const AFTERWARDS_MS = 2_500;

const diary = (lab: Lab) => join(lab.directory, "detections");

const announced = ({ lab }: System): string[] =>
	existsSync(diary(lab))
		? readFileSync(diary(lab), "utf8").trimEnd().split("\n")
		: [];

describe.each(QUICK_FLAVORS)("%s servers", (flavor) => {
	const stage = createStage({ flavor, replicas: 2, readOnlyAtStart: false });

	const begin = async () => {
		rmSync(diary(stage.lab()), { force: true });
		const system = await stage.afresh({
			config: (lab) => ({
				RecoveryPeriodBlockSeconds: 1,
				OnFailureDetectionProcesses: [
					`echo "$ORC_FAILURE_TYPE $ORC_FAILED_HOST:$ORC_FAILED_PORT" >> ${diary(lab)}`,
				],
			}),
		});
		const [one, other] = system.replicas;
		if (one === undefined || other === undefined) throw new Error("lay");
		return { system, primary: system.primary, one, other };
	};

	const run = async (system: System, ...words: readonly string[]) => {
		const done = await system.baton.command("-c", ...words);
		expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
			code: 0,
		});
		return done.stdout;
	};

	test(
		"is-replication-stopped goes by the two thread states that were seen last",
		async () => {
			const { system, primary, one, other } = await begin();
			const isStopped = (server: LabServer) =>
				run(system, "is-replication-stopped", "-i", server.name);
			expect([await isStopped(one), await isStopped(primary)]).toEqual([
				"",
				"",
			]);
			for (const [thread, said] of [
				["IO_THREAD", ""],
				["SQL_THREAD", `${one.name}\n`],
			] as const) {
				await sayOfChannel(one, "STOP", thread);
				await waitWatched(system);
				expect([await isStopped(one), await isStopped(other)]).toEqual([
					said,
					"",
				]);
			}
			await one.kill();
			await waitUntil("the last check of it to have failed", async () => {
				const known = await system.inStore((store) =>
					store.inventory.get(one.name),
				);
				return known?.check.outcome !== "ok";
			});
			expect(await isStopped(one)).toBe(`${one.name}\n`);
			await one.start();
			await sayOfChannel(one, "START", "");
		},
		TEST_MS,
	);

	test(
		"a takeover whose target is unknown, or no direct replica, says what it must be",
		async () => {
			const { system, primary, one, other } = await begin();
			const { baton } = system;
			await run(system, "relocate", "-i", other.name, "-d", one.name);
			await waitWatched(system);
			const says = `must be directly replicating from the master ${primary.name}`;
			for (const target of [NOBODY, other.name]) {
				for (const command of [
					"graceful-master-takeover",
					"graceful-master-takeover-auto",
					"force-master-takeover",
				]) {
					const byCommand = await baton.command(
						"-c",
						command,
						"-i",
						primary.name,
						"-d",
						target,
					);
					expect(byCommand.code).not.toBe(0);
					expect(byCommand.stderr).toContain(says);
					const byApi = await baton.get<Envelope>(
						`${command}/${primary.host}/${primary.port}/${target.replace(":", "/")}`,
					);
					expect(byApi).toMatchObject({
						Code: "ERROR",
						Message: expect.stringContaining(says),
					});
				}
			}
			expect(await writable(system.servers)).toEqual([primary]);
			expect((await replicationOf(other)).source).toBe(one.name);
		},
		TEST_MS,
	);

	test(
		"nothing but the death of a primary is told while operations run, and after them",
		async () => {
			const { system, primary, one, other } = await begin();
			const writer = await stage.writes({ servers: system.servers });
			await run(
				system,
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
				"-d",
				one.name,
			);
			await run(system, "relocate", "-i", other.name, "-d", primary.name);
			await run(system, "relocate", "-i", other.name, "-d", one.name);
			await run(
				system,
				"force-master-takeover",
				"-i",
				one.name,
				"-d",
				primary.name,
			);
			await explaining(system, () =>
				waitUntil(
					"the demoted one to replicate",
					async () => (await replicationOf(one)).runs,
				),
			);
			await sleep(AFTERWARDS_MS);
			await waitWatched(system);
			const detected = async () =>
				(
					await system.baton.get<{ AnalysisEntry: { Analysis: string } }[]>(
						"audit-failure-detection",
					)
				).map((each) => each.AnalysisEntry.Analysis);
			expect(await detected(), logTail(system)).toEqual([]);

			// A commit that it dies in it has when it returns, and would be held back for.
			await writer.stop();
			await primary.kill();
			const next = await newPrimary(system, primary);
			await recovered(system);
			await primary.start();
			const others = [one, other].filter((each) => each !== next);
			// The old one is open for a moment when it returns, and no writer shall find it.
			const later = await stage.writes({
				servers: [next],
				firstId: 1_000_000,
			});
			await later.stop();
			await follows(system, [...others, primary], next);
			await nothingLost(system, next, [...writer.records, ...later.records]);
			await sleep(AFTERWARDS_MS);
			const codes = (await detected()).filter(
				// How the death began to show.
				(code) => code !== "UnreachableMaster",
			);
			expect(codes, logTail(system)).toEqual(["DeadMaster"]);
			const unexpected = announced(system).filter(
				(line) => !/^(DeadMaster|UnreachableMaster) /.test(line),
			);
			expect(unexpected).toEqual([]);
			expect(await replicationThreads(primary)).toEqual({
				receiver: "Yes",
				applier: "Yes",
			});
		},
		TEST_MS,
	);
});

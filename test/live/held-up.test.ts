import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { newPrimary, replicationOf } from "./findings.ts";
import {
	explaining,
	FAILOVER_MS,
	QUICK_FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	waitLogged,
	waitWatched,
} from "./system.ts";

const BLOCK_MS = 25_000;

/**
 * A failover starts within two seconds after what has held it up is over, on a loaded machine some later: the watcher reads the store each
 * second. What waits to be told again comes far later.
 */
const SOON_MS = 8_000;

/** What stands is told again after ten seconds, and then after thirty: in between only a change is. */
const AFTER_TELLING_AGAIN_MS = 13_000;

describe.each(QUICK_FLAVORS)(
	"the failover of a dead %s primary starts",
	(flavor) => {
		let system: System;
		let primary: LabServer;
		beforeAll(async () => {
			system = await startSystem({
				flavor,
				replicas: 4,
				semiSync: false,
				config: () => ({
					RecoveryPeriodBlockSeconds: BLOCK_MS / 1_000,
					FailureDetectionPeriodBlockMinutes: 1,
				}),
			});
			({ primary } = system);
		});
		afterAll(() => system?.stop());

		const newestRecovery = async () => {
			const [newest] = await system.inStore((store) =>
				store.recoveries.list({ page: 0 }),
			);
			return newest;
		};

		const ask = async (path: string): Promise<void> => {
			expect(await system.baton.get<{ Code: string }>(path)).toMatchObject({
				Code: "OK",
			});
		};

		/** Those that have died come back where nobody else is left to take over from so many primaries in turn. */
		const enough = async (primaries = 1): Promise<void> => {
			const isUp = (each: LabServer) => each.isRunning();
			for (const back of system.servers.filter((each) => !isUp(each))) {
				if (system.servers.filter(isUp).length > primaries) return;
				await back.start();
				await explaining(system, () =>
					waitUntil(`${back.name} to follow ${primary.name}`, async () => {
						const { source, runs } = await replicationOf(back);
						return source === primary.name && runs;
					}),
				);
				await waitWatched(system, [primary, back]);
			}
		};

		/** @returns when the failure was found */
		const killed = async (): Promise<number> => {
			await enough();
			const from = system.baton.output().length;
			await primary.kill();
			await waitLogged(system, `primary ${primary.name}`, from);
			return Date.now();
		};

		/** The next recovery begins soon after that time, and not before; another primary takes over. */
		const startsAt = async (atMs: number): Promise<void> => {
			const dead = primary;
			const isOfThis = async (): Promise<boolean> => {
				const newest = await newestRecovery();
				return newest?.instance === dead.name && newest.endedAtMs > 0;
			};
			await explaining(system, () =>
				waitUntil(
					`the recovery of ${dead.name}`,
					isOfThis,
					Math.max(0, atMs - Date.now()) + FAILOVER_MS,
				),
			);
			const newest = await newestRecovery();
			expect(newest?.isSuccessful).toBe(true);
			const lateMs = (newest?.startedAtMs ?? 0) - atMs;
			expect(lateMs).toBeGreaterThanOrEqual(0);
			expect(lateMs).toBeLessThan(SOON_MS);
			primary = await newPrimary(system, dead);
		};

		/** A recovery that holds up the next one, for longer than it takes to be told again. */
		const blocked = async () => {
			// No time of it passes while servers are started.
			await enough(2);
			const before = await newestRecovery();
			const leftMs = (before?.startedAtMs ?? 0) + BLOCK_MS - Date.now();
			if (before?.acknowledged === false && leftMs > AFTER_TELLING_AGAIN_MS)
				return before;
			await ask("ack-all-recoveries?comment=seen");
			const atMs = Date.now();
			await killed();
			await startsAt(atMs);
			return newestRecovery();
		};

		test(
			"when recoveries are enabled again",
			async () => {
				await ask("ack-all-recoveries?comment=seen");
				await ask("disable-global-recoveries");
				await killed();
				await delay(AFTER_TELLING_AGAIN_MS);
				expect((await newestRecovery())?.instance).not.toBe(primary.name);
				const atMs = Date.now();
				await ask("enable-global-recoveries");
				await startsAt(atMs);
			},
			TEST_MS,
		);

		test(
			"when the recovery that blocks it is acknowledged",
			async () => {
				await blocked();
				await killed();
				await delay(AFTER_TELLING_AGAIN_MS);
				expect((await newestRecovery())?.instance).not.toBe(primary.name);
				const atMs = Date.now();
				await ask("ack-all-recoveries?comment=seen");
				await startsAt(atMs);
			},
			TEST_MS,
		);

		test(
			"when the period is over for which that one blocks it",
			async () => {
				const blocking = await blocked();
				await killed();
				await startsAt((blocking?.startedAtMs ?? 0) + BLOCK_MS);
			},
			TEST_MS,
		);

		test(
			"when its downtime is over",
			async () => {
				await ask("ack-all-recoveries?comment=seen");
				await enough();
				const [host, port] = [primary.host, primary.port];
				await ask(`begin-downtime/${host}/${port}/me/test/20s`);
				const active = await system.inStore((store) =>
					store.downtimes.active(Date.now()),
				);
				const downtime = active.find(
					({ instance }) => instance === primary.name,
				);
				// The watcher has read of it.
				await delay(1_500);
				await killed();
				await startsAt(downtime?.endsAtMs ?? 0);
			},
			TEST_MS,
		);
	},
);

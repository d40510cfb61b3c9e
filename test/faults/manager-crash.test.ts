// The manager is killed in the middle of a failover, at places that a held-up server or hook makes certain.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { firstBehindProxy, type HeldServer } from "../lab/held-answers.ts";
import type { Lab } from "../lab/lab.ts";
import { waitCaughtUp, waitUntil } from "../lab/replication.ts";
import { replicationThreads, stallApplier } from "../lab/trouble.ts";
import { createWriter } from "../lab/writer.ts";
import { terminated } from "../live/by-temporal.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	nothingRuns,
	recovered,
	recoveries,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { waitReceived } from "../live/port.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FLAVORS,
	type System,
	type SystemOptions,
	startSystem,
	TEST_MS,
	testOnQuick,
	waitLogged,
} from "../live/system.ts";

/** Start of a node, take-over of its work, and the failover. */
const FINISHED_MS = 45_000;

const insert = (id: number) =>
	`INSERT INTO app.writes VALUES (${id}, NOW(6), 'test')`;

const reachedFile = (lab: Lab) => join(lab.directory, "reached");
const goFile = (lab: Lab) => join(lab.directory, "go");

/** A hook that says that it runs, and ends when it is told. */
const heldHook = (lab: Lab): string =>
	`touch ${reachedFile(lab)}; until [ -e ${goFile(lab)} ]; do sleep 0.05; done`;

/** Longer than any deadline of a step. */
const STILL_MS = 6_000;

const STOPS_RECEIVER = /STOP (REPLICA|SLAVE)( '[^']*')? IO_THREAD/;

const ENDS = [
	["killed", "kill"],
	["stopped in good order", "terminate"],
] as const;

describe.each(FLAVORS)("a failover of a %s primary", (flavor) => {
	const testFully = testOnQuick(flavor);
	let proxy: HeldServer | undefined;
	const stage = createStage({
		flavor,
		replicas: 3,
		readOnlyAtStart: false,
		arrange: async (laid) => {
			const arranged = await firstBehindProxy(laid);
			proxy = arranged.proxy;
			return arranged;
		},
	});
	afterAll(() => proxy?.stop());
	const proxied = (): HeldServer => {
		if (proxy === undefined) throw new Error("the lab was not laid");
		return proxy;
	};
	let own: System | undefined;
	/** On the servers that the tests share, but for one that asks for others. */
	const start = async (options: Partial<SystemOptions>) => {
		const { config, ...laying } = options;
		if (Object.keys(laying).length === 0)
			return stage.afresh({
				...(config === undefined ? {} : { config }),
				before: async () => {
					for (const file of [reachedFile, goFile])
						rmSync(file(stage.lab()), { force: true });
				},
			});
		own = await startSystem({ flavor, ...options });
		return own;
	};
	afterEach(async () => {
		await own?.stop();
		own = undefined;
	});

	/** One recovery, one promotion, everybody follows, nobody holds the cluster. */
	const isFinishedOnce = async (lab: System) => {
		const next = await newPrimary(lab, lab.primary, FINISHED_MS);
		const row = await recovered(lab, FINISHED_MS);
		const steps = await stepsOf(lab, row.UID);
		expect(row.IsSuccessful, steps.join("\n")).toBe(true);
		expect(await recoveries(lab)).toHaveLength(1);
		expect(await writable(lab.servers)).toEqual([next]);
		await follows(
			lab,
			lab.replicas.filter((each) => each !== next),
			next,
		);
		// The step is told twice when the manager died before its answer was kept.
		const opened = steps.flatMap(
			(each) => /^open: (\S+) is writable/.exec(each)?.[1] ?? [],
		);
		expect([...new Set(opened)]).toEqual([next.name]);
		await nothingRuns(lab);
		return next;
	};

	const hookReached = (lab: System) =>
		explaining(lab, () =>
			waitUntil("the hook to run", async () =>
				existsSync(reachedFile(lab.lab)),
			),
		);

	testFully(
		"is finished once when the manager is killed before anything was changed",
		async () => {
			const lab = await start({
				config: (of) => ({ PreFailoverProcesses: [heldHook(of)] }),
			});
			await lab.primary.kill();
			await hookReached(lab);
			await lab.baton.kill();
			for (const each of lab.replicas)
				expect((await replicationThreads(each)).receiver).not.toBe("No");
			expect(await writable(lab.servers)).toEqual([]);
			writeFileSync(goFile(lab.lab), "");
			await lab.baton.restart();
			await isFinishedOnce(lab);
		},
	);

	testFully(
		"goes by what the store has of a primary that died while no manager ran: its semi-sync, its identity, and what it promised",
		async () => {
			const lab = await start({
				semiSync: true,
				config: () => ({ BatonMode: "lossless" }),
			});
			await lab.baton.kill();
			const was = await lab.inStore(({ inventory }) =>
				inventory.get(lab.primary.name),
			);
			await lab.primary.kill();
			await lab.baton.restart();
			const next = await isFinishedOnce(lab);
			const [row] = await recoveries(lab);
			expect((await stepsOf(lab, row?.UID ?? "")).join("\n")).toContain(
				"no acknowledged write is lost",
			);
			await explaining(lab, () =>
				waitUntil("the new primary to wait for acknowledgements", async () => {
					const now = await lab.inStore(({ inventory }) =>
						inventory.get(next.name),
					);
					return now?.semiSync.sourceActive === true;
				}),
			);
			const fence = await lab.inStore(({ fences }) =>
				fences.get(lab.primary.name),
			);
			expect(fence?.server).toMatchObject({
				uuid: was?.serverUuid,
				serverId: was?.serverId,
			});
		},
	);

	/** The primary has died, and the manager while it waited for the answer of one receiver that was stopped. */
	const dieWhileStopping = async (lab: System) => {
		const answer = proxied().hold(STOPS_RECEIVER, "its connection");
		await lab.primary.kill();
		await explaining(lab, () => answer.reached);
		await lab.baton.kill();
		answer.letGo();
		expect(await writable(lab.servers)).toEqual([]);
	};

	test(
		"is finished once when the manager is killed while receivers are being stopped",
		async () => {
			const lab = await start({});
			await dieWhileStopping(lab);
			await lab.baton.restart();
			await isFinishedOnce(lab);
		},
		TEST_MS,
	);

	testFully(
		"starts again what an attempt of its own had stopped that was lost after a hook",
		async () => {
			const lab = await start({
				config: () => ({ PreFailoverProcesses: ["true"] }),
			});
			await dieWhileStopping(lab);
			await lab.baton.restart();
			await isFinishedOnce(lab);
		},
	);

	testFully(
		"brings everybody along when the manager stands still for a while, which is not held against the servers",
		async () => {
			const lab = await start({});
			await lab.primary.kill();
			await waitLogged(lab, '"analysis":"DeadMaster"');
			process.kill(lab.baton.pid, "SIGSTOP");
			await delay(STILL_MS);
			process.kill(lab.baton.pid, "SIGCONT");
			await isFinishedOnce(lab);
		},
	);

	test(
		"that was cut off starts the receivers again when the primary is back before the next attempt",
		async () => {
			const lab = await start({});
			const { primary, replicas } = lab;
			await dieWhileStopping(lab);
			await primary.start();
			await lab.baton.restart();
			await waitLogged(lab, "the failure no longer stands", 0, FINISHED_MS);
			// An attempt that is lost is told by its steps alone.
			await waitLogged(lab, '"step":"start', 0, FINISHED_MS);
			await follows(lab, replicas, primary);
			expect(await writable(lab.servers)).toEqual([primary]);
		},
		TEST_MS,
	);

	for (const [how, end] of ENDS)
		testFully(
			`is finished once when the manager is ${how} while the new primary applies`,
			async () => {
				const lab = await start({});
				const { primary, replicas } = lab;
				const writer = createWriter({ servers: [primary] });
				const reliefs = await Promise.all(replicas.map(stallApplier));
				stage.reliefs.push(...reliefs);
				writer.start();
				await writer.waitAcknowledged(20);
				await writer.stop();
				await primary.kill();
				await waitLogged(lab, '"step":"stopReceiver"');
				await explaining(lab, () =>
					waitUntil(
						"every receiver stopped",
						async () =>
							lab.baton.output().split('"step":"stopReceiver"').length > 3,
					),
				);
				await lab.baton[end]();
				expect(await writable(lab.servers)).toEqual([]);
				// It is cut off, not taken back: nobody receives from the dead one.
				for (const each of replicas)
					expect((await replicationThreads(each)).receiver).toBe("No");
				for (const relief of reliefs) await relief();
				await lab.baton.restart();
				const next = await isFinishedOnce(lab);
				await nothingLost(lab, next, writer.records);
			},
		);

	test(
		"is finished once when the manager is killed between the promotion and the last repointing",
		async () => {
			const lab = await start({});
			const { primary, replicas } = lab;
			const [held, other] = replicas;
			if (held === undefined || other === undefined) throw new Error("lay");
			// It has received the row, which it cannot apply: stopping its replication takes as long as the lock is held.
			const relief = await stallApplier(held);
			stage.reliefs.push(relief);
			await primary.query(insert(1), "app");
			// One acknowledgement was waited for, and the other one is to be promoted.
			await waitReceived(held, primary);
			await waitCaughtUp(other, primary);
			await primary.kill();
			await waitLogged(lab, '"step":"open"');
			await lab.baton.kill();
			expect(await writable(lab.servers)).toHaveLength(1);
			await relief();
			await lab.baton.restart();
			await isFinishedOnce(lab);
		},
		TEST_MS,
	);

	for (const [how, end] of ENDS)
		testFully(
			`is finished once when the manager is ${how} after all of it, while a hook runs`,
			async () => {
				const lab = await start({
					config: (of) => ({ PostMasterFailoverProcesses: [heldHook(of)] }),
				});
				await lab.primary.kill();
				await hookReached(lab);
				await lab.baton[end]();
				expect(await writable(lab.servers)).toHaveLength(1);
				rmSync(reachedFile(lab.lab));
				await lab.baton.restart();
				// It has not answered: it is run again.
				await hookReached(lab);
				writeFileSync(goFile(lab.lab), "");
				await isFinishedOnce(lab);
			},
		);

	testFully(
		"is closed, and begun anew, when a person terminates it in Temporal",
		async () => {
			const lab = await start({
				config: (of) => ({ PreFailoverProcesses: [heldHook(of)] }),
			});
			await lab.primary.kill();
			await hookReached(lab);
			const [held] = await lab.inStore((store) => store.operations.running());
			if (held === undefined) throw new Error("nothing runs");
			await terminated(lab, held);
			writeFileSync(goFile(lab.lab), "");
			await newPrimary(lab, lab.primary, FINISHED_MS);
			await explaining(lab, () =>
				waitUntil(
					"both records to be closed",
					async () =>
						(await recoveries(lab)).map((each) => each.IsSuccessful).join() ===
						"true,false",
				),
			);
			const [, first] = await recoveries(lab);
			expect((await stepsOf(lab, first?.UID ?? "")).join()).toContain(
				`(run ${held.runId}) was terminated: what it has changed is as it left it`,
			);
			await nothingRuns(lab);
		},
	);

	testFully(
		"is finished once when manager and Temporal are both killed as it begins",
		async () => {
			const lab = await start({});
			await lab.primary.kill();
			await waitLogged(lab, '"analysis":"DeadMaster"');
			await lab.baton.kill();
			lab.baton.killTemporal();
			await lab.baton.restart();
			await isFinishedOnce(lab);
		},
	);
});

// A new primary dies between its opening and the moment in which it has forgotten whom it replaced.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TOLD_AFTER_MS } from "../../temporal/straight-operation.ts";
import { firstBehindProxy, type HeldServer } from "../lab/held-answers.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import { terminated } from "../live/by-temporal.ts";
import {
	becomesReadOnly,
	nothingLost,
	type OpeningWatch,
	type RecoveryRow,
	recovered,
	recoveries,
	stepsOf,
	watchOpenings,
	writable,
} from "../live/findings.ts";
import {
	ALL_FAULTS,
	explaining,
	FAILOVER_MS,
	FLAVORS,
	logTail,
	QUICK_FLAVORS,
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	waitWatched,
} from "../live/system.ts";

/** The first that a server is told when it is to forget its source: it has been opened by then. */
const FORGETS = /STOP (REPLICA|SLAVE)(?! '?\w*'?\s*IO_THREAD)/;

/** Longer than a failover takes that should not come. */
const QUIET_MS = ALL_FAULTS ? 8_000 : 4_000;

/** Start of a node, take-over of its work, and a failover. */
const RESUMED_MS = 45_000;

interface Ground {
	readonly lab: SharedLab;
	readonly proxy: HeldServer;
	/** It is promoted. */
	readonly to: LabServer;
}

const layGround = async (
	flavor: (typeof FLAVORS)[number],
	replicas: number,
): Promise<Ground> => {
	let proxy: HeldServer | undefined;
	const lab = await shareLab({
		flavor,
		replicas,
		// A primary that returns takes writes, until it is told otherwise.
		readOnlyAtStart: false,
		arrange: async (laid) => {
			const arranged = await firstBehindProxy(laid);
			proxy = arranged.proxy;
			return arranged;
		},
	});
	if (proxy === undefined) throw new Error("lay");
	return { lab, proxy, to: proxy.server };
};

const unsuccessful = (to: LabServer): Partial<RecoveryRow> =>
	({
		IsSuccessful: false,
		SuccessorKey: { Hostname: to.host, Port: to.port },
	}) as const;

describe.each(FLAVORS)(
	"a new %s primary that dies before it has forgotten its source",
	(flavor) => {
		let ground: Ground;
		let watch: OpeningWatch | undefined;
		let writer: Writer | undefined;
		const lay = (replicas: number) => {
			beforeAll(async () => {
				ground = await layGround(flavor, replicas);
			}, TEST_MS);
			afterAll(async () => {
				ground?.proxy.stop();
				await ground?.lab.stop();
			}, TEST_MS);
			afterEach(async () => {
				await writer?.stop();
				await watch?.stop();
			});
		};

		/** The primary has died, another one was opened in its place, and has died too. */
		const dieTwice = async (): Promise<System> => {
			const { lab, proxy, to } = ground;
			const system = await lab.afresh();
			const { primary, servers, baton } = system;
			await baton.get(`register-candidate/${to.host}/${to.port}/prefer`);
			watch = watchOpenings(servers);
			writer = createWriter({ servers, ratePerSecond: 100 });
			writer.start();
			await writer.waitAcknowledged(20);
			const held = proxy.hold(FORGETS, "its connection");
			await primary.kill();
			await held.reached;
			expect(await writable(servers)).toEqual([to]);
			await to.kill();
			held.letGo();
			return system;
		};
		const records = () => writer?.records ?? [];

		describe("of three servers", () => {
			lay(2);

			test(
				"is replaced in its turn, by itself; both are closed and compared when they return",
				async () => {
					const system = await dieTwice();
					const { primary, replicas, servers } = system;
					const { to } = ground;
					const [third] = replicas.filter((each) => each !== to);
					if (third === undefined) throw new Error("lay");
					await explaining(system, () =>
						waitUntil(
							`${third.name} to take writes`,
							async () => (await writable(servers)).includes(third),
							FAILOVER_MS,
						),
					);
					await writer?.waitAcknowledged(20);
					await writer?.stop();
					const last = await recovered(system);
					expect(
						last,
						(await stepsOf(system, last.UID)).join("\n"),
					).toMatchObject({
						IsSuccessful: true,
						SuccessorKey: { Port: third.port },
					});
					const before = (await recoveries(system))[1];
					expect(before).toMatchObject(unsuccessful(to));
					expect(
						(await stepsOf(system, before?.UID ?? "")).join("\n"),
					).toContain("cannot be reached any more: nobody takes writes");
					await nothingLost(system, third, records());
					expect(await watch?.stop()).toEqual([]);

					await Promise.all([primary.start(), to.start()]);
					await becomesReadOnly(system, primary);
					await becomesReadOnly(system, to);
					await sleep(QUIET_MS);
					expect(await writable(servers), logTail(system)).toEqual([third]);
				},
				TEST_MS,
			);
		});

		describe.runIf(QUICK_FLAVORS.includes(flavor))(
			"of three servers, whose failover was cut off",
			() => {
				lay(2);

				test(
					"and that is started again before the old one is back: one server takes writes, and has them all",
					async () => {
						const { lab, proxy, to } = ground;
						const system = await lab.afresh();
						const { primary, replicas, servers, baton } = system;
						await baton.get(`register-candidate/${to.host}/${to.port}/prefer`);
						watch = watchOpenings(servers);
						writer = createWriter({ servers, ratePerSecond: 100 });
						writer.start();
						await writer.waitAcknowledged(20);
						const held = proxy.hold(FORGETS, "its connection");
						await primary.kill();
						await held.reached;
						expect(await writable(servers)).toEqual([to]);
						// The entity has been told of it by then, and closes its record when it is terminated.
						await sleep(TOLD_AFTER_MS + 250);
						const [cutOff] = await system.inStore(({ operations }) =>
							operations.running(),
						);
						if (cutOff === undefined) throw new Error("it does not run");
						await baton.kill();
						await terminated(system, cutOff);
						await to.kill();
						held.letGo();
						await to.start();
						await baton.restart();

						await recovered(system, RESUMED_MS);
						await explaining(system, () =>
							waitUntil(
								"somebody to take writes",
								async () => (await writable(replicas)).length > 0,
								RESUMED_MS,
							),
						);
						await writer.waitAcknowledged(20);
						await sleep(QUIET_MS);
						expect(await watch?.stop(), logTail(system)).toEqual([]);
						// It begins with its writes open.
						await primary.start();
						await becomesReadOnly(system, primary);
						await sleep(QUIET_MS);
						await writer.stop();
						const [next, ...others] = await writable(servers);
						if (next === undefined) throw new Error("nobody takes writes");
						expect(others, logTail(system)).toEqual([]);
						expect(next).not.toBe(primary);
						await nothingLost(system, next, records());
						await explaining(system, () =>
							waitUntil("it to be the primary on record", async () =>
								(await system.inStore((store) => store.clusters.all())).some(
									({ clusterName, role }) =>
										clusterName === next.name && role?.primary === next.name,
								),
							),
						);
					},
					TEST_MS,
				);
			},
		);

		describe.runIf(QUICK_FLAVORS.includes(flavor))("of two servers", () => {
			lay(1);

			test(
				"is replaced by the old one when a person asks for it, and closed when it returns",
				async () => {
					const system = await dieTwice();
					const { primary, servers, baton } = system;
					const { to } = ground;
					await recovered(system);
					await writer?.stop();
					await primary.start();
					await becomesReadOnly(system, primary);
					await waitWatched(system, [primary]);
					const done = await baton.command(
						"-c",
						"force-master-failover",
						"-i",
						to.name,
					);
					expect(done.stdout, `${done.stderr}\n${logTail(system)}`).toContain(
						primary.name,
					);
					expect(await writable(servers)).toEqual([primary]);
					expect(await watch?.stop()).toEqual([]);
					await to.start();
					await sleep(QUIET_MS);
					expect(await writable(servers), logTail(system)).toEqual([primary]);
				},
				TEST_MS,
			);

			test(
				"leaves the old one closed when that returns, and says that nobody takes writes; back, it is the primary",
				async () => {
					const system = await dieTwice();
					const { primary, servers, baton } = system;
					const { to } = ground;
					const row = await recovered(system);
					expect(row, logTail(system)).toMatchObject(unsuccessful(to));
					await writer?.stop();
					await primary.start();
					await becomesReadOnly(system, primary);
					await sleep(QUIET_MS);
					expect(await writable(servers), logTail(system)).toEqual([]);
					const why = await baton.command("-c", "why", "-i", primary.name);
					expect(why.stdout.replaceAll(/\s+/g, " ")).toMatch(
						new RegExp(
							`nobody takes writes in its place; start ${to.name} again`,
						),
					);
					expect(await watch?.stop()).toEqual([]);

					await to.start();
					await explaining(system, () =>
						waitUntil(
							`${to.name} to be the primary of the cluster`,
							async () =>
								(await system.inStore((store) => store.clusters.all())).some(
									({ clusterName }) => clusterName === to.name,
								),
							FAILOVER_MS,
						),
					);
				},
				TEST_MS,
			);
		});
	},
);

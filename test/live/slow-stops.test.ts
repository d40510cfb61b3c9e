// Threads of a replica that take long to stop: whoever asked for it does not see the end, and it stops all the same.

import { describe, expect, test } from "vitest";
import { ServerFault } from "../../src/mysql/driver-error.ts";
import { createLab } from "../lab/lab.ts";
import { setReadOnly, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { blockApplier, type Relief, stallApplier } from "../lab/trouble.ts";
import { layForEach } from "./laid.ts";
import { look, run, stateOf } from "./port.ts";
import { atWrites, killedBefore, listening } from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

let nextId = 1;
const insert = (primary: LabServer, table = "writes") =>
	primary.query(
		`INSERT INTO app.${table} VALUES (${nextId++}, NOW(6), 'test')`,
		"app",
	);

/** MySQL: the receiver waits to write down how far it has come, and stops when it has. */
const holdReceiver = async (
	replica: LabServer,
	primary: LabServer,
): Promise<Relief> => {
	await replica.query(
		"SET GLOBAL rpl_stop_replica_timeout = 2, GLOBAL sync_source_info = 1",
	);
	const holder = await replica.connect();
	await setReadOnly(replica, false);
	await holder.query("BEGIN");
	await holder.query("SELECT * FROM mysql.slave_master_info FOR UPDATE");
	await setReadOnly(replica, true);
	// Answered when it is acknowledged.
	const written = insert(primary);
	await waitUntil("the receiver to wait", async () => {
		const [row] = await replica.query(
			"SELECT COUNT(*) AS waiting FROM performance_schema.data_lock_waits",
		);
		return Number(row?.waiting) > 0;
	});
	return async () => {
		holder.destroy();
		await written;
	};
};

const later = (ms: number, relief: Relief): Promise<void> =>
	new Promise((resolve, reject) => {
		setTimeout(() => relief().then(resolve, reject), ms);
	});

/** The undo of a move of which nobody knows the end, while what holds the threads up lets go of them. */
const movedBack = async (
	replica: LabServer,
	source: LabServer,
	release: Relief,
) => {
	const { serverUuid, serverId } = await look(source);
	const [answer] = await Promise.all([
		run({
			do: "moveBelow",
			on: replica.name,
			channel: "",
			source: source.name,
			sourceUuid: serverUuid,
			sourceId: serverId,
			unsettled: true,
		}),
		later(1_000, release),
	]);
	return answer;
};

describe("a receiver of MySQL that takes long to stop", () => {
	let primary: LabServer;
	let first: LabServer;
	const { reliefs } = layForEach({ flavor: "mysql", replicas: 1 }, (...all) => {
		[primary, first] = all as [LabServer, LabServer];
	});
	const held = async () => {
		const relief = await holdReceiver(first, primary);
		reliefs.push(relief, async () => {
			await first.query(
				"SET GLOBAL rpl_stop_replica_timeout = DEFAULT, GLOBAL sync_source_info = DEFAULT",
			);
		});
		return relief;
	};
	const stop = () =>
		({ do: "stopReceiver", on: first.name, channel: "" }) as const;
	/** Its status is held up, too: it gets busy when that was read. @returns what lets it go on */
	const stopInVain = async (): Promise<Relief> => {
		let release: Relief | undefined;
		const stopped = await run(stop(), {
			through: atWrites(first, {
				before: async (sql) => {
					if (/STOP/.test(sql)) release ??= await held();
				},
			}),
		});
		expect(stopped).toMatchObject({
			outcome: "failed",
			effect: "unknown",
			says: expect.stringContaining("will stop once the current task"),
		});
		if (release === undefined) throw new Error("not held");
		return release;
	};
	const runs = async () => (await stateOf(first)).runs;

	test.each(["startReceiver", "startReplication"] as const)(
		"is not known to be stopped, and is started again when it has, by %s",
		async (start) => {
			const release = await stopInVain();
			const [back] = await Promise.all([
				run({ ...stop(), do: start, unsettled: true }),
				later(1_000, release),
			]);
			expect(back).toMatchObject({ outcome: "done", effect: "changed" });
			await waitUntil("the receiver to run", runs);
		},
		TEST_MS,
	);

	test(
		"holds up a move back to the source that it has had",
		async () => {
			const release = await stopInVain();
			const back = await movedBack(first, primary, release);
			expect(back).toMatchObject({ outcome: "done", effect: "changed" });
			await waitUntil("both to run", runs);
		},
		TEST_MS,
	);
});

const CHANGE = /CHANGE (REPLICATION SOURCE|MASTER)/;
const START_RECEIVER = /START SLAVE .*IO_THREAD/;
const START_APPLIER = /START (REPLICA|SLAVE) .*SQL_THREAD/;

describe.each(FLAVORS)(
	"on %s, what a change of its delay has stopped",
	(flavor) => {
		let primary: LabServer;
		let first: LabServer;
		layForEach({ flavor, replicas: 1 }, (...all) => {
			[primary, first] = all as [LabServer, LabServer];
		});
		const delayed = (seconds: number) =>
			({ do: "setDelay", on: first.name, channel: "", seconds }) as const;
		/** What was started may be connecting still. */
		const replicatesWith = async (sqlDelaySeconds: number) => {
			await waitUntil(
				"the receiver to be connected",
				async () => (await look(first)).replication.receiver === 1,
			);
			expect((await look(first)).replication).toMatchObject({
				applier: 1,
				sqlDelaySeconds,
			});
		};
		test(
			"is connected again by the time that it is told",
			async () => {
				const known = [await look(primary), await look(first)];
				for (const seconds of [3600, 0])
					expect(
						await run(delayed(seconds), { known, nowMs: () => 0 }),
					).toMatchObject({
						outcome: "done",
						seen: [
							{
								name: first.name,
								replication: {
									receiver: 1,
									applier: 1,
									sqlDelaySeconds: seconds,
								},
							},
						],
					});
			},
			TEST_MS,
		);

		/** A change of the delay that is cut off. @returns the servers as they were before */
		const cutOff = async (at: RegExp) => {
			const known = [await look(first)];
			expect(
				await run(delayed(3600), { known, through: killedBefore(at, first) }),
			).toMatchObject({ outcome: "failed", effect: "unknown" });
			expect((await look(first)).replication.applier).toBe(0);
			return { known };
		};

		const CUTS = [
			{ when: "before the delay was changed", at: CHANGE },
			...(flavor === "mariadb"
				? [{ when: "before the receiver was started", at: START_RECEIVER }]
				: []),
			{ when: "before the applier was started", at: START_APPLIER },
		];

		test.each(
			CUTS.flatMap((each) => [
				{ ...each, again: "the same again", seconds: 3600 },
				{ ...each, again: "what takes it back", seconds: 0 },
			]),
		)(
			"is started by $again where it was cut off $when",
			async ({ at, seconds }) => {
				const before = await cutOff(at);
				expect(
					await run({ ...delayed(seconds), unsettled: true }, before),
				).toMatchObject({ outcome: "done", effect: "changed" });
				await replicatesWith(seconds);
			},
			TEST_MS,
		);

		test.each(CUTS.filter(({ at }) => at !== CHANGE))(
			"is started by what takes it back where the server refused that $when",
			async ({ at }) => {
				const known = [await look(first)];
				let isRefused = false;
				const through = atWrites(first, {
					before: async (sql) => {
						if (isRefused || !at.test(sql)) return;
						isRefused = true;
						throw new ServerFault("refused-by-server", "not now", 1205);
					},
				});
				expect(await run(delayed(3600), { known, through })).toMatchObject({
					outcome: "failed",
					effect: "unknown",
				});
				expect(
					await run({ ...delayed(0), unsettled: true }, { known }),
				).toMatchObject({ outcome: "done", effect: "changed" });
				await replicatesWith(0);
			},
			TEST_MS,
		);

		test.runIf(flavor === "mariadb")(
			"is started again where its delay cannot be taken off any more",
			async () => {
				const before = await cutOff(START_APPLIER);
				const { executedGtid } = await look(first);
				await insert(primary);
				await waitUntil(
					"it to be received",
					async () =>
						(await look(first)).replication.retrievedGtid !== executedGtid,
				);
				expect(
					await run({ ...delayed(0), unsettled: true }, before),
				).toMatchObject({
					outcome: "refused",
					effect: "changed",
					says: expect.stringContaining(
						"until then it replicates with a delay of 3600 s",
					),
				});
				await replicatesWith(3600);
			},
			TEST_MS,
		);
	},
);

describe("an applier of MariaDB that takes long to stop", () => {
	let primary: LabServer;
	let first: LabServer;
	const { reliefs } = layForEach(
		{ flavor: "mariadb", replicas: 1 },
		(...all) => {
			[primary, first] = all as [LabServer, LabServer];
		},
	);
	/** Waits behind a lock in a transaction that has changed what cannot be taken back: it stops when that is through. */
	const holdApplier = async (): Promise<Relief> => {
		await primary.query(
			"CREATE TABLE app.plain (id INT PRIMARY KEY) ENGINE = MyISAM",
			"app",
		);
		await waitCaughtUp(first, primary);
		const release = await stallApplier(first);
		const writer = await primary.connect("app");
		await writer.query("BEGIN");
		await writer.query("INSERT INTO app.plain VALUES (1)");
		await writer.query("INSERT INTO app.writes VALUES (1, NOW(6), 'test')");
		await writer.query("COMMIT");
		writer.destroy();
		await waitUntil("the applier to wait", async () => {
			const [row] = await first.query(
				"SELECT COUNT(*) AS waiting FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'",
			);
			return Number(row?.waiting) > 0;
		});
		return release;
	};

	test(
		"is started again when it has stopped",
		async () => {
			const release = await holdApplier();
			reliefs.push(release);
			const stopping = await first.connect();
			void stopping.query("STOP SLAVE").catch(() => {
				// Cut off below.
			});
			await waitUntil("the stop to be under way", async () => {
				const [row] = await first.query(
					"SELECT COUNT(*) AS stopping FROM information_schema.PROCESSLIST WHERE INFO = 'STOP SLAVE' AND TIME_MS > 200",
				);
				return Number(row?.stopping) > 0;
			});
			stopping.destroy();
			const back = await movedBack(first, primary, release);
			expect(back).toMatchObject({ outcome: "done" });
			await new Promise((resolve) => setTimeout(resolve, 500));
			expect(await stateOf(first)).toMatchObject({ runs: true });
		},
		TEST_MS,
	);
});

describe.each(FLAVORS)("on %s", (flavor) => {
	const word = flavor === "mysql" ? "REPLICA" : "SLAVE";
	let primary: LabServer;
	let first: LabServer;
	const { reliefs } = layForEach({ flavor, replicas: 1 }, (...all) => {
		[primary, first] = all as [LabServer, LabServer];
	});
	const receiver = async () => (await look(first)).replication.receiver;

	test(
		"a receiver of a hung source whose stop was cut off runs in the end",
		async () => {
			const start = {
				do: "startReceiver",
				on: first.name,
				channel: "",
			} as const;
			primary.pause();
			reliefs.push(async () => primary.resume());
			if (flavor === "mysql") {
				// One that was restarted takes two seconds to stop.
				await first.query(`STOP ${word} IO_THREAD`);
				await first.query(`START ${word} IO_THREAD`);
				await new Promise((resolve) => setTimeout(resolve, 300));
			}
			const stopping = await first.connect();
			const cutOff = stopping
				.query(`STOP ${word} IO_THREAD`)
				.catch(() => "cut");
			await new Promise((resolve) => setTimeout(resolve, 100));
			await first.query(`KILL ${stopping.threadId}`);
			expect(await cutOff).toBe("cut");
			expect(await receiver()).toBeGreaterThan(0);
			expect(await run({ ...start, unsettled: true })).toMatchObject({
				outcome: "done",
			});
			await new Promise((resolve) => setTimeout(resolve, 2_500));
			expect(await receiver()).toBeGreaterThan(0);
		},
		TEST_MS,
	);
});

test(
	"a receiver of a hung source of MariaDB is not started beside an applier that is stopped, to be ended",
	async () => {
		const lab = await createLab({ flavor: "mariadb" });
		try {
			const { primary, replicas } = await lab.lay({ replicas: 1 });
			const first = replicas[0] as LabServer;
			await blockApplier(first);
			const hung = await look(primary);
			const known = [
				{
					...hung,
					check: { ...hung.check, outcome: "timeout" as const, seenAtMs: 0 },
				},
			];
			primary.pause();
			const heard: string[] = [];
			const stopped = await run(
				{ do: "stopReceiver", on: first.name, channel: "" },
				{ known, through: listening(first, heard) },
			);
			primary.resume();
			expect(stopped).toMatchObject({ outcome: "done" });
			expect(heard.filter((sql) => !/semi_sync/.test(sql))).toEqual([
				"STOP SLAVE ? IO_THREAD",
			]);
		} finally {
			await lab.stop();
		}
	},
	TEST_MS,
);

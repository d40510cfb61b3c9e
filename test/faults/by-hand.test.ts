// A person changes on the servers who is the primary, while Baton watches.

import {
	appendFileSync,
	cpSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { splitName } from "../../src/topology/instance-name.ts";
import {
	replicate,
	setReadOnly,
	waitCaughtUp,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { commitErrant, isReadOnly } from "../lab/trouble.ts";
import {
	becomesReadOnly,
	newPrimary,
	recovered,
	watchOpenings,
	writable,
} from "../live/findings.ts";
import {
	ALL_FAULTS,
	explaining,
	FLAVORS,
	logTail,
	QUICK_FLAVORS,
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	testOnQuick,
} from "../live/system.ts";

const STOP = { mysql: "STOP REPLICA", mariadb: "STOP SLAVE" } as const;
const RESET = {
	mysql: "RESET REPLICA ALL",
	mariadb: "RESET SLAVE ALL",
} as const;

/** As a person makes a replica a primary. */
const standAlone = async (server: LabServer): Promise<void> => {
	await server.query(STOP[server.flavor]);
	await server.query(RESET[server.flavor]);
	await setReadOnly(server, false);
};

const recordOf = (system: System) =>
	system.inStore(async ({ clusters }) => (await clusters.all())[0]);

/** Waits until the record, and with it the cluster's name, is of the server. */
const recordFollows = (system: System, to: LabServer, word: string) =>
	explaining(system, () =>
		waitUntil(`${to.name} to be the recorded primary`, async () => {
			const cluster = await recordOf(system);
			return (
				cluster?.clusterName === to.name &&
				cluster.role?.primary === to.name &&
				cluster.role.word === word
			);
		}),
	);

const codesOf = async (system: System): Promise<string[]> =>
	(
		await system.baton.get<{
			Details: { Analysis: string; AnalyzedInstanceKey: { Port: number } }[];
		}>("replication-analysis")
	).Details.map((each) => `${each.Analysis} ${each.AnalyzedInstanceKey.Port}`);

const primariesTold = async (system: System): Promise<number[]> =>
	(await system.baton.get<{ Key: { Port: number } }[]>("masters")).map(
		(each) => each.Key.Port,
	);

/** As if it had been laid anew by other means: MySQL makes itself a new UUID, MariaDB is known by its id. */
const anotherIdentity = async (
	server: LabServer,
): Promise<() => Promise<void>> => {
	if (server.flavor === "mariadb") {
		await server.query("SET GLOBAL server_id = 4711");
		return async () => {
			await server.query(`SET GLOBAL server_id = ${server.serverId}`);
		};
	}
	const identity = join(server.directory, "data", "auto.cnf");
	const kept = readFileSync(identity);
	await server.stop();
	rmSync(identity);
	await server.start();
	return async () => {
		await server.stop();
		writeFileSync(identity, kept);
		await server.start();
	};
};

const copyOf = ({ directory }: LabServer): string => join(directory, "copy");

/** A backup of the server, which is down meanwhile. */
const copied = async (server: LabServer): Promise<void> => {
	await server.stop();
	cpSync(join(server.directory, "data"), copyOf(server), { recursive: true });
	await server.start();
};

/** The server is what it was when it was copied; it is started again as that. */
const restored = async (server: LabServer): Promise<void> => {
	await server.kill();
	const data = join(server.directory, "data");
	rmSync(data, { recursive: true });
	renameSync(copyOf(server), data);
	await server.start();
};

let written = 0;
const write = async (server: LabServer): Promise<void> => {
	written += 1;
	await server.query(
		`INSERT INTO app.writes VALUES (${written}, NOW(6), 'by hand')`,
	);
};

/** By which name it tells others of itself; of what its option file says twice the last counts. */
const reporting = async (server: LabServer, host: string): Promise<void> => {
	appendFileSync(join(server.directory, "my.cnf"), `report_host = ${host}\n`);
	await server.restart();
	await setReadOnly(server, true);
};

/** Each of its servers once, by whatever name of its host, and nobody else. */
const areOnceEach = async (system: System): Promise<void> => {
	const ports = (
		await system.inStore(({ inventory }) => inventory.names())
	).map((name) => splitName(name).port);
	expect(ports.toSorted(), logTail(system)).toEqual(
		system.servers.map(({ port }) => port).toSorted(),
	);
};

/** What a person does to a sound cluster, and what is so afterwards. */
interface Act {
	readonly does: string;
	readonly work: (system: System) => Promise<unknown>;
	/** What the next test cannot take back by itself. */
	readonly undo?: (system: System) => Promise<unknown>;
	/** Who takes writes then, by place: 0 the primary, 1 and 2 its replicas. */
	readonly writable: readonly number[];
	/** What is told of whom, where something is amiss. */
	readonly told?: readonly [code: string, place: number];
}

const replicasOf = ({ replicas }: System) => replicas as [LabServer, LabServer];

const ACTS: readonly Act[] = [
	{
		does: "stops a replica",
		work: (system) => replicasOf(system)[0].query(STOP[system.flavor]),
		writable: [0],
	},
	{
		does: "makes a replica follow nobody, read-only",
		work: async (system) => {
			const [replica] = replicasOf(system);
			await replica.query(STOP[system.flavor]);
			await replica.query(RESET[system.flavor]);
		},
		writable: [0],
	},
	{
		does: "opens a replica that goes on replicating",
		work: (system) => setReadOnly(replicasOf(system)[0], false),
		writable: [0, 1],
	},
	{
		does: "puts a replica below the other one",
		work: (system) => {
			const [one, other] = replicasOf(system);
			return replicate(one, other);
		},
		writable: [0],
	},
	{
		does: "makes a replica stand alone and opens it",
		work: (system) => standAlone(replicasOf(system)[0]),
		writable: [0, 1],
		told: ["WriterBesideRecordedPrimary", 1],
	},
	{
		does: "restores an older copy of a replica at its address",
		work: async (system) => {
			const [replica] = replicasOf(system);
			await copied(replica);
			await write(system.primary);
			await restored(replica);
			await setReadOnly(replica, true);
			await waitCaughtUp(replica, system.primary);
		},
		writable: [0],
	},
	{
		does: "lets a replica report another host name of itself",
		work: (system) => reporting(replicasOf(system)[0], "localhost"),
		undo: (system) => reporting(replicasOf(system)[0], "127.0.0.1"),
		writable: [0],
	},
	{
		does: "makes the primary follow a replica that is read-only",
		work: async (system) => {
			const [replica, other] = replicasOf(system);
			await setReadOnly(system.primary, true);
			await replica.query(STOP[system.flavor]);
			await replica.query(RESET[system.flavor]);
			await replicate(other, replica);
			await replicate(system.primary, replica);
		},
		writable: [],
		told: ["RecordedPrimaryReplicates", 0],
	},
];

describe.each(QUICK_FLAVORS)("on %s servers a person who", (flavor) => {
	let lab: SharedLab;
	beforeAll(async () => {
		lab = await shareLab({
			flavor,
			replicas: 2,
			semiSync: false,
			readOnlyAtStart: false,
		});
	}, TEST_MS);
	afterAll(() => lab?.stop(), TEST_MS);
	const reliefs: (() => Promise<unknown>)[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
	});

	for (const act of ACTS.filter((_, at) => ALL_FAULTS || at % 2 === 0))
		test(`${act.does} is left alone, and told`, {
			timeout: TEST_MS,
		}, async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, servers } = system;
			await recordFollows(system, primary, "met");
			reliefs.push(async () => act.undo?.(system));
			await act.work(system);
			const { told } = act;
			if (told !== undefined)
				await explaining(system, () =>
					waitUntil(`${told[0]} to be told`, async () =>
						(await codesOf(system)).includes(
							`${told[0]} ${servers[told[1]]?.port}`,
						),
					),
				);
			// Whoever would put it right by himself has done so by then.
			await sleep(5_000);
			expect(await writable(servers), logTail(system)).toEqual(
				act.writable.map((place) => servers[place]),
			);
			expect(await recordOf(system)).toMatchObject({
				clusterName: primary.name,
				role: { primary: primary.name, word: "met" },
			});
			await areOnceEach(system);
		});
});

describe.each(FLAVORS)("on %s servers", (flavor) => {
	let lab: SharedLab;
	beforeAll(async () => {
		lab = await shareLab({
			flavor,
			replicas: 2,
			semiSync: false,
			readOnlyAtStart: false,
		});
	}, TEST_MS);
	afterAll(() => lab?.stop(), TEST_MS);

	test(
		"a change of primary by hand is recorded, and nobody is touched",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, replicas } = system;
			const [next, other] = replicas as [LabServer, LabServer];
			await recordFollows(system, primary, "met");
			await setReadOnly(primary, true);
			await standAlone(next);
			await replicate(other, next);
			await replicate(primary, next);
			await recordFollows(system, next, "servers");
			expect(await writable(system.servers)).toEqual([next]);
			await waitUntil("the lists to follow", async () =>
				(await primariesTold(system)).includes(next.port),
			);
			expect(await primariesTold(system)).toEqual([next.port]);

			// Somebody opens the old one again, or had never closed it.
			await setReadOnly(primary, false);
			await explaining(system, () =>
				waitUntil("its open writes to be told", async () =>
					(await codesOf(system)).includes(
						`ReplacedPrimaryTakesWrites ${primary.port}`,
					),
				),
			);
			const back = await system.baton.command(
				"-c",
				"graceful-master-takeover",
				"-i",
				next.name,
				"-d",
				primary.name,
			);
			expect(back.code).toBe(1);
			expect(back.stderr).toMatch(
				new RegExp(`take writes: .*SET GLOBAL \\S+ = ON on ${primary.name}`),
			);
			await setReadOnly(primary, true);
			await explaining(system, () =>
				waitUntil(
					"it to be told no more",
					async () =>
						!(await codesOf(system)).some((each) =>
							each.startsWith("ReplacedPrimary"),
						),
				),
			);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"an old primary that was held back is the primary again when its successor was made to follow it",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, replicas } = system;
			await recordFollows(system, primary, "met");
			for (const each of replicas) await each.query(STOP[flavor]);
			await commitErrant(primary);
			await primary.kill();
			for (const each of replicas)
				await each.query(STOP[flavor].replace("STOP", "START"));
			const next = await newPrimary(system, primary);
			await recovered(system);
			await primary.start();
			await becomesReadOnly(system, primary);
			await explaining(system, () =>
				waitUntil("it to be held back", () =>
					system.inStore(
						async ({ fences }) =>
							(await fences.get(primary.name))?.state === "fenced",
					),
				),
			);
			// Whoever lays it anew takes what the old one has for right.
			for (const each of replicas) await replicate(each, primary);
			await setReadOnly(primary, false);
			await recordFollows(system, primary, "servers");
			await sleep(3_000);
			expect(await isReadOnly(primary), logTail(system)).toBe(false);
			await explaining(system, () =>
				waitUntil(
					"nothing to be held against either of them",
					async () =>
						(await system.inStore(({ fences }) => fences.get(primary.name))) ===
							undefined &&
						!(await codesOf(system)).includes(
							`WriterBesideRecordedPrimary ${next.port}`,
						),
				),
			);
		},
	);

	testOnQuick(flavor)(
		"an older copy of an old primary that comes back at its address is closed, and held back without what it once had",
		async () => {
			const system = await lab.afresh({
				semiSync: false,
				before: ({ primary }) => copied(primary),
			});
			const { primary, replicas } = system;
			await recordFollows(system, primary, "met");
			await write(primary);
			for (const each of replicas) await waitCaughtUp(each, primary);
			await primary.kill();
			const next = await newPrimary(system, primary);
			await recovered(system);
			await write(next);
			const watch = watchOpenings(system.servers);
			await restored(primary);
			await becomesReadOnly(system, primary);
			await explaining(system, () =>
				waitUntil("it to be held back", async () => {
					const fence = await system.inStore(({ fences }) =>
						fences.get(primary.name),
					);
					return (
						fence?.state === "fenced" &&
						fence.note.includes("transactions that it has committed itself")
					);
				}),
			);
			await watch.stop();
			expect(await writable(system.servers), logTail(system)).toEqual([next]);
			await recordFollows(system, next, "operation");
			await areOnceEach(system);
		},
	);

	testOnQuick(flavor)(
		"an old primary that comes back with a replica of its own, while hooks run, is closed and takes the name from nobody",
		async () => {
			const system = await lab.afresh({
				semiSync: false,
				config: () => ({ PostMasterFailoverProcesses: ["sleep 8"] }),
			});
			const { primary, replicas } = system;
			const [, cut] = replicas as [LabServer, LabServer];
			await recordFollows(system, primary, "met");
			await cut.kill();
			await primary.kill();
			const next = await newPrimary(system, primary);
			const watch = watchOpenings(system.servers);
			await Promise.all([primary.start(), cut.start()]);
			await replicate(cut, primary);
			await becomesReadOnly(system, primary);
			await sleep(4_000);
			await watch.stop();
			expect(await writable(system.servers), logTail(system)).toEqual([next]);
			await recordFollows(system, next, "operation");
			expect(await primariesTold(system)).toEqual([next.port]);
		},
	);

	testOnQuick(flavor)(
		"another server at the address of the recorded primary is told, and adopt makes it the primary",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, baton } = system;
			await recordFollows(system, primary, "met");
			await baton.command("-c", "disable-global-recoveries");
			const back = await anotherIdentity(primary);
			try {
				await explaining(system, () =>
					waitUntil("it to be told", async () =>
						(await codesOf(system)).includes(
							`RecordedPrimaryIsAnotherServer ${primary.port}`,
						),
					),
				);
				const why = await baton.command("why", primary.name);
				expect(why.stdout).toContain("another server answers");
				expect(await writable(system.servers)).toEqual([primary]);
				const adopted = await baton.command("-c", "adopt", "-i", primary.name);
				expect(adopted).toMatchObject({ code: 0 });
				await recordFollows(system, primary, "person");
				await waitUntil(
					"it to be told no more",
					async () =>
						!(await codesOf(system)).includes(
							`RecordedPrimaryIsAnotherServer ${primary.port}`,
						),
				);
			} finally {
				await back();
			}
		},
	);

	testOnQuick(flavor)(
		"whoever takes writes beside the recorded primary is told, and adopt makes it the primary",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, replicas, baton } = system;
			const [next, other] = replicas as [LabServer, LabServer];
			await recordFollows(system, primary, "met");
			await standAlone(next);
			await explaining(system, () =>
				waitUntil("it to be told", async () =>
					(await codesOf(system)).includes(
						`WriterBesideRecordedPrimary ${next.port}`,
					),
				),
			);
			const refused = await baton.command("-c", "adopt", "-i", next.name);
			expect(refused.code).toBe(1);
			expect(refused.stderr).toContain("make it read-only first");
			expect(await writable(system.servers)).toEqual([primary, next]);
			await setReadOnly(primary, true);
			await replicate(other, next);
			const adopted = await baton.command("-c", "adopt", "-i", next.name);
			expect(adopted).toMatchObject({ code: 0, stdout: `${next.name}\n` });
			await recordFollows(system, next, "person");
			expect(await writable(system.servers)).toEqual([next]);
		},
	);
});

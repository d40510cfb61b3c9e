// Planned takeovers in the shapes of a topology in which somebody has no siblings, or has errant transactions.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import type { Envelope } from "../lab/baton-process.ts";
import type { LayOptions, Topology } from "../lab/laying.ts";
import {
	semiSyncState,
	setSemiSyncSource,
	waitCaughtUp,
	waitForSemiSyncClients,
	waitUntil,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { commitErrant, replicationThreads } from "../lab/trouble.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	picture,
	replicationOf,
	writable,
} from "./findings.ts";
import {
	ALL_FAULTS,
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	testOnFirst,
	waitWatched,
} from "./system.ts";

interface TakeoverRow {
	readonly IsSuccessful: boolean;
	readonly SuccessorKey: { readonly Port: number };
	readonly LostReplicas: readonly unknown[];
	readonly AnalysisEntry: {
		readonly Analysis: string;
		readonly AnalyzedInstanceKey: { readonly Port: number };
	};
}

describe.each(FLAVORS)("a planned takeover of a %s primary", (flavor) => {
	const testFully = testOnFirst(flavor);
	/** The pair, and the Baton that watches all of them. */
	let system: System;
	let chain: Topology;
	/** Only where {@link testFully} runs. */
	let single: Topology;
	let four: Topology;
	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 1,
			// A login that fails later than it could is among these.
			config: () => ({ BatonCheckReplicationLogin: false }),
		});
		const lay = async (options: LayOptions) => {
			const laid = await system.lab.lay(options);
			const { host, port } = laid.primary;
			await system.baton.get(`discover/${host}/${port}`);
			return laid;
		};
		chain = await lay({ replicas: 2, chain: true });
		if (flavor === FLAVORS[0] || ALL_FAULTS) {
			single = await lay({ replicas: 0 });
			four = await lay({ replicas: 3 });
		}
		await waitWatched(system, system.lab.servers);
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);

	const writers: { readonly of: Topology; readonly writer: Writer }[] = [];
	afterEach(async () => {
		for (const { writer } of writers) await writer.stop();
	});
	const startWriter = (of: Topology) => {
		const firstId = 1 + writers.length * 1_000_000;
		const writer = createWriter({
			servers: of.servers,
			ratePerSecond: 100,
			firstId,
		});
		writers.push({ of, writer });
		writer.start();
		return writer;
	};
	const written = (to: Topology) =>
		writers.flatMap(({ of, writer }) => (of === to ? writer.records : []));

	/** The two of {@link system}, as they are now. */
	const pair = async () => {
		const [primary] = await writable(system.servers);
		const to = system.servers.find((each) => each !== primary);
		if (primary === undefined || to === undefined) throw new Error("lay");
		return { primary, to };
	};

	const takeover = (
		command: string,
		primary: LabServer,
		...more: readonly string[]
	) => system.baton.command("-c", command, "-i", primary.name, ...more);

	/** The newest row about the server. */
	const recordOf = async (primary: LabServer): Promise<TakeoverRow> => {
		const row = (await system.baton.get<TakeoverRow[]>("audit-recovery")).find(
			(each) => each.AnalysisEntry.AnalyzedInstanceKey.Port === primary.port,
		);
		if (row === undefined) throw new Error(`no record of ${primary.name}`);
		return row;
	};

	/** With writes going on; afterwards exactly that one takes them, nothing is lost and each new commit is answered. */
	const isTakenOver = async (
		of: Topology,
		to: LabServer,
		take: () => Promise<unknown>,
	) => {
		const writer = startWriter(of);
		await writer.waitAcknowledged(20);
		await take();
		await writer.waitAcknowledged(20);
		await writer.stop();
		expect(await writable(of.servers)).toEqual([to]);
		expect(Object.keys(writer.report().byServer)).toContain(to.name);
		await nothingLost(system, to, written(of));
		expect(await replicationOf(to)).toEqual({ source: "", runs: false });
	};

	const succeeds = async (
		done: Promise<{ code: number; stdout: string; stderr: string }>,
		to: LabServer,
	) => {
		const { code, stdout, stderr } = await done;
		expect({ code, stdout }, `${stderr}\n${logTail(system)}`).toEqual({
			code: 0,
			stdout: expect.stringMatching(new RegExp(`^${to.name}\nbinlog\\.`)),
		});
	};

	testFully(
		"without a replica is refused, and it takes writes on",
		async () => {
			const { primary } = single;
			const before = await picture([primary]);
			for (const command of [
				"graceful-master-takeover",
				"graceful-master-takeover-auto",
			]) {
				const done = await takeover(command, primary);
				expect(done).toMatchObject({
					stdout: "",
					stderr: expect.stringMatching(/has no replicas/),
				});
				expect(done.code).not.toBe(0);
			}
			expect(await picture([primary])).toEqual(before);
		},
	);

	test(
		"to its only replica: the old one follows, acknowledges and nothing hangs",
		async () => {
			const { primary, replicas } = system;
			const [to] = replicas as [LabServer];
			await isTakenOver(system, to, () =>
				succeeds(takeover("graceful-master-takeover-auto", primary), to),
			);
			await follows(system, [primary], to);
			await waitUntil("the old primary to acknowledge", async () => {
				const { active, clients } = await semiSyncState(to);
				return active && clients === 1;
			});
			expect(await recordOf(primary)).toMatchObject({
				IsSuccessful: true,
				SuccessorKey: { Port: to.port },
				LostReplicas: [],
			});
			await waitWatched(system, system.servers);
		},
		TEST_MS,
	);

	test(
		"to its only replica, the old one left stopped: commits wait for nobody, and that is told",
		async () => {
			const { primary, to } = await pair();
			await isTakenOver(system, to, async () => {
				const answer = await system.baton.get<Envelope>(
					`graceful-master-takeover/${primary.host}/${primary.port}`,
				);
				expect(answer, logTail(system)).toMatchObject({
					Code: "OK",
					Message: expect.stringMatching(
						/LOWERED: semi-sync is switched off on .* would wait for 1 acknowledgement /,
					),
				});
			});
			expect((await replicationOf(primary)).source).toBe(to.name);
			expect(await replicationThreads(primary)).toEqual({
				receiver: "No",
				applier: "No",
			});
			expect((await semiSyncState(to)).active).toBe(false);
			expect(await recordOf(primary)).toMatchObject({ IsSuccessful: true });
			await primary.query(flavor === "mysql" ? "START REPLICA" : "START SLAVE");
			await follows(system, [primary], to);
		},
		TEST_MS,
	);

	test(
		"to its only replica, and the old one cannot log in there: clients do not wait for it, and what is left to do is told",
		async () => {
			const { primary, to } = await pair();
			await setSemiSyncSource(primary, true);
			await waitForSemiSyncClients(primary, 1);
			await waitWatched(system, system.servers);
			// It stays connected until it has to log in anew.
			const password = (word: string) =>
				`ALTER USER '${ACCOUNTS.repl.user}'@'%' IDENTIFIED BY '${word}'`;
			await primary.query(password("changed"));
			await waitCaughtUp(to, primary);
			await isTakenOver(system, to, async () => {
				const done = await takeover("graceful-master-takeover-auto", primary);
				expect(done, logTail(system)).toMatchObject({
					stdout: expect.stringContaining(to.name),
					stderr: expect.stringMatching(
						new RegExp(
							`LOWERED: semi-sync is switched off on ${to.name}.*left behind: ${primary.name} .*(denied|connecting)`,
							"s",
						),
					),
				});
				expect(done.code).not.toBe(0);
			});
			expect((await semiSyncState(to)).active).toBe(false);
			expect(await recordOf(primary)).toMatchObject({
				LostReplicas: [{ Port: primary.port }],
			});
			await to.query(password(ACCOUNTS.repl.password));
			await follows(system, [primary], to);
		},
		TEST_MS,
	);

	test(
		"at the head of a chain: the middle takes over, the end stays below it, and the end itself may not",
		async () => {
			const { primary, replicas } = chain;
			const [middle, end] = replicas as [LabServer, LabServer];
			const before = await picture(chain.servers);
			const refused = await takeover(
				"graceful-master-takeover-auto",
				primary,
				"-d",
				end.name,
			);
			expect(refused).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(
					/must be directly replicating from the master/,
				),
			});
			expect(refused.code).not.toBe(0);
			expect(await picture(chain.servers)).toEqual(before);

			await isTakenOver(chain, middle, () =>
				succeeds(
					takeover("graceful-master-takeover-auto", primary, "-d", middle.name),
					middle,
				),
			);
			await follows(system, [primary, end], middle);
			expect(await recordOf(primary)).toMatchObject({ IsSuccessful: true });
		},
		TEST_MS,
	);

	testFully(
		"with two siblings: both follow, and so does the old one",
		async () => {
			const { primary, replicas } = four;
			const [to, ...siblings] = replicas as [LabServer, LabServer, LabServer];
			await isTakenOver(four, to, () =>
				succeeds(
					takeover("graceful-master-takeover-auto", primary, "-d", to.name),
					to,
				),
			);
			await follows(system, [...siblings, primary], to);
			await waitWatched(system, four.servers);
		},
	);

	testFully(
		"to a replica with transactions of its own is refused; -auto takes a clean one, and they are not spread",
		async () => {
			const [primary] = await writable(four.servers);
			const others = four.servers.filter((each) => each !== primary);
			const [errant, ...clean] = others as [LabServer, LabServer, LabServer];
			if (primary === undefined) throw new Error("lay");
			await commitErrant(errant);
			await waitWatched(system, four.servers);
			const before = await picture(four.servers);
			const refused = await takeover(
				"graceful-master-takeover-auto",
				primary,
				"-d",
				errant.name,
			);
			expect(refused).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(/has errant transactions/),
			});
			expect(refused.code).not.toBe(0);
			expect(await picture(four.servers)).toEqual(before);

			const done = await takeover("graceful-master-takeover-auto", primary);
			expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
			});
			const [next] = await writable(four.servers);
			if (next === undefined) throw new Error("nobody takes writes");
			expect(clean.map((each) => each.name)).toContain(next.name);
			await follows(
				system,
				four.servers.filter((each) => each !== next),
				next,
			);
			for (const each of four.servers)
				expect(await hasErrant(each)).toBe(each === errant);
			await waitWatched(system, four.servers);
		},
	);

	testFully(
		"is followed by a failover that does not prefer the server with transactions of its own",
		async () => {
			const [primary] = await writable(four.servers);
			if (primary === undefined) throw new Error("lay");
			const errant: LabServer[] = [];
			for (const each of four.servers)
				if (await hasErrant(each)) errant.push(each);
			expect(errant).toHaveLength(1);
			await primary.kill();
			const next = await newPrimary({ ...system, ...four }, primary);
			await waitUntil("the failover's end", async () => {
				const { AnalysisEntry, IsSuccessful } = await recordOf(primary);
				return AnalysisEntry.Analysis === "DeadMaster" && IsSuccessful;
			});
			expect(errant).not.toContain(next);
			await follows(
				system,
				four.servers.filter((each) => each !== next && each !== primary),
				next,
			);
			expect(await hasErrant(next)).toBe(false);
		},
	);
});

/** Whether it has what {@link commitErrant} commits. */
const hasErrant = async (server: LabServer): Promise<boolean> =>
	(await server.query("SHOW DATABASES LIKE 'errant'")).length > 0;

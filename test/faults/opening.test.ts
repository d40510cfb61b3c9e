// A server is opened to writes, or was to be, and then something fails.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import type { Envelope } from "../lab/baton-process.ts";
import {
	firstBehindProxy,
	type HeldAnswer,
	type HeldServer,
} from "../lab/held-answers.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { unlogged } from "../lab/statements.ts";
import { type Relief, stallApplier } from "../lab/trouble.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	becomesReadOnly,
	follows,
	newPrimary,
	nothingLost,
	type OpeningWatch,
	picture,
	recovered,
	recoveries,
	refusedOrEnded,
	replicationOf,
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
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	testOnFirst,
} from "../live/system.ts";

/** Also how long an applier may stand still. */
const STALL_S = 3;

/** After it the server takes writes. */
const OPENED = /GLOBAL read_only = 0/;

/** Longer than a failover takes that should not come. */
const QUIET_MS = ALL_FAULTS ? 5_000 : 2_500;

describe.each(FLAVORS)("the opening of a %s server", (flavor) => {
	const testFully = testOnFirst(flavor);
	let lab: SharedLab;
	let proxy: HeldServer;
	/** It is promoted, and its answers can be kept. */
	let to: LabServer;
	beforeAll(async () => {
		lab = await shareLab({
			flavor,
			replicas: 3,
			// A primary that returns takes writes, until it is told otherwise.
			readOnlyAtStart: false,
			arrange: async (laid) => {
				const arranged = await firstBehindProxy(laid);
				proxy = arranged.proxy;
				to = proxy.server;
				return arranged;
			},
		});
	}, TEST_MS);
	afterAll(async () => {
		proxy?.stop();
		await lab?.stop();
	}, TEST_MS);

	let writers: Writer[] = [];
	let held: HeldAnswer | undefined;
	let watch: OpeningWatch | undefined;
	const reliefs: Relief[] = [];
	afterEach(async () => {
		held?.letGo();
		for (const writer of writers) await writer.stop();
		await watch?.stop();
		for (const relief of reliefs.splice(0)) await relief();
	});

	/** Servers made anew, watched by Baton, and by us for two that take writes at once. */
	const begin = async (): Promise<System> => {
		current = undefined;
		writers = [];
		const system = await lab.afresh({
			config: () => ({ BatonApplyWaitTimeoutSeconds: STALL_S }),
		});
		watch = watchOpenings(system.servers);
		return system;
	};
	/** Set by a test that has left all as it was: the next one may go on with it. */
	let current: System | undefined;
	const goOn = async (): Promise<System> => {
		if (current === undefined) return begin();
		const system = current;
		current = undefined;
		watch = watchOpenings(system.servers);
		return system;
	};
	let nextId = 1;
	const startWriter = async ({ servers }: System): Promise<Writer> => {
		const writer = createWriter({
			servers,
			ratePerSecond: 100,
			firstId: nextId,
		});
		nextId += 1_000_000;
		writers.push(writer);
		writer.start();
		await writer.waitAcknowledged(20);
		return writer;
	};
	const written = () => writers.flatMap((each) => each.records);
	const neverTwo = async () => expect(await watch?.stop()).toEqual([]);

	const answered = ({ code, stdout }: { code: number; stdout: string }) => ({
		isGood: code === 0,
		printed: stdout.split("\n")[0],
	});

	/** Refused by whichever surface it is asked for, with the reason, and nothing has been touched. */
	const isRefused = async (
		system: System,
		asked: readonly {
			readonly words: readonly string[];
			readonly path: string;
		}[],
		why: RegExp,
	) => {
		const { servers, baton } = system;
		const client = await startWriter(system);
		const before = await picture(servers);
		for (const { words, path } of asked) {
			const done = await baton.command("-c", ...words);
			expect(done, logTail(system)).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(why),
			});
			expect(done.code).not.toBe(0);
			expect(await baton.get<Envelope>(path)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(why),
			});
		}
		await client.stop();
		// No client was ended, and no write was refused.
		expect(refusedOrEnded(client.records)).toEqual([]);
		expect(await picture(servers)).toEqual(before);
		expect(
			(await recoveries(system)).filter((each) => each.IsSuccessful),
		).toEqual([]);
	};

	testFully(
		"is refused before anything is touched towards a server that must not be promoted, and where nobody may be",
		async () => {
			const system = await begin();
			const { primary, replicas, baton } = system;
			const at = `${primary.host}/${primary.port}`;
			const rule = ({ host, port }: LabServer, is: string) =>
				baton.get(`register-candidate/${host}/${port}/${is}`);
			await rule(to, "must_not");
			await isRefused(
				system,
				[
					{
						words: ["force-master-takeover", "-i", primary.name, "-d", to.name],
						path: `force-master-takeover/${at}/${to.host}/${to.port}`,
					},
				],
				new RegExp(
					`${to.name} cannot be promoted: .*must_not; give it another with register-candidate -i ${to.name} -promotion-rule neutral`,
				),
			);
			for (const replica of replicas) await rule(replica, "must_not");
			await isRefused(
				system,
				[
					{
						words: ["force-master-failover", "-i", primary.name],
						path: `force-master-failover/${at}`,
					},
				],
				/no replica can be promoted: .*must_not/,
			);
			for (const replica of replicas) await rule(replica, "neutral");
			current = system;
		},
	);

	testFully(
		"that fails on the way gives the old primary its writes back",
		async () => {
			const system = await goOn();
			const { primary, replicas, servers, baton } = system;
			const relief = await stallApplier(to);
			reliefs.push(relief);
			const client = await startWriter(system);
			const before = await picture(servers);
			const done = await baton.command(
				"-c",
				"force-master-takeover",
				"-i",
				primary.name,
				"-d",
				to.name,
			);
			expect(done.code, `${done.stderr}\n${logTail(system)}`).not.toBe(0);
			expect(done).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(/undone: .*applied nothing for 3 s/),
			});
			await client.waitAcknowledged(20);
			await client.stop();
			await relief();
			expect(await picture(servers)).toEqual(before);
			await follows(system, replicas, primary);
			await nothingLost(system, primary, written());
			const [row] = await recoveries(system);
			expect(row).toMatchObject({
				IsSuccessful: false,
				SuccessorKey: { Hostname: "" },
			});
			await neverTwo();
			current = system;
		},
	);

	test(
		"in a takeover stands when the old primary dies in that moment: the others follow, and that one is told and held back",
		async () => {
			const system = await goOn();
			const { primary, replicas, servers, baton } = system;
			const client = await startWriter(system);
			held = proxy.hold(OPENED, "its connection");
			const command = baton.command(
				"-c",
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
				"-d",
				to.name,
			);
			await held.reached;
			await watch?.seesClosed(primary);
			await primary.kill();
			held.letGo();
			const done = await command;
			expect(answered(done), `${done.stderr}\n${logTail(system)}`).toEqual({
				isGood: false,
				printed: to.name,
			});
			expect(done.stderr).toContain(`${primary.name} was left behind`);
			await client.waitAcknowledged(20);
			await client.stop();
			expect(await writable(servers)).toEqual([to]);
			await follows(
				system,
				replicas.filter((each) => each !== to),
				to,
			);
			await nothingLost(system, to, written());
			const row = await recovered(system);
			expect(row).toMatchObject({
				IsSuccessful: false,
				SuccessorKey: { Port: to.port },
				LostReplicas: [{ Port: primary.port }],
			});
			// Nobody takes the death of the old one for that of the primary.
			await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
			expect(await writable(servers)).toEqual([to]);
			expect((await recoveries(system))[0]).toEqual(row);
			await neverTwo();
			current = system;

			await primary.start();
			await becomesReadOnly(system, primary);
			await follows(
				system,
				servers.filter((each) => each !== to),
				to,
			);
		},
		TEST_MS,
	);

	testFully(
		"succeeds for an account that may not remove a channel: one is opened, and nobody else",
		async () => {
			const { user } = ACCOUNTS.orchestrator;
			const say = async (sql: string) => {
				for (const server of lab.topology.servers) {
					await server.start();
					await unlogged(server, sql);
				}
			};
			await say(`REVOKE RELOAD ON *.* FROM '${user}'@'%'`);
			reliefs.push(() => say(`GRANT RELOAD ON *.* TO '${user}'@'%'`));
			const system = await begin();
			const { primary, replicas, servers } = system;
			const client = await startWriter(system);
			await primary.kill();
			const next = await newPrimary(system, primary);
			await client.waitAcknowledged(20);
			await client.stop();
			const row = await recovered(system);
			expect(
				row.IsSuccessful,
				(await stepsOf(system, row.UID)).join("\n"),
			).toBe(true);
			expect(await writable(servers)).toEqual([next]);
			await nothingLost(system, next, written());
			for (const replica of replicas.filter((each) => each !== next))
				await explaining(system, () =>
					waitUntil(`${replica.name} to follow`, async () => {
						const now = await replicationOf(replica);
						return now.source === next.name && now.runs;
					}),
				);
			const { source, runs } = await replicationOf(next);
			expect({
				runs,
				isNamed: servers.some(({ name }) => name === source),
			}).toEqual({
				runs: false,
				isNamed: false,
			});
			await neverTwo();
		},
	);

	const prefer = ({ baton }: System, { host, port }: LabServer) =>
		baton.get(`register-candidate/${host}/${port}/prefer`);

	testFully(
		"is found out about when the connection is lost in that moment: it stands, and nobody else is opened",
		async () => {
			const system = await begin();
			const { primary, servers } = system;
			await prefer(system, to);
			const client = await startWriter(system);
			held = proxy.hold(OPENED, "its connection");
			await primary.kill();
			await held.reached;
			proxy.cut();
			const row = await recovered(system);
			const steps = (await stepsOf(system, row.UID)).join("\n");
			expect(row.IsSuccessful, steps).toBe(true);
			expect(steps).toMatch(new RegExp(`account: ${to.name} is writable`));
			await client.waitAcknowledged(20);
			await client.stop();
			expect(await writable(servers)).toEqual([to]);
			await follows(
				system,
				servers.filter((each) => each !== to && each !== primary),
				to,
			);
			await nothingLost(system, to, written());
			await neverTwo();
		},
	);

	testFully(
		"that hangs in that moment stays the only one: nobody else is opened, and it is the primary when it wakes up with its writes",
		async () => {
			const system = await begin();
			const { primary, servers } = system;
			await prefer(system, to);
			const client = await startWriter(system);
			held = proxy.hold(OPENED, "all");
			await primary.kill();
			await held.reached;
			const row = await recovered(system, 30_000);
			const steps = (await stepsOf(system, row.UID)).join("\n");
			expect(row.IsSuccessful, steps).toBe(false);
			expect(steps).toMatch(
				new RegExp(`${to.name} may be writable and does not answer`),
			);
			await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
			expect((await recoveries(system))[0]?.UID).toBe(row.UID);
			// It takes a write that nobody has acknowledged yet, and whose client waits.
			const waiting = createWriter({
				servers: [proxy.behind],
				ratePerSecond: 100,
				firstId: 500_000_000,
				statementDeadlineMs: 60_000,
			});
			writers.push(waiting);
			waiting.start();
			await waitUntil("a client to wait", () => hasWaiting(proxy.behind));
			held.letGo();
			await explaining(system, () =>
				waitUntil(
					"it to be promoted",
					async () => {
						const [last] = await recoveries(system);
						return last?.UID !== row.UID && last?.IsSuccessful === true;
					},
					FAILOVER_MS,
				),
			);
			await client.waitAcknowledged(20);
			await waiting.waitAcknowledged(20);
			await client.stop();
			await waiting.stop();
			// It was never closed: no client of it was ended, and no write refused.
			expect(
				waiting.records.filter(({ outcome }) => outcome !== "acknowledged"),
			).toEqual([]);
			expect(await writable(servers)).toEqual([to]);
			await follows(
				system,
				servers.filter((each) => each !== to && each !== primary),
				to,
			);
			await nothingLost(system, to, written());
			await neverTwo();
		},
	);
});

/** A client's write waits there for an acknowledgement. */
const hasWaiting = async (server: LabServer): Promise<boolean> => {
	const rows = await server.query("SHOW FULL PROCESSLIST");
	return rows.some(({ State }) => /semi-?sync ACK/i.test(String(State)));
};

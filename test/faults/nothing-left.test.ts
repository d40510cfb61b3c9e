// What operations leave behind on servers: nothing that was received is thrown away, and every setting is as it was.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import { semiSyncState, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel } from "../lab/statements.ts";
import {
	blockApplier,
	isReadOnly,
	replicationThreads,
	stallApplier,
	stopReceiver,
} from "../lab/trouble.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	replicationOf,
	waitAnalysis,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FLAVORS,
	logTail,
	type System,
	TEST_MS,
	testOnFirst,
	testOnQuick,
	waitWatched,
} from "../live/system.ts";

/** Which role a server has is not its setting. */
const IS_ROLE = /_(source|master)_enabled$/;

/** What an operation might change on its way, with values that nobody would set by chance. */
const UNUSUAL = {
	mysql: [
		"SET GLOBAL rpl_stop_replica_timeout = 77",
		"SET GLOBAL replica_net_timeout = 88",
	],
	mariadb: [
		"SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = 7",
		"SET GLOBAL slave_net_timeout = 88",
	],
} as const;

const USUAL = {
	mysql: [
		"SET GLOBAL rpl_stop_replica_timeout = DEFAULT",
		"SET GLOBAL replica_net_timeout = DEFAULT",
	],
	mariadb: [
		"SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = DEFAULT",
		"SET GLOBAL slave_net_timeout = DEFAULT",
	],
} as const;

const settingsOf = async (
	server: LabServer,
): Promise<Readonly<Record<string, string>>> => {
	const rows = (
		await Promise.all(
			["rpl%", "%net_timeout", "%lock_wait_timeout"].map((like) =>
				server.query(`SHOW GLOBAL VARIABLES LIKE '${like}'`),
			),
		)
	).flat();
	return Object.fromEntries(
		rows
			.map((row) => [String(row["Variable_name"]), String(row["Value"])])
			.filter(([name = ""]) => !IS_ROLE.test(name)),
	);
};

const allSettings = (servers: readonly LabServer[]) =>
	Promise.all(servers.map(settingsOf));

describe.each(FLAVORS)("an operation on %s servers", (flavor) => {
	const stage = createStage({ flavor, replicas: 2 });

	const { reliefs } = stage;

	const begin = async (config: Readonly<Record<string, unknown>> = {}) => {
		const system = await stage.afresh({ config: () => config });
		const [one, other] = system.replicas;
		if (one === undefined || other === undefined) throw new Error("lay");
		const writer = await stage.writes({ servers: system.servers });
		return { system, primary: system.primary, one, other, written: writer };
	};

	const succeeds = async (system: System, ...words: readonly string[]) => {
		const done = await system.baton.command("-c", ...words);
		expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
			code: 0,
		});
	};

	const isNotMoved = async (
		{ baton }: System,
		replica: LabServer,
		below: LabServer,
	) => {
		const moved = await baton.command(
			"-c",
			"relocate",
			"-i",
			replica.name,
			"-d",
			below.name,
		);
		expect(moved.code).not.toBe(0);
		expect(moved.stderr).toMatch(/has transactions that \S+ lacks/);
	};

	test(
		"does not throw away what one replica alone has received and not applied",
		async () => {
			const { system, primary, one, other, written } = await begin({
				RecoverMasterClusterFilters: [],
			});
			reliefs.push(await stopReceiver(one));
			await blockApplier(other);
			await written.waitAcknowledged(50);
			const toIt = await system.baton.get<Envelope>(
				`graceful-master-takeover/${primary.host}/${primary.port}/${other.host}/${other.port}`,
			);
			expect(toIt).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/does not replicate/),
			});
			await isNotMoved(system, other, one);
			await primary.kill();
			await written.stop();
			await waitAnalysis(system, primary, "DeadMaster");
			await isNotMoved(system, other, one);
			expect((await replicationOf(other)).source).toBe(primary.name);
			await succeeds(system, "recover", "-i", primary.name);
			const [next] = await writable(system.servers);
			if (next === undefined) throw new Error("unreachable");
			await nothingLost(system, next, written.records);
			const held = reliefs.splice(0);
			// What a person has stopped goes along and stays so.
			if (next === other) {
				expect((await replicationOf(one)).source).toBe(next.name);
				expect((await replicationThreads(one)).receiver).toBe("No");
				for (const relief of held) await relief();
			}
			await follows(system, [next === one ? other : one], next);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"that moves a replica whose applier is stopped brings along what it has received",
		async () => {
			const { system, primary, one, other, written } = await begin();
			await blockApplier(other);
			await written.waitAcknowledged(50);
			await written.stop();
			await succeeds(system, "relocate", "-i", other.name, "-d", one.name);
			// Neither of those that have it can be asked again.
			await one.kill();
			await primary.kill();
			await sayOfChannel(other, "START", "SQL_THREAD").catch(() => undefined);
			await explaining(system, () =>
				waitUntil("all to be applied", async () => {
					const lacks = await nothingLost(system, other, written.records).catch(
						(error: unknown) => error,
					);
					return lacks === undefined;
				}),
			);
		},
	);

	testOnQuick(flavor)(
		"that is taken back gives the primary its writes and its semi-sync, and the replicas their receivers",
		async () => {
			const { system, primary, one, other, written } = await begin();
			const before = await allSettings([primary, other]);
			reliefs.push(await stallApplier(one));
			await written.waitAcknowledged(20);
			await waitWatched(system);
			const forced = system.baton.command(
				"-c",
				"force-master-takeover",
				"-i",
				primary.name,
				"-d",
				one.name,
			);
			await explaining(system, () =>
				waitUntil(
					"the primary to be closed and the receivers to be stopped",
					async () =>
						(await isReadOnly(primary)) &&
						(await replicationThreads(one)).receiver === "No" &&
						(await replicationThreads(other)).receiver === "No",
				),
			);
			await sleep(200);
			await one.kill();
			const ended = await forced;
			expect(ended.code, logTail(system)).not.toBe(0);
			// The dead one alone is not as it was, and that is said.
			expect(ended.stderr).toContain(
				`not taken back: start the receiver of ${one.name}`,
			);
			expect(ended.stderr).not.toContain(other.name);
			expect(await writable([primary, other])).toEqual([primary]);
			await explaining(system, () =>
				waitUntil(
					`${other.name} to receive again`,
					async () => (await replicationOf(other)).runs,
				),
			);
			expect(await semiSyncState(primary)).toMatchObject({ active: true });
			expect(await allSettings([primary, other])).toEqual(before);
			await written.waitAcknowledged(20);
			await written.stop();
			await nothingLost(system, primary, written.records);
			reliefs.splice(0);
			await one.start();
			await follows(system, [one, other], primary);
		},
	);

	testOnFirst(flavor)(
		"leaves every setting as it was, and no receiver stopped that was slow to stop",
		async () => {
			const { system, primary, one, other, written } = await begin({
				RecoveryPeriodBlockSeconds: 1,
			});
			for (const server of system.servers)
				for (const statement of UNUSUAL[flavor]) await server.query(statement);
			reliefs.push(async () => {
				for (const server of system.servers)
					for (const statement of USUAL[flavor]) await server.query(statement);
			});
			const before = await allSettings(system.servers);
			await succeeds(
				system,
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
				"-d",
				one.name,
			);
			await waitWatched(system);
			await succeeds(system, "relocate", "-i", other.name, "-d", primary.name);
			await succeeds(system, "relocate", "-i", other.name, "-d", one.name);
			expect(await allSettings(system.servers)).toEqual(before);

			await waitWatched(system);
			// What it has on its way when it hangs would hold it back afterwards.
			await written.stop();
			one.pause();
			// It connects, and nobody answers: it cannot be stopped at once.
			await sayOfChannel(other, "STOP", "IO_THREAD");
			await sayOfChannel(other, "START", "IO_THREAD");
			const next = await newPrimary(system, one);
			const [third = other] = [primary, other].filter((each) => each !== next);
			await recovered(system);
			await explaining(system, () =>
				waitUntil(`${third.name} to replicate`, async () => {
					const now = await replicationOf(third);
					return now.source === next.name && now.runs;
				}),
			);
			one.resume();
			await follows(system, [third, one], next);
			await nothingLost(system, next, written.records);
			expect(await allSettings(system.servers)).toEqual(before);
		},
	);
});

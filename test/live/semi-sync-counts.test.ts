// What a new primary waits for when fewer are left than the old one waited for, or when it cannot wait at all.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { Topology } from "../lab/laying.ts";
import { semiSyncState, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel, unlogged } from "../lab/statements.ts";
import type { Relief } from "../lab/trouble.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	picture,
	recovered,
	recoveries,
	refusedOrEnded,
	replicationOf,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	testOnFirst,
	waitLogged,
} from "./system.ts";

/** Longer than a failover takes that should not come. */
const QUIET_MS = 2_500;

interface Cast {
	readonly first: LabServer;
	readonly second: LabServer;
}

const castOf = ({ replicas: [first, second] }: Topology): Cast => {
	if (first === undefined || second === undefined) throw new Error("lay");
	return { first, second };
};

describe.each(FLAVORS)("semi-sync of a %s server", (flavor) => {
	const testFully = testOnFirst(flavor);
	let lab: SharedLab;
	beforeAll(async () => {
		lab = await shareLab({ flavor, replicas: 2 });
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	let writer: Writer | undefined;
	const reliefs: Relief[] = [];
	afterEach(async () => {
		await writer?.stop();
		for (const relief of reliefs.splice(0).reverse()) await relief();
	}, TEST_MS);

	const begin = async (
		mode: "available" | "lossless",
		before: (topology: Topology) => Promise<void> = async () => {},
		more: Readonly<Record<string, unknown>> = {},
	): Promise<System & Cast> => {
		const system = await lab.afresh({
			before,
			config: () => ({ BatonMode: mode, ...more }),
		});
		return { ...system, ...castOf(system) };
	};
	const startWriter = async ({ servers }: System): Promise<Writer> => {
		writer = createWriter({ servers, ratePerSecond: 100 });
		writer.start();
		await writer.waitAcknowledged(20);
		return writer;
	};
	const rule = ({ baton }: System, { host, port }: LabServer, is: string) =>
		baton.get(`register-candidate/${host}/${port}/${is}`);

	/** It will acknowledge nothing, when it connects next. */
	const asksForNothing = async (server: LabServer) => {
		const variable = `rpl_semi_sync_${flavor === "mysql" ? "replica" : "slave"}_enabled`;
		await server.query(`SET GLOBAL ${variable} = 0`);
		reliefs.push(async () => {
			await server.query(`SET GLOBAL ${variable} = 1`);
		});
	};

	/** The second replica replicates, and acknowledges nothing. */
	const onlyFirstAcknowledges = async (topology: Topology) => {
		const { second } = castOf(topology);
		await asksForNothing(second);
		await sayOfChannel(second, "STOP", "");
		await sayOfChannel(second, "START", "");
		await waitUntil(
			"one that acknowledges",
			async () => (await semiSyncState(topology.primary)).clients === 1,
		);
	};

	const waitFor = async ({ primary, servers }: Topology) => {
		await primary.query(
			"SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 2",
		);
		reliefs.push(async () => {
			for (const server of servers) {
				await server.start();
				await server.query(
					"SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 1",
				);
			}
		});
	};

	/** Commits go through on the new primary, and the record says what it promises less. */
	const goesOn = async (system: System & Cast, says: RegExp) => {
		const { primary, first, second, servers } = system;
		expect(await newPrimary(system, primary)).toBe(first);
		await writer?.waitAcknowledged(20);
		await writer?.stop();
		const row = await recovered(system);
		const steps = (await stepsOf(system, row.UID)).join("\n");
		expect(row.IsSuccessful, steps).toBe(true);
		expect(steps).toMatch(says);
		expect(await writable(servers)).toEqual([first]);
		await follows(system, [second], first);
		await nothingLost(system, first, writer?.records ?? []);
	};

	test(
		"is switched off, and that is told, when nobody is left who acknowledges",
		async () => {
			const system = await begin("available", onlyFirstAcknowledges);
			const { primary, first, second } = system;
			await rule(system, second, "must_not");
			await startWriter(system);
			await primary.kill();
			await goesOn(
				system,
				/LOWERED: semi-sync is switched off on .* would wait for 1 acknowledgement while no server that acknowledges is left below it/,
			);
			expect((await semiSyncState(first)).active).toBe(false);
		},
		TEST_MS,
	);

	test(
		"is not given up in lossless mode: nothing is touched, the reason is told, and a person may accept it",
		async () => {
			const system = await begin("lossless", onlyFirstAcknowledges);
			const { primary, replicas, first, second, baton } = system;
			await rule(system, second, "must_not");
			await startWriter(system);
			await primary.kill();
			await waitLogged(system, '"analysis":"DeadMaster"');
			await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
			const hangs =
				/BatonMode is lossless, and semi-sync waits for 1 acknowledgement, but would have no server that acknowledges below .* its commits would hang/;
			expect(
				await baton.get<Envelope>(`recover/${primary.host}/${primary.port}`),
				logTail(system),
			).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(hangs),
			});
			expect(await writable(replicas)).toEqual([]);
			for (const replica of replicas)
				expect(await replicationOf(replica)).toMatchObject({
					source: primary.name,
				});
			expect(await recoveries(system)).toEqual([]);
			const done = await baton.command(
				"-c",
				"force-master-failover",
				"-i",
				primary.name,
			);
			expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
				stdout: `${first.name}\n`,
			});
			await goesOn(system, /LOWERED: semi-sync is switched off/);
		},
		TEST_MS,
	);

	testFully(
		"waits for fewer when fewer are left, and that is told",
		async () => {
			const system = await begin("available", waitFor);
			const { primary, first } = system;
			await startWriter(system);
			await rule(system, first, "prefer");
			await primary.kill();
			await goesOn(
				system,
				/LOWERED: semi-sync of .* waits for 1 instead of 2 acknowledgements/,
			);
			expect(await semiSyncState(first)).toEqual({ active: true, clients: 1 });
			expect(
				await first.query(
					"SELECT @@GLOBAL.rpl_semi_sync_source_wait_for_replica_count AS n",
				),
			).toEqual([{ n: 1 }]);
		},
	);

	testFully(
		"in lossless mode keeps a takeover from leaving too few, and from a server that cannot wait",
		async () => {
			const system = await begin("lossless", waitFor);
			const { primary, servers, first, baton } = system;
			const takeover = (command: string) =>
				baton.command("-c", command, "-i", primary.name, "-d", first.name);
			const client = await startWriter(system);
			const before = await picture(servers);
			const isRefused = async (command: string, why: RegExp) => {
				const done = await takeover(command);
				expect(done).toMatchObject({
					stdout: "",
					stderr: expect.stringMatching(why),
				});
				expect(done.code).not.toBe(0);
				expect(await picture(servers)).toEqual(before);
			};
			// The old primary would be left stopped, and acknowledge nothing.
			await isRefused(
				"graceful-master-takeover",
				/semi-sync waits for 2 acknowledgements, but would have only 1 server that acknowledges below .* its commits would hang/,
			);
			await unlogged(first, "UNINSTALL PLUGIN rpl_semi_sync_source");
			reliefs.push(() => first.restart());
			await isRefused(
				"graceful-master-takeover-auto",
				/BatonMode is lossless, and .* semi-sync source plugin is not loaded/,
			);
			await client.stop();
			expect(refusedOrEnded(client.records)).toEqual([]);
		},
	);

	testFully(
		"goes with a takeover to both: an old primary with a semi-sync priority acknowledges below the new one, and again when it is taken back",
		async () => {
			const system = await begin(
				"lossless",
				({ primary }) => asksForNothing(primary),
				{ DetectSemiSyncEnforcedQuery: "SELECT 1" },
			);
			const { primary, first, baton } = system;
			const client = await startWriter(system);
			for (const [from, to] of [
				[primary, first],
				[first, primary],
			] as const) {
				const done = await baton.command(
					...["-c", "graceful-master-takeover-auto"],
					...["-i", from.name, "-d", to.name],
				);
				expect(done.code, done.stderr).toBe(0);
				await client.waitAcknowledged(20);
				expect(await semiSyncState(to)).toEqual({ active: true, clients: 2 });
			}
			await client.stop();
			await nothingLost(system, primary, client.records);
		},
	);

	testFully(
		"is a reason to choose another server than one without the plugin, however well placed",
		async () => {
			const system = await begin("available", async (topology) => {
				const { first } = castOf(topology);
				await unlogged(first, "UNINSTALL PLUGIN rpl_semi_sync_source");
				reliefs.push(() => first.restart());
			});
			const { primary, servers, first, second } = system;
			await rule(system, first, "prefer");
			const client = await startWriter(system);
			await primary.kill();
			expect(await newPrimary(system, primary)).toBe(second);
			await client.waitAcknowledged(20);
			await client.stop();
			const row = await recovered(system);
			const steps = (await stepsOf(system, row.UID)).join("\n");
			expect(row.IsSuccessful, steps).toBe(true);
			expect(await writable(servers)).toEqual([second]);
			await follows(system, [first], second);
			await nothingLost(system, second, client.records);
			expect(await semiSyncState(second)).toEqual({ active: true, clients: 1 });
		},
	);
});

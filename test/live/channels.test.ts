// Replicas that replicate by a named channel, or by several.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import { compareServers } from "../lab/checker.ts";
import type { Topology } from "../lab/laying.ts";
import { replicate, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel, unlogged } from "../lab/statements.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	channelsOf,
	follows,
	newPrimary,
	nothingLost,
	recovered,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	explaining,
	FAILOVER_MS,
	FLAVORS,
	logTail,
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	testOnFirst,
	waitWatched,
} from "./system.ts";

const RUNS = { receiver: "Yes", applier: "Yes" };

/** The replicas of a lab. */
interface Cast {
	/** Replicates by the default channel. */
	readonly plain: LabServer;
	/** Replicates by the channel `main` alone. */
	readonly named: LabServer;
	/** Replicates by `main`, and by `other` from a server that is not of the cluster. */
	readonly several: LabServer;
}

const castOf = ({ replicas }: Topology): Cast => {
	const [plain, named, several] = replicas;
	if (!plain || !named || !several) throw new Error("lay");
	return { plain, named, several };
};

/** With several channels semi-sync breaks those of whose source it is not. */
const acknowledges = (server: LabServer, enabled: boolean) =>
	server.query(
		`SET GLOBAL rpl_semi_sync_${server.flavor === "mysql" ? "replica" : "slave"}_enabled = ${enabled ? 1 : 0}`,
	);

describe.each(FLAVORS)("a %s replica", (flavor) => {
	const testFully = testOnFirst(flavor);
	let lab: SharedLab;
	let other: LabServer;
	beforeAll(async () => {
		lab = await shareLab({ flavor, replicas: 3 });
		other = await lab.lab.startServer({
			readOnlyAtStart: false,
			// Two sources of one MariaDB server number their transactions apart.
			...(flavor === "mysql" ? {} : { extraOptions: { gtid_domain_id: 7 } }),
		});
		await other.query("CREATE DATABASE elsewhere");
		await other.query("CREATE TABLE elsewhere.notes (id INT PRIMARY KEY)");
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	let writer: Writer | undefined;
	afterEach(async () => {
		await writer?.stop();
		await acknowledges(castOf(lab.topology).several, true);
	});

	const layChannels = async (topology: Topology) => {
		const { named, several } = castOf(topology);
		await unlogged(several, "DROP DATABASE IF EXISTS elsewhere");
		for (const server of [named, several]) {
			await sayOfChannel(server, "STOP", "");
			await sayOfChannel(server, "RESET", "ALL");
		}
		await acknowledges(several, false);
		for (const server of [named, several])
			await replicate(server, topology.primary, { channel: "main" });
		await replicate(several, other, { channel: "other" });
		await waitChannels(named, { main: topology.primary });
		await waitChannels(several, { main: topology.primary, other });
	};

	/** Waits until these are its channels, and run. */
	const waitChannels = async (
		server: LabServer,
		wanted: Readonly<Record<string, LabServer>>,
	) => {
		const channels = Object.fromEntries(
			Object.entries(wanted).map(([name, source]) => [
				name,
				{ source: source.name, ...RUNS },
			]),
		);
		let now: unknown;
		await waitUntil(
			`the channels of ${server.name}`,
			async () => {
				now = await channelsOf(server);
				return JSON.stringify(now) === JSON.stringify(channels);
			},
			FAILOVER_MS,
		).catch(() => expect(now).toEqual(channels));
	};

	let nextNote = 1;
	/** What the other source commits arrives. */
	const hearsOther = async (server: LabServer) => {
		const id = nextNote++;
		await other.query(`INSERT INTO elsewhere.notes VALUES (${id})`);
		await waitUntil(
			`a note of ${other.name} on ${server.name}`,
			async () =>
				(await server.query(`SELECT 1 FROM elsewhere.notes WHERE id = ${id}`))
					.length === 1,
		);
	};

	const followsBy = async (
		system: System,
		channel: string,
		replica: LabServer,
		source: LabServer,
	) => {
		await explaining(system, () =>
			waitChannels(replica, { [channel]: source }),
		);
		await waitCaughtUp(replica, source);
		expect(await compareServers(source, replica)).toEqual({
			onlyOnFirst: [],
			onlyOnSecond: [],
		});
	};

	const begin = async (): Promise<System & Cast> => {
		const system = await lab.afresh({ before: layChannels });
		writer = createWriter({ servers: system.servers, ratePerSecond: 100 });
		return { ...system, ...castOf(system) };
	};

	testFully(
		"with several channels is neither moved nor moved below nor promoted, and that is said",
		async () => {
			const system = await begin();
			const { primary, plain, several, servers } = system;
			const before = await Promise.all(servers.map(channelsOf));
			const refusals = [
				["relocate", "-i", several.name, "-d", plain.name],
				["relocate", "-i", plain.name, "-d", several.name],
				[
					"graceful-master-takeover-auto",
					"-i",
					primary.name,
					"-d",
					several.name,
				],
				["force-master-takeover", "-i", primary.name, "-d", several.name],
				// One that would have to go along.
				["graceful-master-takeover-auto", "-i", primary.name, "-d", plain.name],
			];
			for (const words of refusals) {
				const done = await system.baton.command("-c", ...words);
				expect(done, words.join(" ")).toMatchObject({
					stdout: "",
					stderr: expect.stringMatching(/by several channels/),
				});
				expect(done.code).not.toBe(0);
			}
			expect(await Promise.all(servers.map(channelsOf))).toEqual(before);
			expect(await writable(servers)).toEqual([primary]);
		},
	);

	test(
		"with a named channel alone is promoted by it; one with several is left to itself where that was asked for",
		async () => {
			const system = await begin();
			const { primary, plain, named, several, servers, baton } = system;
			await baton.get(
				`begin-downtime/${several.host}/${several.port}/test/channels/1h`,
			);
			await waitWatched(system);
			writer?.start();
			await writer?.waitAcknowledged(20);
			const answer = await baton.get<Envelope>(
				`graceful-master-takeover-auto/${primary.host}/${primary.port}/${named.host}/${named.port}`,
			);
			expect(answer, logTail(system)).toMatchObject({ Code: "OK" });
			await writer?.waitAcknowledged(20);
			await writer?.stop();
			expect(await writable(servers)).toEqual([named]);
			expect(await channelsOf(named)).toEqual({});
			await follows(system, [primary, plain], named);
			await nothingLost(system, named, writer?.records ?? []);
			await waitChannels(several, { main: primary, other });
			await hearsOther(several);
		},
		TEST_MS,
	);

	testFully(
		"with several channels that a failover leaves makes it a failure for who asked, who is told what mends that",
		async () => {
			const system = await begin();
			const { primary, plain, several, baton, servers } = system;
			await baton.get(`register-candidate/${plain.host}/${plain.port}/prefer`);
			const done = await baton.command(
				"-c",
				"force-master-failover",
				"-i",
				primary.name,
			);
			expect(done, logTail(system)).toMatchObject({
				code: 1,
				stdout: `${plain.name}\n`,
				stderr: expect.stringContaining(
					`; point its channel 'main' to ${plain.name} by hand, and start it`,
				),
			});
			expect(done.stderr).toContain(`${several.name} was left behind`);
			expect(await writable(servers)).toEqual([plain]);
			expect(await recovered(system)).toMatchObject({
				IsSuccessful: true,
				LostReplicas: [{ Port: several.port }],
			});
		},
	);

	test(
		"with a named channel alone follows a failover by it; one with several keeps the other, and is told as left",
		async () => {
			const system = await begin();
			const { primary, plain, named, several, servers, baton } = system;
			await baton.get(`register-candidate/${plain.host}/${plain.port}/prefer`);
			// Nobody has more than it: what is ahead is not what makes it a candidate.
			await baton.get(
				`register-candidate/${several.host}/${several.port}/prefer`,
			);
			writer?.start();
			await writer?.waitAcknowledged(20);
			await primary.kill();
			expect(await newPrimary(system, primary)).toBe(plain);
			await writer?.waitAcknowledged(20);
			await writer?.stop();
			const row = await recovered(system);
			expect(row).toMatchObject({
				IsSuccessful: true,
				LostReplicas: [{ Port: several.port }],
			});
			expect((await stepsOf(system, row.UID)).join("\n")).toMatch(
				new RegExp(`${several.name} \\(.*by several channels`),
			);
			expect(await writable(servers)).toEqual([plain]);
			await followsBy(system, "main", named, plain);
			await nothingLost(system, plain, writer?.records ?? []);
			const { main, other: second } = await channelsOf(several);
			expect(main).toMatchObject({ source: primary.name, receiver: "No" });
			expect(second).toEqual({ source: other.name, ...RUNS });
			await hearsOther(several);
		},
		TEST_MS,
	);
});

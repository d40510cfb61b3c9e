// Replicas with replication filters may lack what was acknowledged: they are promoted last, and a person may want it all the same.

import { describe, expect, test } from "vitest";
import { setSemiSyncSource, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel } from "../lab/statements.ts";
import type { Writer } from "../lab/writer.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	replicationOf,
	staysAsItIs,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FLAVORS,
	logTail,
	type System,
	TEST_MS,
	testOnQuick,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

/** Keeps out a schema that the tests do not write to, so that nothing differs. */
const setFilter = async (server: LabServer, schema: string): Promise<void> => {
	const replicates = (await replicationOf(server)).source !== "";
	if (replicates) await sayOfChannel(server, "STOP", "");
	await server.query(
		server.flavor === "mysql"
			? `CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (${schema})`
			: `SET GLOBAL replicate_ignore_db = '${schema}'`,
	);
	if (replicates) await sayOfChannel(server, "START", "");
};

describe.each(FLAVORS)("%s replicas with replication filters", (flavor) => {
	const stage = createStage({ flavor, replicas: 2 });

	const begin = async (
		howMany: 1 | 2,
		config: Readonly<Record<string, unknown>> = {},
	) => {
		const system = await stage.afresh({ config: () => config });
		const [one, other] = system.replicas;
		if (one === undefined || other === undefined) throw new Error("lay");
		for (const server of howMany === 2 ? [one, other] : [one]) {
			stage.reliefs.push(async () => {
				await server.start();
				await setFilter(server, "");
			});
			await setFilter(server, "elsewhere");
		}
		await waitWatched(system);
		const writer = await stage.writes({ servers: system.servers });
		return { system, primary: system.primary, one, other, written: writer };
	};

	const why = async ({ baton }: System, name: string): Promise<string> => {
		const { code, stdout, stderr } = await baton.command("why", name);
		expect({ code, stderr }).toMatchObject({ code: 0 });
		return stdout.replaceAll(/\n {14}/g, " ");
	};

	const isPrimary = async (
		system: System,
		server: LabServer,
		written: Writer,
	): Promise<void> => {
		await written.waitAcknowledged(20);
		await written.stop();
		expect(await writable(system.servers)).toEqual([server]);
		await nothingLost(system, server, written.records);
	};

	test(
		"are not promoted by themselves where nothing may be lost, which is said beforehand, and are when a person accepts it",
		async () => {
			const { system, primary, one, other, written } = await begin(2, {
				BatonMode: "lossless",
			});
			// On a busy machine a server may miss the look's second once.
			await expect
				.poll(() => why(system, primary.name), {
					timeout: 15_000,
					interval: 500,
				})
				.toMatch(
					/would start, but could promote nobody: BatonMode is lossless.*replication filters.*force-master-failover/,
				);
			await primary.kill();
			await waitLogged(system, "replication filters of");
			await staysAsItIs(system, 2_000);
			const forced = await system.baton.command(
				"-c",
				"force-master-failover",
				"-i",
				primary.name,
			);
			expect(forced, `${forced.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
			});
			const [next] = await writable(system.servers);
			if (next === undefined) throw new Error("unreachable");
			expect(forced.stdout).toBe(`${next.name}\n`);
			await isPrimary(system, next, written);
			await follows(system, [next === one ? other : one], next);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"come behind one without, whatever their promotion rule, and are promoted when there is no other",
		async () => {
			const { system, primary, one, other, written } = await begin(1, {
				RecoveryPeriodBlockSeconds: 1,
			});
			await system.baton.get(
				`register-candidate/${one.host}/${one.port}/prefer`,
			);
			await waitWatched(system);
			await primary.kill();
			expect(await newPrimary(system, primary)).toBe(other);
			await recovered(system);
			await waitWatched(system, [one, other]);
			// It says so as soon as the block period is over.
			await waitUntil("a failover to be able to start", async () =>
				(await why(system, other.name)).includes(
					`if ${other.name} died now, a failover would start: `,
				),
			);
			await other.kill();
			await explaining(system, () =>
				waitUntil(`${one.name} to be writable`, async () =>
					(await writable(system.servers)).includes(one),
				),
			);
			await isPrimary(system, one, written);
			const row = await recovered(system);
			expect((await stepsOf(system, row.UID)).join("\n")).toMatch(
				/replication filters of .* may have kept out writes that were acknowledged/,
			);
		},
	);

	testOnQuick(flavor)(
		"are promoted before others when a person names one",
		async () => {
			const { system, primary, one, other, written } = await begin(1, {
				RecoverMasterClusterFilters: [],
			});
			await primary.kill();
			await waitLogged(system, "RecoverMasterClusterFilters does not name");
			const done = await system.baton.command(
				"-c",
				"recover",
				"-i",
				primary.name,
				"-d",
				one.name,
			);
			expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
				stdout: `${one.name}\n`,
			});
			await isPrimary(system, one, written);
			await follows(system, [other], one);
		},
	);

	testOnQuick(flavor)(
		"are not chosen in a takeover, and are taken when they are named",
		async () => {
			const { system, primary, one, other, written } = await begin(2);
			const takeOver = (...to: readonly string[]) =>
				system.baton.command(
					"-c",
					"graceful-master-takeover-auto",
					"-i",
					primary.name,
					...to,
				);
			const unnamed = await takeOver();
			expect(unnamed.code).not.toBe(0);
			expect(unnamed.stderr).toMatch(/has replication filters.*name it/);
			expect(await writable(system.servers)).toEqual([primary]);
			const named = await takeOver("-d", one.name);
			expect(named, `${named.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
			});
			await isPrimary(system, one, written);
			await follows(system, [primary, other], one);
			// Nobody could take its place any more.
			await setSemiSyncSource(one, false);
			for (const server of [primary, other]) {
				await sayOfChannel(server, "STOP", "");
				await sayOfChannel(server, "RESET", "ALL");
			}
			await waitWatched(system);
			await explaining(system, () =>
				waitUntil("why to say that nobody could be promoted", async () =>
					/would start, but could promote nobody: .*it has none/.test(
						await why(system, one.name),
					),
				),
			);
		},
	);
});

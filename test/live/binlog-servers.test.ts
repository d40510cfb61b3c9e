// Replicas by file and position below binlog servers, which hand on their primary's logs: shown, moved below them, between them and away,
// while writes go on. They have every row once afterwards.

import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Coordinates } from "../../src/topology/instance.ts";
import {
	type BinlogServer,
	type BinlogServers,
	startBinlogServers,
} from "../lab/binlog-server.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { changeChannel, sayOfChannel } from "../lab/statements.ts";
import { asking, fourOf, keyOf, path, WITHOUT_GTID } from "./asking.ts";
import { replicateAsSaid } from "./findings.ts";
import { compareAll, steadyWrites } from "./steady.ts";
import {
	QUICK_FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	testOnQuick,
	waitWatched,
} from "./system.ts";

type Named = Pick<LabServer, "name">;

describe.each(QUICK_FLAVORS)("%s replicas below binlog servers", (flavor) => {
	const prefix = flavor === "mysql" ? "SOURCE" : "MASTER";
	let system: System;
	let relays: BinlogServers;
	let p: LabServer;
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;
	let x: BinlogServer;
	let y: BinlogServer;
	const writes = steadyWrites(() => p);

	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 3,
			semiSync: false,
			positioning: "file",
			extraOptions: WITHOUT_GTID[flavor],
			config: () => ({
				SkipMaxScaleCheck: false,
				// The stand-ins share a thread with the writer.
				BatonPingDeadlineMilliseconds: 2_000,
			}),
		});
		[p, a, b, c] = fourOf(system);
		// Nobody gives the stand-ins certificates.
		for (const each of [a, b, c]) {
			await sayOfChannel(each, "STOP", "");
			await changeChannel(each, [`${prefix}_SSL = 0`]);
			await sayOfChannel(each, "START", "");
		}
		relays = await startBinlogServers(p, 2, system.servers);
		const [one, two] = relays.all;
		if (one === undefined || two === undefined) throw new Error("two of them");
		[x, y] = [one, two].sort((m, n) => m.port - n.port) as [
			BinlogServer,
			BinlogServer,
		];
		await writes.start();
	}, TEST_MS);
	afterAll(async () => {
		await writes.stop();
		await relays?.stop();
		await system?.stop();
	}, TEST_MS);

	const { printed, refusedBecause, called } = asking(() => system);

	/** By the servers' own word. Whoever got a row twice, or one out of order, has a broken applier. */
	const standAs = async (
		sources: readonly (readonly [LabServer, Named])[],
	): Promise<void> => {
		await replicateAsSaid(system, sources);
		await waitWatched(system, [...system.servers, x, y]);
	};

	const haveTheSame = () =>
		compareAll(writes, p, [a, b, c], (server) => waitCaughtUp(server, p));

	/** As a person does it, at the place that it has reached. */
	const pointByHand = async (
		server: LabServer,
		source: BinlogServer,
	): Promise<void> => {
		await sayOfChannel(server, "STOP", "");
		const row = (await replicaStatus(server)) ?? {};
		const file = row.Relay_Source_Log_File ?? row.Relay_Master_Log_File;
		const position = row.Exec_Source_Log_Pos ?? row.Exec_Master_Log_Pos;
		await changeChannel(server, [
			`HOST = '${source.host}'`,
			`PORT = ${source.port}`,
			`LOG_FILE = '${file}'`,
			`LOG_POS = ${position}`,
		]);
		await sayOfChannel(server, "START", "");
	};

	/** How far it has received the logs of its source. */
	const readOn = async (server: LabServer): Promise<Coordinates> => {
		const row = (await replicaStatus(server)) ?? {};
		return {
			file: String(row.Source_Log_File ?? row.Master_Log_File),
			position: Number(row.Read_Source_Log_Pos ?? row.Read_Master_Log_Pos),
		};
	};

	const relocate = async (
		server: Pick<LabServer, "name" | "host" | "port">,
		below: Pick<LabServer, "name" | "host" | "port">,
	) =>
		expect(
			await called(`relocate/${path(server)}/${path(below)}`),
		).toMatchObject({
			Details: { Key: keyOf(server), MasterKey: keyOf(below) },
		});

	test(
		"are found and shown as they stand",
		async () => {
			await pointByHand(a, x);
			await waitWatched(system, [...system.servers, x]);
			const shown = (await printed("topology", "-i", p.name)).split("\n");
			const placed = shown.map((line) => line.replace(/ *\[.*/, ""));
			expect(placed.toSorted()).toEqual(
				[
					...["", p.name, `+ ${x.name}`, `  + ${a.name}`],
					...[`+ ${b.name}`, `+ ${c.name}`],
				].toSorted(),
			);
			expect(placed.indexOf(`  + ${a.name}`)).toBe(
				placed.indexOf(`+ ${x.name}`) + 1,
			);
			expect(shown.find((line) => line.includes(x.name))).toMatch(
				/\[0s,ok,2\.1\.17-maxscale,ro,INHERIT/,
			);
			expect(await system.baton.get(`instance/${path(x)}`)).toMatchObject({
				Key: keyOf(x),
				FlavorName: "MaxScale",
				Version: "2.1.17-maxscale",
				ServerUUID: "",
				ReadOnly: true,
				MasterKey: keyOf(p),
				SlaveHosts: [keyOf(a)],
				IsLastCheckValid: true,
			});
			expect(await called(`discover/${path(y)}`)).toMatchObject({
				Details: { Key: keyOf(y), MasterKey: keyOf(p) },
			});
			await standAs([[a, x]]);
			await haveTheSame();
		},
		TEST_MS,
	);

	test(
		"go below them, from one to the other, and back to the primary",
		async () => {
			expect(await printed("relocate", "-i", b.name, "-d", x.name)).toBe(
				`${b.name}<${x.name}\n`,
			);
			await relocate(a, y);
			await standAs([
				[a, y],
				[b, x],
				[c, p],
			]);
			await p.query("FLUSH LOGS");
			await relocate(a, p);
			await relocate(b, y);
			await relocate(c, x);
			await standAs([
				[a, p],
				[b, y],
				[c, x],
			]);
			await haveTheSame();
			// All of one, and those of a pattern.
			expect(
				await printed("relocate-replicas", "-i", x.name, "-d", y.name),
			).toBe(`${c.name}\n`);
			expect(
				await printed(
					...["relocate-replicas", "-i", y.name, "-d", p.name],
					...["-pattern", `:${b.port}$`],
				),
			).toBe(`${b.name}\n`);
			expect(await printed("move-up", "-i", c.name)).toBe(
				`${c.name}<${p.name}\n`,
			);
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			await haveTheSame();
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"go on below a sibling by way of the primary, and back",
		async () => {
			await relocate(a, x);
			await relocate(a, b);
			await standAs([[a, b]]);
			await relocate(a, y);
			await standAs([[a, y]]);
			await relocate(a, p);
			await haveTheSame();
		},
	);

	test(
		"are repointed, and so are the binlog servers",
		async () => {
			expect(await printed("repoint", "-i", a.name, "-d", x.name)).toBe(
				`${a.name}<${x.name}\n`,
			);
			expect(await printed("repoint", "-i", y.name, "-d", x.name)).toBe(
				`${y.name}<${x.name}\n`,
			);
			await relocate(b, y);
			// Through both.
			expect(y.source()).toBe(x.name);
			await standAs([
				[a, x],
				[b, y],
			]);
			await haveTheSame();
			await relocate(y, p);
			expect(y.source()).toBe(p.name);
			await standAs([[b, y]]);
			await printed("repoint-replicas", "-i", y.name);
			await standAs([[b, y]]);
			await haveTheSame();
			await refusedBecause(
				/goes below no server but one that hands on the same logs/,
				...["relocate", "-i", y.name, "-d", c.name],
			);
		},
		TEST_MS,
	);

	test(
		"stand below the best of them when they are regrouped",
		async () => {
			// One that is behind: nothing newer comes to whom it hands on.
			await printed("stop-replica", "-i", x.name);
			expect(x.isRunning()).toBe(false);
			const has = await x.reached();
			await waitUntil(`${a.name} to have all of it`, async () =>
				isDeepStrictEqual(await readOn(a), has),
			);
			await writes.waitAcknowledged(20);
			expect(await readOn(a)).toEqual(has);
			await refusedBecause(
				new RegExp(`${x.name} is behind ${c.name}`),
				...["relocate", "-i", c.name, "-d", x.name],
			);
			await printed("start-replica", "-i", x.name);
			expect(x.isRunning()).toBe(true);
			const best = await printed("regroup-replicas-bls", "-i", p.name);
			const [above, below] = best === `${x.name}\n` ? [x, y] : [y, x];
			expect(best).toBe(`${above.name}\n`);
			expect([above.source(), below.source()]).toEqual([p.name, above.name]);
			await standAs([
				[a, x],
				[b, y],
				[c, p],
			]);
			await haveTheSame();
			await relocate(below, p);
			await standAs([
				[a, x],
				[b, y],
			]);
		},
		TEST_MS,
	);

	test(
		"are moved away from one that is dead",
		async () => {
			await relocate(c, x);
			await x.die();
			await waitUntil("the death to be seen", async () => {
				const known = await system.inStore((store) =>
					store.inventory.get(x.name),
				);
				return known?.check.outcome !== "ok";
			});
			await relocate(c, y);
			expect(
				await printed("relocate-replicas", "-i", x.name, "-d", p.name),
			).toBe(`${a.name}\n`);
			await refusedBecause(
				new RegExp(`${x.name} cannot be reached`),
				...["relocate", "-i", b.name, "-d", x.name],
			);
			await x.revive();
			await standAs([
				[a, p],
				[b, y],
				[c, y],
			]);
			await haveTheSame();
		},
		TEST_MS,
	);

	test(
		"do not make primaries of them",
		async () => {
			await refusedBecause(
				/binlog server/,
				...["graceful-master-takeover", "-i", p.name, "-d", x.name],
			);
			for (const name of ["set-writeable", "set-read-only"])
				await refusedBecause(
					/is a binlog server: it hands on the logs of its source/,
					...[name, "-i", x.name],
				);
			await refusedBecause(
				/is a binlog server, whose logs are those of/,
				...["make-co-master", "-i", x.name],
			);
			await standAs([
				[a, p],
				[b, y],
				[c, y],
			]);
			await haveTheSame();
		},
		TEST_MS,
	);
});

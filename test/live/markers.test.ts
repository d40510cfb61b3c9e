// With AutoPseudoGTID Baton writes the markers itself, and replicas that replicate by file and position are moved by them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { standAsLaid } from "./as-laid.ts";
import { asking, fourOf, WITHOUT_GTID } from "./asking.ts";
import { replicationOf, writable } from "./findings.ts";
import {
	ALL_FAULTS,
	FAILOVER_MS,
	FLAVORS,
	logTail,
	QUICK_FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	testOnQuick,
	waitWatched,
} from "./system.ts";

const MARKED = "drop view if exists `_pseudo_gtid_`.`_asc:";
/** Of two markers. */
const TWO_MS = 15_000;

/** Texts of the markers in its binary logs, by the server that has written them. */
const markersOf = async (server: LabServer): Promise<string[]> => {
	const logs = await server.query("SHOW BINARY LOGS");
	const events = await Promise.all(
		logs.map(({ Log_name }) =>
			server.query(`SHOW BINLOG EVENTS IN '${Log_name}'`),
		),
	);
	return events
		.flat()
		.filter(({ Info }) => String(Info).includes(MARKED))
		.map(({ Server_id, Info }) => `${Server_id} ${Info}`);
};

const ownMarkersOf = async (server: LabServer): Promise<string[]> => {
	const [row] = await server.query("SELECT @@global.server_id AS id");
	const all = await markersOf(server);
	return all.filter((each) => each.startsWith(`${row?.["id"]} `));
};

const allow = (primary: LabServer) =>
	primary.query("GRANT DROP ON `_pseudo_gtid_`.* TO 'orchestrator'@'%'");

const deny = (primary: LabServer) =>
	primary.query("REVOKE DROP ON `_pseudo_gtid_`.* FROM 'orchestrator'@'%'");

describe.each(FLAVORS)("markers that Baton writes on %s", (flavor) => {
	let system: System;
	let p: LabServer;
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;

	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 3,
			semiSync: false,
			positioning: "file",
			extraOptions: WITHOUT_GTID[flavor],
			config: () => ({ AutoPseudoGTID: true }),
		});
		[p, a, b, c] = fourOf(system);
		await allow(p);
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	beforeEach(
		() =>
			standAsLaid(system, {
				semiSync: false,
				positioning: "file",
				keepsLogs: true,
			}),
		TEST_MS,
	);

	const { printed } = asking(() => system);

	/** One that refused a marker, or was no primary, is asked again within a minute. */
	const waitMarked = async () => {
		const before = (await ownMarkersOf(p)).length;
		await waitUntil(
			`${p.name} gets markers`,
			async () => (await ownMarkersOf(p)).length > before,
			75_000,
		);
	};

	// What it may not do it tries again after a minute.
	test.runIf(ALL_FAULTS)(
		"a privilege that is missing is told once, and then none is written",
		async () => {
			const told = () =>
				readFileSync(join(system.baton.directory, "baton.log"), "utf8").split(
					"no Pseudo-GTID marker can be written",
				).length - 1;
			await waitMarked();
			const before = told();
			await deny(p);
			try {
				await waitUntil("it is told", async () => told() > before, TWO_MS);
				const written = (await ownMarkersOf(p)).length;
				await new Promise((resolve) => setTimeout(resolve, 11_000));
				expect(told()).toBe(before + 1);
				expect(await ownMarkersOf(p)).toHaveLength(written);
			} finally {
				await allow(p);
			}
		},
		2 * TEST_MS,
	);

	test(
		"are on the primary every five seconds, and nobody else's",
		async () => {
			await waitMarked();
			const before = (await ownMarkersOf(p)).length;
			await new Promise((resolve) => setTimeout(resolve, 10_500));
			const written = (await ownMarkersOf(p)).length - before;
			expect(written).toBeGreaterThanOrEqual(1);
			expect(written).toBeLessThanOrEqual(3);
			for (const server of [a, b, c])
				expect(await ownMarkersOf(server)).toEqual([]);
			expect(
				await printed("last-pseudo-gtid", "-i", p.name),
				logTail(system),
			).toContain(MARKED);
		},
		2 * TEST_MS,
	);

	test(
		"replicas are moved by them",
		async () => {
			await waitMarked();
			for (const each of [a, b]) await waitCaughtUp(each, p);
			expect(await printed("match", "-i", b.name, "-d", a.name)).toBe(
				`${b.name}<${a.name}\n`,
			);
			expect(await replicationOf(b)).toEqual({ source: a.name, runs: true });
			await waitWatched(system);
			expect(await printed("match", "-i", b.name, "-d", p.name)).toBe(
				`${b.name}<${p.name}\n`,
			);
			expect(await replicationOf(b)).toEqual({ source: p.name, runs: true });
		},
		2 * TEST_MS,
	);

	testOnQuick(flavor)("a primary that hangs holds up nothing", async () => {
		p.pause();
		await new Promise((resolve) => setTimeout(resolve, 200));
		const began = performance.now();
		expect(await printed("clusters")).toContain(p.name);
		expect(performance.now() - began).toBeLessThan(5_000);
		p.resume();
		await waitWatched(system);
	});

	testOnQuick(flavor)(
		"a primary that was made read-only gets none, and gets them again",
		async () => {
			await waitMarked();
			await p.query("SET GLOBAL read_only = 1");
			const before = (await ownMarkersOf(p)).length;
			await new Promise((resolve) => setTimeout(resolve, 8_000));
			expect((await ownMarkersOf(p)).length).toBe(before);
			await p.query("SET GLOBAL read_only = 0");
			await waitMarked();
		},
	);
});

describe.each(QUICK_FLAVORS)(
	"markers when the primary of %s changes",
	(flavor) => {
		let system: System;
		beforeAll(async () => {
			system = await startSystem({
				flavor,
				replicas: 2,
				config: () => ({ AutoPseudoGTID: true }),
			});
			await allow(system.primary);
		}, TEST_MS);
		afterAll(async () => system?.stop(), TEST_MS);

		const primaryNow = async (): Promise<LabServer> => {
			const [found, ...more] = await writable(system.servers);
			if (found === undefined || more.length > 0)
				throw new Error(`not one primary\n${logTail(system)}`);
			return found;
		};

		const waitMarked = (server: LabServer) =>
			waitUntil(
				`${server.name} gets markers`,
				async () => (await ownMarkersOf(server)).length >= 2,
				// The first primary is asked again a minute after it has refused one.
				75_000,
			).catch((error: unknown) => {
				throw new Error(`${String(error)}\n${logTail(system)}`);
			});

		test(
			"go with it in a takeover and in a failover, and stay away from those of before",
			async () => {
				const first = await primaryNow();
				await waitMarked(first);
				const taken = await system.baton.command(
					"-c",
					"graceful-master-takeover-auto",
					"-i",
					first.name,
				);
				expect(taken, taken.stderr).toMatchObject({ code: 0 });
				const second = await primaryNow();
				expect(second).not.toBe(first);
				const ofFirst = await ownMarkersOf(first);
				await waitMarked(second);
				const third = system.servers.find(
					(each) => each !== first && each !== second,
				);
				if (third === undefined) throw new Error("lay");
				await second.kill();
				await waitUntil(
					"another primary",
					async () => (await writable(system.servers)).length === 1,
					FAILOVER_MS,
				);
				const now = await primaryNow();
				await waitUntil(
					"another marker",
					async () =>
						(await ownMarkersOf(now)).length >
						(now === first ? ofFirst.length : 0),
					TWO_MS,
				);
				await second.start();
				const ofSecond = await ownMarkersOf(second);
				await new Promise((resolve) => setTimeout(resolve, 8_000));
				expect(await ownMarkersOf(second)).toEqual(ofSecond);
				if (now !== first) expect(await ownMarkersOf(first)).toEqual(ofFirst);
				expect(await primaryNow()).toBe(now);
			},
			2 * TEST_MS,
		);
	},
);

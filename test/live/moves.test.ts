// The commands that move replicas, on real servers and judged on them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { Lab } from "../lab/lab.ts";
import { replicaStatus, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { commitApart, commitErrant, isReadOnly } from "../lab/trouble.ts";
import { standAsLaid } from "./as-laid.ts";
import { asking, fourOf, keyOf, lines, path } from "./asking.ts";
import { replicationOf } from "./findings.ts";
import { standingAs } from "./stand-as.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** What the hook writes to. */
const tookIn = ({ directory }: Pick<Lab, "directory">) =>
	join(directory, "took");

/** Long enough for a watcher to see a change. */
const SOON_MS = 10_000;

describe.each(FLAVORS)("replicas of %s", (flavor) => {
	let system: System;
	let p: LabServer;
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;
	let writes = 0;
	const isWithErrants = flavor === "mysql";

	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 3,
			config: (lab) => ({
				PostTakeMasterProcesses: [`echo took >> ${tookIn(lab)}`],
			}),
		});
		[p, a, b, c] = fourOf(system);
		await p.query("DELETE FROM app.writes", "app");
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	beforeEach(() => standAsLaid(system, {}), TEST_MS);

	const { command, printed, called } = asking(() => system);

	const write = () =>
		p.query(
			`INSERT INTO app.writes VALUES (${++writes}, NOW(6), 'test')`,
			"app",
		);

	const standAs = standingAs(() => system, write);

	test(
		"go below a sibling and up again, one by one",
		async () => {
			expect(await printed("move-below", "-i", b.name, "-d", a.name)).toBe(
				`${b.name}<${a.name}\n`,
			);
			await called(`move-gtid/${path(c)}/${path(b)}`);
			await standAs([
				[a, p],
				[b, a],
				[c, b],
			]);
			expect(
				await command("move-below", "-i", c.name, "-d", a.name),
			).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(/are not siblings/),
			});
			expect(await command("move-up", "-i", a.name)).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/is not a replica itself/),
			});
			expect(await called(`move-up/${path(c)}`)).toMatchObject({
				Details: { Key: keyOf(c), MasterKey: keyOf(a) },
			});
			expect(await printed("move-up", "-i", c.name)).toBe(
				`${c.name}<${p.name}\n`,
			);
			expect(await printed("move-gtid", "-i", b.name, "-d", p.name)).toBe(
				`${b.name}<${p.name}\n`,
			);
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
		},
		TEST_MS,
	);

	test(
		"have their channels laid anew, and keep what these are set to",
		async () => {
			const relayLog = async () => {
				const status = await replicaStatus(b);
				return [status?.["Relay_Log_File"], status?.["Relay_Log_Pos"]];
			};
			const before = await relayLog();
			expect(await printed("repoint", "-i", b.name)).toBe(
				`${b.name}<${p.name}\n`,
			);
			expect(await relayLog()).not.toEqual(before);
			await called(`repoint/${path(c)}/${path(p)}`);
			expect(
				await printed("repoint-replicas", "-i", p.name, "-pattern", a.name),
			).toBe(`${a.name}<${p.name}\n`);
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
		},
		TEST_MS,
	);

	test(
		"are moved together, as far as they can be",
		async () => {
			expect(await printed("take-siblings", "-i", a.name)).toBe(lines(a));
			await standAs([
				[a, p],
				[b, a],
				[c, a],
			]);
			expect(await printed("move-up-replicas", "-i", a.name)).toBe(lines(b, c));
			expect(await printed("move-up-replicas", "-i", a.name)).toBe("");
			expect(
				await called(
					`relocate-replicas/${path(p)}/${path(b)}?pattern=${encodeURIComponent(`:${a.port}$`)}`,
				),
			).toMatchObject({ Details: [{ Key: keyOf(a), MasterKey: keyOf(b) }] });
			await standAs([
				[a, b],
				[b, p],
				[c, p],
			]);
			const descendant = await system.baton.get<Envelope>(
				`relocate-slaves/${path(p)}/${path(a)}`,
			);
			expect(descendant).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/is a descendant of/),
			});
			expect(
				await printed("move-replicas-gtid", "-i", b.name, "-d", p.name),
			).toBe(lines(a));
			const regrouped = await printed("regroup-replicas", "-i", p.name);
			const chosen = [a, b, c].find((each) => regrouped.startsWith(each.name));
			if (chosen === undefined) throw new Error(regrouped);
			expect(regrouped).toBe(
				`${chosen.name}\n${chosen.name} lost: 0, trivial: 0, pseudo-gtid: 2\n`,
			);
			await standAs([
				[chosen, p],
				...[a, b, c]
					.filter((each) => each !== chosen)
					.map((each) => [each, chosen] as const),
			]);
			expect(await called(`regroup-slaves-gtid/${path(chosen)}`)).toMatchObject(
				{
					Message: expect.stringMatching(/lost: 0, moved: 1$/),
				},
			);
		},
		TEST_MS,
	);

	test(
		"leave one behind that cannot be moved",
		async () => {
			// What it has of its own is no reason to stay. A MariaDB replica breaks at it, in the domain of its primary.
			if (isWithErrants) {
				await commitErrant(c);
				expect(
					await printed("relocate", "-i", c.name, "-d", b.name, "-dry-run"),
				).toMatch(/keeps errant transactions of its own/);
			}
			await printed("relocate", "-i", c.name, "-d", b.name);
			await standAs([
				[a, p],
				[b, p],
				[c, b],
			]);
			await printed("relocate", "-i", c.name, "-d", p.name);
			await b.kill();
			const moved = await command(
				"relocate-replicas",
				"-i",
				p.name,
				"-d",
				a.name,
			);
			expect(moved, logTail(system)).toMatchObject({
				code: 0,
				stdout: lines(c),
				stderr: expect.stringMatching(
					new RegExp(`ERROR ${b.name} was left behind`),
				),
			});
			const all = await system.baton.get<Envelope>(
				`move-slaves-gtid/${path(p)}/${path(a)}`,
			);
			expect(all).toMatchObject({ Code: "ERROR" });
			await b.start();
			await waitUntil(
				"it replicates again",
				async () => (await replicationOf(b)).runs,
				SOON_MS,
			);
			await standAs([
				[a, p],
				[b, p],
				[c, a],
			]);
		},
		TEST_MS,
	);

	test(
		"change places with their source",
		async () => {
			if (isWithErrants) await commitErrant(c);
			await printed("relocate", "-i", c.name, "-d", a.name);
			// What it has of its own would go to its source.
			if (isWithErrants)
				expect(await command("take-master", "-i", c.name)).toMatchObject({
					code: 1,
					stderr: expect.stringMatching(/errant transactions, which/),
				});
			await printed("relocate", "-i", b.name, "-d", a.name);
			expect(await printed("take-master", "-i", b.name)).toBe(lines(b));
			await standAs([
				[b, p],
				[a, b],
				[c, a],
			]);
			expect(
				await system.baton.get<Envelope>(`take-master/${path(b)}`),
			).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/use graceful-master-takeover/),
			});
			await called(`enslave-master/${path(a)}`);
			await standAs([
				[a, p],
				[b, a],
				[c, a],
			]);
			await waitUntil(
				"the hook has run for both",
				async () =>
					existsSync(tookIn(system.lab)) &&
					readFileSync(tookIn(system.lab), "utf8") === "took\ntook\n",
				SOON_MS,
			);
		},
		TEST_MS,
	);

	test(
		"are their primary's source, too, and stay read-only",
		async () => {
			let isBusy = true;
			const busy = (async () => {
				while (isBusy) {
					await write();
					await sleep(20);
				}
			})();
			const made = await printed("make-co-master", "-i", a.name).finally(() => {
				isBusy = false;
			});
			await busy;
			expect(made).toBe(lines(a));
			await standAs([
				[a, p],
				[p, a],
			]);
			expect(await isReadOnly(a)).toBe(true);
			expect(await isReadOnly(p)).toBe(false);
			expect(await command("make-co-master", "-i", a.name)).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/is already co master of/),
			});
		},
		TEST_MS,
	);

	test(
		"take along what they got from a server above them, and no other has",
		async () => {
			await printed("relocate", "-i", b.name, "-d", a.name);
			await commitApart(a, 8, "CREATE DATABASE above");
			const has = (what: string) => async () =>
				(await b.query(`SHOW DATABASES LIKE '${what}'`)).length === 1;
			await waitUntil("it to get that", has("above"), SOON_MS);
			await waitWatched(system);
			const move = ["relocate", "-i", b.name, "-d", p.name] as const;
			expect(await printed(...move, "-dry-run")).toMatch(
				/keeps errant transactions that it got from/,
			);
			await printed(...move);
			await standAs([
				[a, p],
				[b, p],
			]);
			// It has them all: it may come back.
			await printed("relocate", "-i", b.name, "-d", a.name);
			await standAs([
				[a, p],
				[b, a],
			]);
			if (flavor === "mysql") return;
			// Not while it stands at one, in a domain that the new source has logged.
			await commitApart(p, 7, "CREATE DATABASE first_one");
			await waitUntil("it to get that", has("first_one"), SOON_MS);
			await commitApart(a, 7, "CREATE DATABASE second_one");
			await waitUntil("it to get that", has("second_one"), SOON_MS);
			await waitWatched(system);
			expect(await command(...move)).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/stands at 7-.*error 1236/),
			});
			await standAs([
				[a, p],
				[b, a],
			]);
		},
		TEST_MS,
	);
});

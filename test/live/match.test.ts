// Replicas that replicate by file and position are moved by the markers in the logs, and have every row once afterwards.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { waitCaughtUp } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { commitErrant } from "../lab/trouble.ts";
import { standAsLaid } from "./as-laid.ts";
import { asking, fourOf, keyOf, lines, path, WITHOUT_GTID } from "./asking.ts";
import { standingAs } from "./stand-as.ts";
import {
	FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

const MARKED = "drop view if exists `_pseudo_gtid_`.`_asc:";

describe.each(FLAVORS)("replicas without GTID of %s", (flavor) => {
	let system: System;
	let p: LabServer;
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;
	let writes = 0;

	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 3,
			semiSync: false,
			positioning: "file",
			extraOptions: WITHOUT_GTID[flavor],
			config: () => ({
				PseudoGTIDPattern: MARKED,
				PseudoGTIDPatternIsFixedSubstring: true,
				PseudoGTIDMonotonicHint: "asc:",
			}),
		});
		[p, a, b, c] = fourOf(system);
		await p.query("DELETE FROM app.writes", "app");
		await p.query("CREATE DATABASE IF NOT EXISTS _pseudo_gtid_");
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	beforeEach(async () => {
		await standAsLaid(system, {
			semiSync: false,
			positioning: "file",
			keepsLogs: true,
		});
		// Nobody goes by the markers of before where the logs of one differed.
		await write();
	}, TEST_MS);

	const { command, ...asked } = asking(() => system);

	/** Whoever receives is stopped in the middle of a transaction now and then. */
	const underLoad = async <T>(work: () => Promise<T>): Promise<T> => {
		let goesOn = true;
		const writing = (async () => {
			while (goesOn) await write();
		})();
		try {
			return await work();
		} finally {
			goesOn = false;
			await writing;
		}
	};
	const printed = (...words: string[]) =>
		underLoad(() => asked.printed(...words));
	const called = (route: string) => underLoad(() => asked.called(route));

	/** A marker, and a row behind it. */
	const write = async () => {
		const nth = (++writes).toString(16).padStart(8, "0");
		await p.query(`${MARKED}${nth}:00000001:a1b2c3d4e5f60718\``);
		await p.query(
			`INSERT INTO app.writes VALUES (${writes}, NOW(6), 'test')`,
			"app",
		);
	};

	const standAs = standingAs(() => system, write);

	test(
		"are matched one by one",
		async () => {
			expect(await printed("match", "-i", b.name, "-d", a.name)).toBe(
				`${b.name}<${a.name}\n`,
			);
			expect(await called(`match-below/${path(c)}/${path(b)}`)).toMatchObject({
				Details: { Key: keyOf(c), MasterKey: keyOf(b) },
			});
			await standAs([
				[a, p],
				[b, a],
				[c, b],
			]);
			expect(await printed("rematch", "-i", c.name)).toBe(
				`${c.name}<${b.name}\n`,
			);
			expect(await printed("match-up", "-i", c.name)).toBe(
				`${c.name}<${a.name}\n`,
			);
			expect(await called(`match-up/${path(b)}`)).toMatchObject({
				Details: { Key: keyOf(b), MasterKey: keyOf(p) },
			});
			await standAs([
				[a, p],
				[b, p],
				[c, a],
			]);
			expect(await command("match", "-i", a.name, "-d", c.name)).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(/is a descendant of/),
			});
			await printed("match-up", "-i", c.name);
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"are matched together",
		async () => {
			expect(await printed("match-replicas", "-i", p.name, "-d", a.name)).toBe(
				lines(b, c),
			);
			await standAs([
				[a, p],
				[b, a],
				[c, a],
			]);
			expect(await called(`match-up-slaves/${path(a)}`)).toMatchObject({
				Details: keyOf(p),
			});
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			await waitWatched(system);
			const regrouped = await printed("regroup-replicas-pgtid", "-i", p.name);
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
			await printed("match-up-replicas", "-i", chosen.name);
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"stay where they are, and run on, where the logs differ",
		async () => {
			// Behind the last marker: what comes before it is not compared.
			await waitCaughtUp(c, p);
			await commitErrant(c);
			expect(await command("match", "-i", c.name, "-d", a.name)).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(/is ahead of|the logs differ/),
			});
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
		},
		TEST_MS,
	);
});

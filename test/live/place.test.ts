// Replicas that replicate by file and position, with neither GTID nor markers: moved by the place at which one server is in two logs,
// while writes go on. They have every row once afterwards.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import type { StepOf } from "../../src/planning/step.ts";
import { compareCoordinates } from "../../src/topology/coordinates.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel, unlogged } from "../lab/statements.ts";
import { standAsLaid } from "./as-laid.ts";
import { asking, fourOf, keyOf, path, WITHOUT_GTID } from "./asking.ts";
import { replicateAsSaid, replicationOf } from "./findings.ts";
import { look, run, type StepOptions } from "./port.ts";
import { compareAll, steadyWrites } from "./steady.ts";
import { atPart, atWrites, killedAfter, killedBefore } from "./step-faults.ts";
import {
	FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	testOnFirst,
	testOnQuick,
	waitWatched,
} from "./system.ts";

describe.each(FLAVORS)("%s replicas by file and position", (flavor) => {
	let system: System;
	let p: LabServer;
	let a: LabServer;
	let b: LabServer;
	let c: LabServer;
	const writes = steadyWrites(() => p);

	beforeAll(async () => {
		system = await startSystem({
			flavor,
			replicas: 3,
			semiSync: false,
			positioning: "file",
			extraOptions: WITHOUT_GTID[flavor],
		});
		[p, a, b, c] = fourOf(system);
		await p.query("DELETE FROM app.writes", "app");
	}, TEST_MS);
	afterAll(async () => {
		await writes.stop();
		await system?.stop();
	}, TEST_MS);
	beforeEach(async () => {
		await standAsLaid(
			system,
			{ semiSync: false, positioning: "file", keepsLogs: true },
			writes.stop,
		);
		await writes.start();
	}, TEST_MS);

	const { printed, refusedBecause, called } = asking(() => system);

	/** By the servers' own word. Whoever got a row twice, or one out of order, has a broken applier. */
	const standAs = async (
		sources: readonly (readonly [LabServer, LabServer])[],
	): Promise<void> => {
		await replicateAsSaid(system, sources);
		await waitWatched(system);
	};

	/** Each waits for the one above it. */
	const caughtUp = async (server: LabServer): Promise<void> => {
		const path = [server];
		for (let at = server; ; ) {
			const { source } = await replicationOf(at);
			const above = [p, a, b, c].find((each) => each.name === source);
			if (above === undefined || above === p) break;
			path.push(above);
			at = above;
		}
		let source = p;
		for (const each of path.reverse()) {
			await waitCaughtUp(each, source);
			source = each;
		}
	};
	const haveTheSame = () => compareAll(writes, p, [a, b, c], caughtUp);

	test(
		"are moved below a sibling, and up through their source",
		async () => {
			expect(await printed("move-below", "-i", b.name, "-d", a.name)).toBe(
				`${b.name}<${a.name}\n`,
			);
			expect(await printed("relocate", "-i", c.name, "-d", a.name)).toBe(
				`${c.name}<${a.name}\n`,
			);
			await standAs([
				[a, p],
				[b, a],
				[c, a],
			]);
			// New logs on all of the way.
			await p.query("FLUSH LOGS");
			await a.query("FLUSH LOGS");
			expect(await printed("relocate", "-i", c.name, "-d", b.name)).toBe(
				`${c.name}<${b.name}\n`,
			);
			await standAs([
				[a, p],
				[b, a],
				[c, b],
			]);
			expect(await printed("move-up", "-i", c.name)).toBe(
				`${c.name}<${a.name}\n`,
			);
			expect(await printed("relocate", "-i", b.name, "-d", p.name)).toBe(
				`${b.name}<${p.name}\n`,
			);
			await standAs([
				[a, p],
				[b, p],
				[c, a],
			]);
			await haveTheSame();
			// As it was laid, which the next one begins with.
			await printed("relocate", "-i", c.name, "-d", p.name);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"go by way of others where no one place leads there, and back all of it when they are not let in",
		async () => {
			// p → a, b → c: up to p, and down again.
			await printed("relocate", "-i", c.name, "-d", b.name);
			const shown = await printed(
				...["relocate", "-i", c.name, "-d", a.name, "-dry-run"],
			);
			expect(shown).toContain(`goes in 2 moves, by way of ${p.name}`);
			const locked = (how: "LOCK" | "UNLOCK") =>
				unlogged(a, `ALTER USER 'repl'@'%' ACCOUNT ${how}`);
			await locked("LOCK");
			await refusedBecause(
				/undone: .*account is locked.*it was put back below/i,
				...["relocate", "-i", c.name, "-d", a.name],
			).finally(() => locked("UNLOCK"));
			await standAs([
				[a, p],
				[b, p],
				[c, b],
			]);
			await haveTheSame();
			expect(await printed("relocate", "-i", c.name, "-d", a.name)).toBe(
				`${c.name}<${a.name}\n`,
			);
			// p → b → a → c: up twice.
			await printed("relocate", "-i", a.name, "-d", b.name);
			expect(await printed("relocate", "-i", c.name, "-d", p.name)).toBe(
				`${c.name}<${p.name}\n`,
			);
			// And down twice, with whoever else is to go there.
			expect(
				await printed(
					...["relocate-replicas", "-i", p.name, "-d", a.name],
					...["-pattern", `:${c.port}$`],
				),
			).toBe(`${c.name}\n`);
			await standAs([
				[b, p],
				[a, b],
				[c, a],
			]);
			await haveTheSame();
			await printed("move-up", "-i", a.name);
			await printed("relocate", "-i", c.name, "-d", p.name);
		},
	);

	testOnQuick(flavor)(
		"change places with their source, and go together",
		async () => {
			await printed("move-below", "-i", c.name, "-d", a.name);
			expect(await printed("take-master", "-i", c.name)).toBe(`${c.name}\n`);
			await standAs([
				[c, p],
				[a, c],
				[b, p],
			]);
			expect(await printed("take-siblings", "-i", c.name)).toBe(`${c.name}\n`);
			await standAs([
				[c, p],
				[a, c],
				[b, c],
			]);
			expect(await printed("move-up-replicas", "-i", c.name)).toBe(
				[a, b].map(({ name }) => `${name}\n`).join(""),
			);
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			const regrouped = await printed("regroup-replicas", "-i", p.name);
			const chosen = [a, b, c].find((each) => regrouped.startsWith(each.name));
			if (chosen === undefined) throw new Error(regrouped);
			expect(regrouped).toBe(
				`${chosen.name}\n${chosen.name} lost: 0, trivial: 0, pseudo-gtid: 2\n`,
			);
			await haveTheSame();
			expect(
				(
					await printed("relocate-replicas", "-i", chosen.name, "-d", p.name)
				).split("\n"),
			).toHaveLength(3);
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			await haveTheSame();
		},
	);

	testOnFirst(flavor)(
		"become a local source, and their primary's source",
		async () => {
			// p → a → b, c: b goes up, and c follows it.
			for (const each of [b, c])
				await printed("move-below", "-i", each.name, "-d", a.name);
			expect(await called(`make-local-master/${path(b)}`)).toMatchObject({
				Details: { Key: keyOf(b), MasterKey: keyOf(p) },
			});
			await standAs([
				[a, p],
				[b, p],
				[c, b],
			]);
			await printed("relocate", "-i", c.name, "-d", p.name);
			expect(await printed("make-co-master", "-i", a.name)).toBe(`${a.name}\n`);
			const pair = [
				[p, a],
				[a, p],
				[b, p],
				[c, p],
			] as const;
			await standAs(pair);
			await haveTheSame();
			// What it had before came from it, and what came since did too: nothing was applied twice, or would have been.
			await standAs(pair);
			await refusedBecause(
				/is already co master of/,
				...["make-co-master", "-i", a.name],
			);
			await printed("stop-replica", "-i", p.name);
			await printed("reset-replica", "-i", p.name);
			await waitWatched(system);
		},
	);

	test(
		"are repointed at the same place only",
		async () => {
			expect(await printed("repoint", "-i", a.name)).toBe(
				`${a.name}<${p.name}\n`,
			);
			await refusedBecause(
				/are not those of/,
				"repoint",
				"-i",
				a.name,
				"-d",
				b.name,
			);
			await refusedBecause(
				/has no binlog server below it/,
				"regroup-replicas-bls",
				"-i",
				p.name,
			);
			expect(
				(await printed("repoint-replicas", "-i", p.name)).split("\n"),
			).toHaveLength(4);
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
		"go to a place that was recorded as the one that they have reached",
		async () => {
			await refusedBecause(
				/no place in the binary logs of .* is recorded as/,
				"move-equivalent",
				"-i",
				b.name,
				"-d",
				a.name,
			);
			await writes.stop();
			for (const each of [a, b, c]) await waitCaughtUp(each, p);
			await waitWatched(system);
			await printed("move-below", "-i", b.name, "-d", a.name);
			await waitWatched(system);
			expect(await printed("move-equivalent", "-i", c.name, "-d", a.name)).toBe(
				`${c.name}<${a.name}\n`,
			);
			const { execCoordinates } = (await look(c)).replication;
			const { file, position } = execCoordinates;
			expect(
				await system.baton.get(
					`master-equivalent/${a.host}/${a.port}/${file}/${position}`,
				),
			).toMatchObject({
				Code: "OK",
				Details: [{ Key: { Hostname: p.host, Port: p.port } }],
			});
			expect(
				await system.baton.get(
					`move-equivalent/${b.host}/${b.port}/${p.host}/${p.port}`,
				),
			).toMatchObject({
				Code: "OK",
				Details: { MasterKey: { Hostname: p.host, Port: p.port } },
			});
			await writes.start();
			await standAs([
				[a, p],
				[b, p],
				[c, a],
			]);
			await printed("move-up", "-i", c.name);
			await haveTheSame();
			await waitWatched(system);
		},
	);

	const below = (
		on: LabServer,
		source: LabServer,
		of: LabServer,
		options: StepOptions = {},
		details: Partial<StepOf<"matchBelow">> = {},
	) =>
		run(
			{
				do: "matchBelow",
				on: on.name,
				source: source.name,
				channel: "",
				sourceUuid: "",
				sourceId: source.serverId,
				by: { way: "pair", of: of.name, ofChannel: "", applies: true },
				...details,
			},
			options,
		);

	// MySQL: an applier that is stopped in the middle of a transaction waits a minute for the rest, unless that is received.
	test.runIf(flavor === "mysql")(
		"that received half of a transaction are repointed without a minute's wait",
		async () => {
			await writes.stop();
			await p.query("CREATE TABLE app.wide (text LONGTEXT)");
			const readTo = async () => (await look(a)).replication.readCoordinates;
			const isHalf = async (): Promise<boolean> => {
				await sayOfChannel(a, "START", "IO_THREAD");
				await waitCaughtUp(a, p);
				const from = await readTo();
				await p.query(
					"INSERT INTO app.wide SELECT REPEAT('x', 1000000) FROM app.writes LIMIT 12",
				);
				const end = (await look(p)).selfCoordinates;
				await waitUntil(
					"some of it to come",
					async () => compareCoordinates(await readTo(), from) !== 0,
				);
				await sayOfChannel(a, "STOP", "IO_THREAD");
				return compareCoordinates(await readTo(), end) < 0;
			};
			for (let tries = 1; !(await isHalf()); tries++)
				if (tries === 10) throw new Error("no transaction came half");
			const began = performance.now();
			const answer = await below(
				a,
				p,
				a,
				{},
				{ anew: true, by: { way: "same", in: p.name } },
			);
			expect(answer, answer.says).toMatchObject({ outcome: "done" });
			expect(performance.now() - began).toBeLessThan(30_000);
			await p.query("DROP TABLE app.wide");
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"stay where they are, and so does everybody else, when a step of the move fails",
		async () => {
			const known = await Promise.all([p, a, b, c].map(look));
			const standing = [
				[a, p],
				[b, p],
				[c, p],
			] as const;
			/** However far it came: it is taken back. */
			const takenBack = async (how: string, unsettled: boolean) => {
				const answer = await below(
					b,
					p,
					a,
					{ known },
					unsettled ? { unsettled } : {},
				);
				expect(["done", "already"], `${how}: ${answer.says}`).toContain(
					answer.outcome,
				);
				await standAs(standing);
			};
			// The server at rest runs on, also when the session that stopped it is lost.
			const ofRest = [
				/^STOP (REPLICA|SLAVE).* SQL_THREAD/,
				/^START (REPLICA|SLAVE).* SQL_THREAD/,
			].map((at) => [a, at] as const);
			const ofMoved = [
				/^STOP .*IO_THREAD/,
				/^STOP (REPLICA|SLAVE) (FOR|\?)/,
				/UNTIL/,
				/^CHANGE/,
				/^START (REPLICA|SLAVE) (FOR CHANNEL \?$|\?$)/,
			].map((at) => [b, at] as const);
			for (const [server, at] of [...ofRest, ...ofMoved])
				for (const killed of [killedBefore, killedAfter]) {
					// MySQL, killed in the middle of it, neither starts such a channel nor changes it until it is reset.
					const isHalf = killed === killedAfter && String(at) === "/^CHANGE/";
					if (flavor === "mysql" && isHalf) continue;
					const { outcome, effect, says } = await below(b, a, a, {
						through: killed(at, server),
						known,
					});
					await takenBack(
						`${killed.name} ${at}: ${outcome} ${says}`,
						effect === "unknown",
					);
				}
			// Cancelled on its way.
			for (const part of ["finding the place", "changing the source"]) {
				const cancelled = new AbortController();
				await below(b, a, a, {
					known,
					guard: { signal: cancelled.signal },
					through: atPart(b, part, () => cancelled.abort()),
				}).catch(() => undefined);
				await takenBack(`cancelled at ${part}`, true);
			}
			await haveTheSame();
		},
	);

	test("are left with their receiver stopped where they are to be", async () => {
		for (const leaveApplying of [true, false]) {
			const stopped = {
				leaveStopped: true,
				...(leaveApplying ? { leaveApplying } : {}),
			} as const;
			expect(await below(b, a, a, {}, stopped)).toMatchObject({
				outcome: "done",
				says: expect.stringMatching(/left stopped, from /),
			});
			expect((await replicationOf(b)).source).toBe(a.name);
			expect((await look(b)).replication).toMatchObject({
				receiver: 0,
				applier: leaveApplying ? 1 : 0,
			});
			expect(await below(b, a, a, {}, stopped)).toMatchObject({
				outcome: "already",
				effect: "unchanged",
			});
			// As it is found by a try that follows one that was cut off.
			const again = await below(b, a, a, {}, { ...stopped, unsettled: true });
			expect(["done", "already"]).toContain(again.outcome);
			expect((await look(b)).replication).toMatchObject({
				receiver: 0,
				applier: leaveApplying ? 1 : 0,
			});
			expect(await below(b, a, a)).toMatchObject({ outcome: "done" });
			await standAs([[b, a]]);
			expect(await below(b, p, a)).toMatchObject({ outcome: "done" });
		}
		await haveTheSame();
	});

	testOnQuick(flavor)(
		"are moved by a second try, whatever the first one left",
		async () => {
			const known = await Promise.all([p, a, b, c].map(look));
			/** Where both have applied as much as the other, nothing needs to be run up to, and nothing is cut off. */
			const cutOff = async (server: LabServer, at: RegExp) => {
				for (let tries = 1; tries <= 20; tries++) {
					let isCut = false;
					const through = killedAfter(at, server, () => {
						isCut = true;
					});
					await below(b, a, a, { through, known });
					if (isCut) return;
					expect(await below(b, p, a)).toMatchObject({ outcome: "done" });
				}
				throw new Error(`never came to ${at}`);
			};
			for (const [server, at] of [
				[a, /^STOP (REPLICA|SLAVE).* SQL_THREAD/],
				[b, /^STOP .*IO_THREAD/],
				[b, /UNTIL/],
				[b, /^START (REPLICA|SLAVE) (FOR CHANNEL \?$|\?$)/],
			] as const) {
				await cutOff(server, at);
				const again = await below(b, a, a, { known }, { unsettled: true });
				expect(again, `${at}: ${again.says}`).toMatchObject({
					outcome: "done",
				});
				await standAs([
					[a, p],
					[b, a],
				]);
				expect(await below(b, p, a)).toMatchObject({ outcome: "done" });
			}
			// The wrong server is refused, and what the first try stopped runs again.
			await cutOff(b, /UNTIL/);
			expect(
				await below(b, a, a, { known }, { unsettled: true, sourceId: 4_711 }),
			).toMatchObject({ outcome: "refused" });
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			await haveTheSame();
		},
	);

	test(
		"are not moved below one that does not come along, or is not at rest where it was meant to be",
		async () => {
			const known = await Promise.all([p, a, b, c].map(look));
			await sayOfChannel(a, "STOP", "SQL_THREAD");
			expect(await below(b, a, a, { stallMs: 500, known })).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			// What it had stopped is connected again: whoever plans next takes it for one that does not replicate else.
			expect((await look(b)).replication.receiver).toBe(1);
			await refusedBecause(
				/does not replicate/,
				"relocate",
				"-i",
				b.name,
				"-d",
				a.name,
			);
			await sayOfChannel(a, "START", "SQL_THREAD");
			// Somebody starts it while its place is read.
			const meddled = await below(b, a, a, {
				through: atWrites(a, {
					after: async (sql) => {
						if (/^STOP .*SQL_THREAD/.test(sql))
							await sayOfChannel(a, "START", "SQL_THREAD");
					},
				}),
			});
			expect(meddled).toMatchObject({ outcome: "refused" });
			expect(await below(b, a, a, {}, { sourceId: 4_711 })).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
			});
			// Not its source.
			expect(await below(b, p, c)).toMatchObject({
				outcome: "already",
			});
			await standAs([
				[a, p],
				[b, p],
				[c, p],
			]);
			expect((await replicaStatus(b))?.["Until_Condition"]).toBe("None");
			await haveTheSame();
		},
		TEST_MS,
	);
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { LabServer } from "../lab/server.ts";
import { blockApplier, type Relief } from "../lab/trouble.ts";
import { asking } from "./asking.ts";
import {
	follows,
	recoveries,
	replicationOf,
	waitAnalysis,
} from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** `127.0.0.1:13001   [0s,ok,9.7.0,rw,ROW,>>,…]` */
const LINE = /^(\+ )?(127\.0\.0\.1:\d+)\s+\[(\d+s),(ok),([\d.]+)[^,]*,(r[ow]),/;

describe.each(FLAVORS)("a watched %s topology", (flavor) => {
	let system: System;
	let first: LabServer;
	let second: LabServer;
	beforeAll(async () => {
		system = await startSystem({ flavor });
		const [a, b] = system.replicas;
		if (a === undefined || b === undefined) throw new Error("lay");
		[first, second] = [a, b];
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);

	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
	});

	const { command, printed } = asking(() => system);

	const relocate = (instance: LabServer, below: LabServer) =>
		system.baton.get<Envelope>(
			`relocate/${instance.host}/${instance.port}/${below.host}/${below.port}`,
		);

	test(
		"is told by the commands that read",
		async () => {
			const { primary, replicas, servers } = system;
			const names = (of: readonly LabServer[]) =>
				of
					.toSorted((a, b) => a.port - b.port)
					.map((each) => `${each.name}\n`)
					.join("");
			expect(await printed("clusters")).toBe(names([primary]));
			expect(await printed("which-cluster", "-i", first.name)).toBe(
				names([primary]),
			);
			expect(await printed("which-master", "-i", first.name)).toBe(
				names([primary]),
			);
			expect(await printed("which-master", "-i", primary.name)).toBe("");
			expect(await printed("which-replicas", "-i", primary.name)).toBe(
				names(replicas),
			);
			expect((await printed("all-instances")).split("\n").sort()).toEqual(
				names(servers).split("\n").sort(),
			);
			const tree = (await printed("topology", "-i", first.name))
				.trimEnd()
				.split("\n")
				.map((line) => LINE.exec(line)?.slice(1) ?? line);
			const version = system.lab.version;
			expect(tree).toEqual([
				[undefined, primary.name, "0s", "ok", version, "rw"],
				...replicas
					.toSorted((a, b) => a.port - b.port)
					.map((each) => ["+ ", each.name, "0s", "ok", version, "ro"]),
			]);
			const explained = await printed("explain", "-i", primary.name);
			for (const replica of replicas) expect(explained).toContain(replica.name);
		},
		TEST_MS,
	);

	test(
		"is healthy until no replica applies, and that is told",
		async () => {
			const { primary, replicas } = system;
			expect((await printed("replication-analysis")).trim()).toBe("");
			for (const replica of replicas) reliefs.push(await blockApplier(replica));
			await waitAnalysis(system, primary, "AllMasterReplicasNotReplicating");
			expect(await printed("replication-analysis")).toBe(
				`${primary.name} (cluster ${primary.name}): AllMasterReplicasNotReplicating\n`,
			);
			for (const relief of reliefs.splice(0)) await relief();
			await waitAnalysis(system, primary, "NoProblem");
		},
		TEST_MS,
	);

	test(
		"has a replica moved below another one and back; a server does not go below its descendant",
		async () => {
			const { primary } = system;
			await primary.query("DELETE FROM app.writes", "app");
			const down = await relocate(second, first);
			expect(down, logTail(system)).toMatchObject({
				Code: "OK",
				Message: `Instance ${second.name} relocated below ${first.name}`,
				Details: {
					Key: { Hostname: second.host, Port: second.port },
					MasterKey: { Hostname: first.host, Port: first.port },
				},
			});
			await primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			expect(await replicationOf(second)).toEqual({
				source: first.name,
				runs: true,
			});
			await follows(system, [first], primary);
			await waitWatched(system);

			const refusals = [
				[await relocate(first, second), /is a descendant of/],
				[await relocate(primary, first), /is not a replica/],
			] as const;
			for (const [answer, why] of refusals)
				expect(answer).toMatchObject({
					Code: "ERROR",
					Message: expect.stringMatching(why),
				});
			const refused = await command(
				"relocate",
				"-i",
				first.name,
				"-d",
				second.name,
			);
			expect(refused).toMatchObject({
				stdout: "",
				stderr: expect.stringMatching(/is a descendant of/),
			});
			expect(refused.code).not.toBe(0);
			const itself =
				/FATAL .* cannot be moved below itself; name another server/;
			for (const words of [
				["relocate"],
				["relocate", "-dry-run"],
				["explain"],
			]) {
				const [name = "", ...flags] = words;
				expect(
					await command(name, "-i", first.name, "-d", first.name, ...flags),
				).toMatchObject({ code: 1, stderr: expect.stringMatching(itself) });
			}
			expect(
				await command(
					"relocate",
					"-i",
					first.name,
					"-d",
					second.name,
					"-dry-run",
				),
			).toMatchObject({
				code: 1,
				stdout: expect.stringMatching(/^relocation of .*: not done: /),
				stderr: expect.stringMatching(/FATAL .* is a descendant of/),
			});
			expect(await replicationOf(first)).toEqual({
				source: primary.name,
				runs: true,
			});

			expect(
				await printed("relocate", "-i", second.name, "-d", primary.name),
			).toBe(`${second.name}<${primary.name}\n`);
			// Whoever asks next is not told of the tree as it was.
			const { Details: tree } = await system.baton.get<Envelope>(
				`topology/${primary.host}/${primary.port}`,
			);
			expect(
				String(tree)
					.split("\n")
					.map((line) => line.split("[")[0]?.trimEnd()),
			).toContain(`+ ${second.name}`);
			await follows(system, system.replicas, primary);
			expect(await recoveries(system)).toEqual([]);
		},
		TEST_MS,
	);
});

import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { Relief } from "../lab/trouble.ts";
import { follows, writable } from "./findings.ts";
import { FLAVORS, type System, startSystem, TEST_MS } from "./system.ts";

// No node is there: the command does the work itself, and nobody watches what comes of it.

describe.each(FLAVORS)("commands on %s servers without a node", (flavor) => {
	let system: System;
	beforeAll(async () => {
		system = await startSystem({ flavor, replicas: 2 });
		await system.baton.terminate();
		// Until then a node counts as running.
		await sleep(6_000);
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
	});

	const takeover = async (to: string, ...flags: string[]) => {
		const { code, stdout, stderr } = await system.baton.command(
			"-c",
			"graceful-master-takeover-auto",
			"-i",
			system.primary.name,
			"-d",
			to,
			...flags,
		);
		expect(`${code} ${stderr}`).toMatch(/^0 /);
		expect(stdout.split("\n")[0]).toBe(to);
	};

	const inventory = () =>
		system.inStore(async (store) =>
			(await store.inventory.all()).map((each) => [each.name, each.readOnly]),
		);

	test(
		"a takeover is followed by the next one at once, and by what the store says",
		async () => {
			const [first, second] = system.replicas;
			if (!first || !second) throw new Error("two replicas are laid");
			const others = (primary: string) =>
				system.servers
					.map((each) => [each.name, each.name !== primary])
					.toSorted();
			await takeover(first.name);
			expect((await inventory()).toSorted()).toEqual(others(first.name));
			await takeover(second.name, "-break-glass");
			expect((await inventory()).toSorted()).toEqual(others(second.name));
			await takeover(system.primary.name, "-break-glass");
			await takeover(first.name);
			expect((await inventory()).toSorted()).toEqual(others(first.name));
			const why = await system.baton.command("why", first.name);
			expect(why.stdout).toMatch(/no problem/i);
			await waitUntil("one primary", async () => {
				const open = await writable(system.servers);
				return open.length === 1 && open[0] === first;
			});
			await follows(
				system,
				system.servers.filter((each) => each !== first),
				first,
			);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mariadb")(
		"a dry run is refused as the run is: nobody tells the replication account",
		async () => {
			const { configFile } = system.baton;
			const before = readFileSync(configFile, "utf8");
			writeFileSync(
				configFile,
				JSON.stringify({
					...JSON.parse(before),
					ReplicationCredentialsQuery: "",
				}),
			);
			reliefs.push(async () => writeFileSync(configFile, before));
			const [primary] = await writable(system.servers);
			const ask = (...flags: string[]) =>
				system.baton.command(
					"-c",
					"graceful-master-takeover-auto",
					"-i",
					primary?.name ?? "",
					...flags,
				);
			const fatal = (stderr: string) => stderr.match(/FATAL (.*)/)?.[1];
			const dry = await ask("-dry-run");
			const run = await ask("-break-glass");
			expect(dry.code).toBe(1);
			expect(dry.stdout).toContain("not done: the replication account");
			expect(fatal(dry.stderr)).toMatch(/ReplicationCredentialsQuery$/);
			expect(run.code).toBe(1);
			expect(fatal(run.stderr)).toBe(fatal(dry.stderr));
			const explained = await system.baton.command(
				"-c",
				"explain",
				"-i",
				primary?.name ?? "",
			);
			expect(explained.code).toBe(0);
			expect(explained.stdout).toMatch(
				/^Would be refused .*a planned takeover/,
			);
		},
		TEST_MS,
	);
});

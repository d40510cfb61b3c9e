import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { unlogged } from "../lab/statements.ts";
import { recovered } from "./findings.ts";
import { type System, startSystem, TEST_MS, waitWatched } from "./system.ts";

let system: System;

beforeAll(async () => {
	system = await startSystem({
		flavor: "mysql",
		replicas: 2,
		// What is to be explained must stay as it is.
		config: () => ({ RecoverMasterClusterFilters: [] }),
	});
}, TEST_MS);
afterAll(() => system?.stop(), TEST_MS);

/** What a test has killed is up again. */
const up = async (): Promise<void> => {
	if (system.primary.isRunning()) return;
	await system.primary.start();
	await system.baton.restart();
	await waitWatched(system);
};

/** The text with each field on one line. */
const why = async (): Promise<string> => {
	const { code, stdout, stderr } = await system.baton.command(
		"why",
		system.primary.name,
	);
	expect({ code, stderr }).toMatchObject({ code: 0 });
	return stdout.replaceAll(/\n {14}/g, " ");
};

/** On a busy machine a server may miss the look's second once. */
const tells = (
	what: RegExp,
	told: () => Promise<string> = why,
): Promise<void> =>
	expect.poll(told, { timeout: 15_000, interval: 500 }).toMatch(what);

const took = async (work: () => Promise<unknown>): Promise<number> => {
	const startedMs = performance.now();
	await work();
	return performance.now() - startedMs;
};

test(
	"why goes by the privileges of now, and by what it knows of whom it cannot reach",
	async () => {
		await up();
		const names = system.replicas.map((each) => each.name);
		const revoked =
			"REVOKE SYSTEM_VARIABLES_ADMIN ON *.* FROM orchestrator@'%'";
		const granted = "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO orchestrator@'%'";
		await tells(/ {2}looked {6}3 servers answered just now[^\n;,]*\n/);
		const soundMs = await took(why);
		for (const replica of system.replicas) await unlogged(replica, revoked);
		try {
			for (const each of names)
				await tells(
					new RegExp(
						`could promote nobody: [^\\n]*${each}[^\\n]*SYSTEM_VARIABLES_ADMIN`,
					),
				);
			await tells(/ {2}not known {3}operations: [^\n]*SYSTEM_VARIABLES_ADMIN/);

			const [first] = system.replicas;
			first?.pause();
			try {
				// It is waited for no longer than a second or two.
				expect(await took(why)).toBeLessThan(soundMs + 3_000);
				await tells(
					new RegExp(
						` {2}looked {6}2 servers answered just now: [^\\n]*${first?.name} as of [^\\n]* ago \\(no answer`,
					),
				);
			} finally {
				first?.resume();
			}
		} finally {
			for (const replica of system.replicas) await unlogged(replica, granted);
		}
		await tells(/^(?!.*could promote nobody)/s);
	},
	TEST_MS,
);

test(
	"why tells of a dead primary from the store, also when Baton and Temporal are gone",
	async () => {
		await tells(/^ {2}finding {5}none$/m);
		const healthy = await why();
		expect(healthy).toContain("; 3 instances\n");
		expect(healthy).toContain("  finding     none\n");
		expect(healthy).toContain("(http, ");

		await system.primary.kill();
		let text = "";
		await waitUntil(
			"a detection in the text",
			async () => {
				text = await why();
				// The first may be of how the death began to show.
				return text.includes(`DeadMaster on ${system.primary.name}`);
			},
			30_000,
		);
		expect(text).toContain("last detections:");
		expect(text).toContain(
			"would NOT start: RecoverMasterClusterFilters does not name this cluster",
		);

		await system.baton.kill();
		system.baton.killTemporal();
		await waitUntil(
			"the node's last word to be old",
			async () => (await why()).includes("NO node tells of itself"),
			30_000,
		);
		text = await why();
		expect(text).toMatch(
			/ {2}checked {5}failed [^\n]* ago: [^\n]*, last seen /,
		);
		expect(text).toContain("  DeadMaster holds\n");
		expect(text).toContain("last detections:\n");
	},
	TEST_MS,
);

test(
	"why names the privilege for want of which a failover has failed, and another one would",
	async () => {
		const other = await startSystem({ flavor: "mysql", replicas: 2 });
		try {
			for (const replica of other.replicas)
				await unlogged(
					replica,
					"REVOKE SYSTEM_VARIABLES_ADMIN ON *.* FROM orchestrator@'%'",
				);
			// What both lack is said once.
			const names = other.replicas
				.map(({ name }) => name)
				.sort()
				.join(", ");
			await other.primary.kill();
			const failed = await recovered(other);
			expect(failed.IsSuccessful).toBe(false);
			const told = async (): Promise<string> => {
				const { stdout } = await other.baton.command("why", other.primary.name);
				const text = stdout.replaceAll(/\n {14}/g, " ");
				return /^ {2}looked [\s\S]*?^ {2}operation /m.exec(text)?.[0] ?? text;
			};
			await tells(
				new RegExp(
					`could promote nobody: [^\\n]*${names}[^\\n]*lacks SYSTEM_VARIABLES_ADMIN`,
				),
				told,
			);
		} finally {
			await other.stop();
		}
	},
	TEST_MS,
);

// Commands that are given to Temporal with its own program, judged on the servers.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	isReadOnly,
	replicationThreads,
	stallApplier,
} from "../lab/trouble.ts";
import { temporalCli } from "./by-temporal.ts";
import { replicateAsSaid, replicationOf, writable } from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
} from "./system.ts";

interface Ended {
	readonly status: string;
	readonly result?: {
		readonly lines: readonly string[];
		readonly answer: { readonly Code: string; readonly Message: string };
	};
	readonly says: string;
}

let count = 0;

describe.each(FLAVORS)("given to Temporal, of %s", (flavor) => {
	let system: System;
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	beforeAll(async () => {
		system = await startSystem({ flavor, replicas: 2 });
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	// As they are now: a takeover changes them.
	beforeEach(async () => {
		const [top] = await writable(system.servers);
		const [one, two] = system.servers.filter((each) => each !== top);
		if (!top || !one || !two) throw new Error(`no primary\n${logTail(system)}`);
		[primary, first, second] = [top, one, two];
	});

	const wordsFor = (input: object) => {
		count += 1;
		const id = `by-hand-${count}`;
		return {
			id,
			words: [
				"--type",
				"operation",
				"--task-queue",
				"baton-operate",
				"--workflow-id",
				id,
				"--input",
				JSON.stringify(input),
			],
		};
	};
	const endedOf = async (
		run: ReturnType<typeof temporalCli>,
	): Promise<Ended> => {
		const { stdout, stderr } = await run;
		expect(stdout, stderr).not.toBe("");
		const end = JSON.parse(stdout);
		return {
			status: end.status,
			result: end.result,
			says: end.closeEvent?.workflowExecutionFailedEventAttributes?.failure
				?.message,
		};
	};
	const execute = (input: object): Promise<Ended> =>
		endedOf(
			temporalCli(
				system,
				"workflow",
				"execute",
				...wordsFor(input).words,
				"--output",
				"json",
			),
		);
	const done = async (
		command: string,
		args: object,
		lines: readonly string[],
	): Promise<void> => {
		const ended = await execute({ command, args });
		expect(ended, logTail(system)).toMatchObject({
			status: "COMPLETED",
			result: { command, lines, answer: { Code: "OK" } },
		});
	};
	const fails = async (input: object, says: RegExp): Promise<void> =>
		expect(await execute(input)).toMatchObject({
			status: "FAILED",
			says: expect.stringMatching(says),
		});

	test(
		"a relocation there and back",
		async () => {
			await done("relocate", { instance: first.name, below: second.name }, [
				`${first.name}<${second.name}`,
			]);
			expect(await replicationOf(first)).toEqual({
				source: second.name,
				runs: true,
			});
			await done("move-up", { host: first.host, port: first.port }, [
				`${first.name}<${primary.name}`,
			]);
			expect(await replicationOf(first)).toEqual({
				source: primary.name,
				runs: true,
			});
		},
		TEST_MS,
	);

	test(
		"a change of one server, and one of the store",
		async () => {
			await done("stop-replica", { instance: first.name }, [first.name]);
			expect(await replicationThreads(first)).toEqual({
				receiver: "No",
				applier: "No",
			});
			expect(
				await execute({
					command: "start-slave",
					args: { instance: first.name },
				}),
			).toMatchObject({
				status: "COMPLETED",
				result: { command: "start-replica", lines: [first.name] },
			});
			expect((await replicationOf(first)).runs).toBe(true);
			await done("tag", { instance: first.name, tag: "role=x" }, [first.name]);
			expect(
				(await system.baton.command("-c", "tags", "-i", first.name)).stdout,
			).toContain("role=x");
		},
		TEST_MS,
	);

	test(
		"what cannot be is refused with a sentence, and nothing is changed",
		async () => {
			await fails(
				{ command: "stop-replica", args: { instance: primary.name } },
				/is not a replica/,
			);
			await fails({ command: "stop-replicas" }, /did you mean stop-replica/);
			await fails(
				{ command: "relocate", args: { instance: first.name } },
				/: below is missing$/,
			);
			await fails(
				{
					command: "relocate",
					args: { instance: first.name, below: "nobody:1" },
				},
				/nobody:1/,
			);
			await fails(
				{
					command: "relocate",
					args: { instance: first.name, below: first.name },
				},
				new RegExp(first.name),
			);
			await fails({ command: "relocate", arg: {} }, /did you mean args/);
			for (const each of [first, second])
				expect(await replicationOf(each)).toEqual({
					source: primary.name,
					runs: true,
				});
		},
		TEST_MS,
	);

	test(
		"cancelled, it is taken back",
		async () => {
			const release = await stallApplier(first);
			try {
				await primary.query("DELETE FROM app.writes WHERE id = -1");
				await primary.query(
					"INSERT INTO app.writes VALUES (-1, NOW(6), 'test')",
				);
				const { id, words } = wordsFor({
					command: "stop-replica-nice",
					args: { instance: first.name },
				});
				expect(
					await temporalCli(system, "workflow", "start", ...words),
				).toMatchObject({ code: 0 });
				await waitUntil(
					"the receiver to stop",
					async () => (await replicationThreads(first)).receiver === "No",
				);
				expect(
					await temporalCli(system, "workflow", "cancel", "--workflow-id", id),
				).toMatchObject({ code: 0 });
				const ended = await endedOf(
					temporalCli(
						system,
						"workflow",
						"result",
						"--workflow-id",
						id,
						"--output",
						"json",
					),
				);
				expect(ended).toMatchObject({
					status: "FAILED",
					says: expect.stringMatching(/^undone: it was cancelled, or /),
				});
			} finally {
				await release();
			}
			await replicateAsSaid(system, [[first, primary]]);
		},
		TEST_MS,
	);

	test(
		"a takeover",
		async () => {
			await done(
				"graceful-master-takeover-auto",
				{ cluster: primary.name, to: first.name },
				[first.name, expect.any(String) as unknown as string],
			);
			expect(await isReadOnly(first)).toBe(false);
			expect(await isReadOnly(primary)).toBe(true);
			expect((await replicationOf(second)).source).toBe(first.name);
		},
		TEST_MS,
	);
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	applyReceived,
	startReplication,
	stopReceiver,
} from "../../src/mysql/replication-steps.ts";
import { repoint } from "../../src/mysql/repoint.ts";
import type { StepSession } from "../../src/mysql/step-session.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	blockApplier,
	type Relief,
	replicationThreads,
	stallApplier,
	stopReceiver as stopReceiverByHand,
} from "../lab/trouble.ts";
import { look, receivedOf, stateOf, statusOf, step } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const to = (source: LabServer, sourceHas?: string) => (session: StepSession) =>
	repoint(session, {
		source: source.name,
		connectWithinMs: 10_000,
		nowMs: Date.now,
		...(sourceHas === undefined ? {} : { sourceHas }),
	});

describe.each(FLAVORS)("a step on a %s server", (flavor) => {
	let lab: Lab;
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	let nextId = 1;
	beforeAll(async () => {
		lab = await createLab({ flavor });
		const topology = await lab.lay({ replicas: 2 });
		const [a, b] = topology.replicas;
		if (a === undefined || b === undefined) throw new Error("lay");
		[primary, first, second] = [topology.primary, a, b];
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
	});
	const write = () =>
		primary.query(
			`INSERT INTO app.writes VALUES (${nextId++}, NOW(6), 'test')`,
			"app",
		);

	test(
		"is done once: again it finds its work already done",
		async () => {
			expect(await statusOf(first, stopReceiver)).toBe("done");
			expect(await statusOf(first, stopReceiver)).toBe("already");
			expect(await replicationThreads(first)).toEqual({
				receiver: "No",
				applier: "Yes",
			});
			expect(await statusOf(first, startReplication)).toBe("done");
			await waitUntil(
				"the receiver to run",
				async () => (await replicationThreads(first)).receiver === "Yes",
			);
			expect(await statusOf(first, startReplication)).toBe("already");

			expect(await statusOf(first, to(second))).toBe("done");
			expect(await statusOf(first, to(second))).toBe("already");
			expect(await stateOf(first)).toEqual({
				readOnly: true,
				source: second.name,
				runs: true,
			});
			await write();
			await waitCaughtUp(first, primary);
			expect(await statusOf(first, to(primary))).toBe("done");
		},
		TEST_MS,
	);

	test(
		"applies what was received, and gives up on an applier that does not move",
		async () => {
			const beats: string[] = [];
			const apply = (session: StepSession) =>
				applyReceived(session, {
					limitMs: 1_500,
					nowMs: Date.now,
					beat: (says) => beats.push(says),
				});
			const writeAndReceive = async () => {
				await write();
				const goal = await receivedOf(primary);
				await waitUntil(
					"the row to be received",
					async () => (await receivedOf(first)) === goal,
				);
				return goal;
			};
			await blockApplier(first);
			const goal = await writeAndReceive();
			expect(await statusOf(first, apply)).toBe("done");
			expect((await look(first)).executedGtid).toBe(goal);
			expect(await statusOf(first, apply)).toBe("already");

			reliefs.push(await stallApplier(first));
			await writeAndReceive();
			expect(await step(first, apply)).toMatchObject({
				status: "failed",
				says: expect.stringMatching(/applied nothing for 2 s; it still lacks/),
			});
			expect(beats.length).toBeGreaterThan(0);
		},
		TEST_MS,
	);

	test(
		"does not repoint a replica to a server that lacks what it has",
		async () => {
			reliefs.push(await stopReceiverByHand(second));
			await write();
			await waitCaughtUp(first, primary);
			const before = await stateOf(first);
			const sourceHas = await receivedOf(second);
			const seen = await step(first, to(second, sourceHas));
			expect(seen).toMatchObject({
				status: "refused",
				says: expect.stringContaining(
					`${first.name} has transactions that ${second.name} lacks`,
				),
			});
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"that was superseded writes nothing: neither before it begins, nor between two statements",
		async () => {
			const before = await stateOf(first);
			await expect(
				step(first, stopReceiver, async () => false),
			).rejects.toThrow(/a newer attempt or operation has taken over/);
			let current = true;
			await expect(
				step(
					first,
					async (session) => {
						await session.look();
						current = false;
						return stopReceiver(session);
					},
					async () => current,
				),
			).rejects.toMatchObject({ code: "Superseded" });
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"takes the server's lock from an older attempt, whose session ends",
		async () => {
			const before = await stateOf(first);
			let begun = () => {};
			let goOn = () => {};
			const hasBegun = new Promise<void>((resolve) => {
				begun = resolve;
			});
			const mayGoOn = new Promise<void>((resolve) => {
				goOn = resolve;
			});
			const older = step(first, async (session) => {
				begun();
				await mayGoOn;
				return stopReceiver(session);
			});
			const ended = expect(older).rejects.toMatchObject({ outcome: "lost" });
			await hasBegun;
			const newer = await step(first, (session) => session.look());
			expect(newer.name).toBe(first.name);
			goOn();
			await ended;
			expect(await stateOf(first)).toEqual(before);
		},
		TEST_MS,
	);
});

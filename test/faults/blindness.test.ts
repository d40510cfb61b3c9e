import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { rowsOf } from "../lab/connection.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	blockApplier,
	denyOrchestrator,
	exhaustConnections,
	type Relief,
	stopReceiver,
} from "../lab/trouble.ts";
import {
	analysisOf,
	recoveries,
	staysAsItIs,
	waitAnalysis,
} from "../live/findings.ts";
import {
	ALL_FAULTS,
	FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	testOnFirst,
} from "../live/system.ts";

/** Longer than any failover takes, and than several rounds of polling and verification. */
const QUIET_MS = ALL_FAULTS ? 10_000 : 6_000;

describe.each(FLAVORS)("a living %s primary is not failed over", (flavor) => {
	const testFully = testOnFirst(flavor);
	let system: System;
	beforeAll(async () => {
		system = await startSystem({ flavor });
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);

	const reliefs: Relief[] = [];
	const trouble = async (made: Promise<Relief>) => {
		reliefs.push(await made);
	};
	const relieve = async () => {
		for (const relief of reliefs.splice(0)) await relief();
	};
	afterEach(relieve);

	const isWellAgain = async () => {
		await relieve();
		await waitAnalysis(system, system.primary, "NoProblem");
		expect(await recoveries(system)).toEqual([]);
	};

	test(
		"when it refuses the manager's account: it is said to be unreachable",
		async () => {
			await trouble(denyOrchestrator(system.primary));
			await waitAnalysis(system, system.primary, "UnreachableMaster");
			await staysAsItIs(system, QUIET_MS);
			expect(await analysisOf(system, system.primary)).toBe(
				"UnreachableMaster",
			);
			await isWellAgain();
		},
		TEST_MS,
	);

	test(
		"when it has no connection left for the manager",
		async () => {
			await trouble(shutOut(system.primary));
			await waitAnalysis(system, system.primary, "UnreachableMaster");
			await staysAsItIs(system, QUIET_MS);
			await isWellAgain();
		},
		TEST_MS,
	);

	testFully("when none of its replicas applies", async () => {
		for (const replica of system.replicas) await trouble(blockApplier(replica));
		await waitAnalysis(
			system,
			system.primary,
			"AllMasterReplicasNotReplicating",
		);
		await staysAsItIs(system, QUIET_MS);
		await isWellAgain();
	});

	testFully(
		"when an operator stopped every receiver and the manager is refused as well",
		async () => {
			for (const replica of system.replicas)
				await trouble(stopReceiver(replica));
			await trouble(denyOrchestrator(system.primary));
			await waitAnalysis(system, system.primary, "UnreachableMaster");
			await staysAsItIs(system, QUIET_MS);
			await isWellAgain();
		},
	);
});

/** Uses up the connections, those too that the manager has: each that is ended is taken by another at once. */
async function shutOut(server: LabServer): Promise<Relief> {
	const root = await server.connect();
	const release = await exhaustConnections(server);
	const held: Connection[] = [root];
	const sessions = () =>
		rowsOf(
			root,
			`SELECT id AS id FROM information_schema.processlist WHERE user = '${ACCOUNTS.orchestrator.user}'`,
		);
	const takeAll = async (): Promise<boolean> => {
		for (const { id } of await sessions())
			await root.query(`KILL ${Number(id)}`).catch(unless("ER_NO_SUCH_THREAD"));
		while (await connects(server, held));
		return (await sessions()).length === 0;
	};
	await waitUntil("the manager to be without a session", takeAll);
	// One that is slow to end leaves a place free when all seemed to be taken, and the manager comes back by that.
	let isOver = false;
	const keeping = (async () => {
		for (; !isOver; await sleep(100)) await takeAll();
	})();
	return async () => {
		isOver = true;
		await keeping;
		for (const connection of held) connection.destroy();
		await release();
	};
}

async function connects(
	server: LabServer,
	held: Connection[],
): Promise<boolean> {
	try {
		held.push(await server.connect());
		return true;
	} catch (error) {
		unless("ER_CON_COUNT_ERROR")(error);
		return false;
	}
}

const unless = (code: string) => (error: unknown) => {
	if ((error as { code?: unknown }).code !== code) throw error;
};

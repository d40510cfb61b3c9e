import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import pino from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHousekeepingActivities } from "../../activities/housekeeping-activities.ts";
import { locateTemporal } from "../../setup/locate.mjs";
import { documentedDefaults, withValues } from "../../src/config/keys.ts";
import type { DiscoveryReport } from "../../src/discovery/scheduled.ts";
import type { Store } from "../../src/store/contract.ts";
import { openStore } from "../../src/store/open-store.ts";
import { prepareNamespace } from "../../temporal/boot.ts";
import { QUEUES, SCHEDULES } from "../../temporal/names.ts";
import { createRunRemover, ensureSchedules } from "../../temporal/schedules.ts";
import { installRuntime } from "../../workers/runtime.ts";
import { server } from "../support/made-up-servers.ts";
import { WORKFLOWS } from "./environment.ts";

const HOUR_MS = 3_600_000;
const SILENT = { warn: () => undefined };

let temporal: TestWorkflowEnvironment;
let store: Store;
let directory: string;
const watched: number[] = [];
const closed: number[] = [];
const warnings: string[] = [];
const REPORT: DiscoveryReport = {
	seedsThatAnswered: ["db1:3306"],
	seedsThatDoNot: ["db2:3306: refused"],
	adopted: [],
	unseenSources: [],
	confirmedNames: 0,
};

beforeAll(async () => {
	installRuntime(pino({ level: "silent" }));
	const path = locateTemporal();
	if (path === undefined) throw new Error("run `npm run setup` first");
	temporal = await TestWorkflowEnvironment.createLocal({
		server: { executable: { type: "existing-path", path } },
	});
	await prepareNamespace(temporal.client, "default", 1, SILENT);
	directory = mkdtempSync(join(tmpdir(), "baton-housekeeping-"));
	store = await openStore({ file: join(directory, "store.sqlite3") });
});
afterAll(async () => {
	await temporal?.teardown();
	await store?.close();
	rmSync(directory, { recursive: true, force: true });
});

/** From here on they run when they are triggered, not when a minute is over. */
const onlyWhenTriggered = async (): Promise<void> => {
	const { schedule, workflow } = temporal.client;
	for (const id of Object.values(SCHEDULES)) {
		const handle = schedule.getHandle(id);
		await handle.pause("the test triggers it");
		const { info } = await handle.describe();
		for (const { workflow: run } of info.runningActions)
			await workflow
				.getHandle(run.workflowId, run.firstExecutionRunId)
				.terminate("the test triggers its own");
	}
};

const workersOf = (nowMs: () => number) =>
	Promise.all([
		Worker.create({
			connection: temporal.nativeConnection,
			taskQueue: QUEUES.main,
			workflowsPath: WORKFLOWS,
		}),
		Worker.create({
			connection: temporal.nativeConnection,
			taskQueue: QUEUES.watch,
			activities: createHousekeepingActivities({
				store,
				config: () =>
					withValues(documentedDefaults(), {
						SnapshotTopologiesIntervalHours: 1,
					}),
				nowMs,
				ensureWatches: async () => {
					watched.push(nowMs());
				},
				closeRollings: async () => {
					closed.push(nowMs());
				},
				removeOldRuns: createRunRemover(temporal.client, "default", nowMs),
				discovery: { run: async () => REPORT },
				log: { info: () => undefined, warn: (text) => warnings.push(text) },
			}),
		}),
	]);

const ended = async (
	type: string,
	count: number,
	timeout = 20_000,
): Promise<string[]> => {
	const ids: string[] = [];
	await expect
		.poll(
			async () => {
				ids.length = 0;
				for await (const each of temporal.client.workflow.list({
					query: `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`,
				}))
					ids.push(each.workflowId);
				return ids.length;
			},
			{ timeout },
		)
		.toBe(count);
	return ids;
};

it("schedules are made once, brought up to date at the next start, and stay paused when somebody paused them", async () => {
	const { schedule } = temporal.client;
	await ensureSchedules(temporal.client, SILENT);
	for (const id of Object.values(SCHEDULES)) {
		const { policies, spec } = await schedule.getHandle(id).describe();
		expect(policies.overlap).toBe("SKIP");
		expect(spec.intervals).toHaveLength(1);
	}
	await schedule.getHandle(SCHEDULES.discover).pause("for a while");
	await ensureSchedules(temporal.client, {
		warn: (text) => {
			throw new Error(text);
		},
	});
	const { state } = await schedule.getHandle(SCHEDULES.discover).describe();
	expect(state.paused).toBe(true);
	await schedule.getHandle(SCHEDULES.discover).unpause();
});

it("housekeeping purges, records topologies when due, sees that groups are watched, and removes its own old runs", async () => {
	let nowMs = Date.now();
	const seen = server("db1", 1);
	await store.inventory.save([
		{
			...seen,
			check: {
				...seen.check,
				checkedAtMs: nowMs,
				seenAtMs: nowMs,
				attemptedAtMs: nowMs,
			},
		},
	]);
	await store.candidates.register("db1:3306", "prefer", nowMs - 2 * HOUR_MS);
	await onlyWhenTriggered();
	const workers = await workersOf(() => nowMs);
	const running = Promise.all(workers.map((worker) => worker.run()));
	try {
		const { schedule, workflow } = temporal.client;
		await schedule.getHandle(SCHEDULES.housekeeping).trigger();
		const [id] = await ended("housekeeping", 1);
		const first = await workflow.getHandle(id ?? "").result();
		expect(first).toMatchObject({ purged: { candidates: 1 }, renamed: [] });
		expect(await store.candidates.since(0)).toEqual([]);
		expect(await store.topologySnapshots.times()).toHaveLength(1);
		expect(watched).toHaveLength(1);
		expect(closed).toHaveLength(1);

		await schedule.getHandle(SCHEDULES.discover).trigger();
		const [discover] = await ended("discover", 1);
		expect(await workflow.getHandle(discover ?? "").result()).toEqual(REPORT);

		nowMs += 25 * HOUR_MS;
		await schedule.getHandle(SCHEDULES.housekeeping).trigger();
		await expect
			.poll(async () => (await store.topologySnapshots.times()).length, {
				timeout: 20_000,
			})
			.toBe(2);
		expect(warnings).toEqual([]);
		// The server takes half a minute over it.
		await ended("discover", 0, 100_000);
	} finally {
		for (const worker of workers) worker.shutdown();
		await running;
	}
});

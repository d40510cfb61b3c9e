import type { Finding } from "../../src/analysis/finding.ts";
// A person resets a cluster's entity to an old task: Temporal hands it again all that it was told and asked since.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OperationRequest } from "../../src/planning/operation.ts";
import { clusterWorkflowId, QUERIES, UPDATES } from "../../temporal/names.ts";
import { createTeller } from "../../temporal/teller.ts";
import { deadPrimary } from "../support/made-up-findings.ts";
import {
	failing,
	LOST_SOURCE,
	replica,
	server,
	snapshotOf,
} from "../support/made-up-servers.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import type { Stage } from "./stand-ins.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

const DEAD = deadPrimary();

const until = (what: () => unknown) =>
	expect.poll(what, { timeout: 10_000, interval: 20 });

const tell = ({ identity }: Stage, findings: readonly Finding[]) =>
	createTeller(environment.client).analysisChanged(identity, { findings });

const entityOf = ({ identity }: Stage) =>
	environment.client.workflow.getHandle(clusterWorkflowId(identity));

const statusOf = (on: Stage) =>
	entityOf(on).query<{
		running: unknown;
		last: { says: string } | null;
		findings: readonly Finding[];
	}>(QUERIES.status);

/** To its first task. @returns when the new run has worked off what it was handed */
const reset = async (on: Stage): Promise<void> => {
	const { workflowService, options } = environment.client;
	const { runId } = await entityOf(on).describe();
	const { events } = await entityOf(on).fetchHistory();
	const first = events?.find(
		(each) => each.workflowTaskCompletedEventAttributes,
	);
	await workflowService.resetWorkflowExecution({
		namespace: options.namespace,
		workflowExecution: { workflowId: clusterWorkflowId(on.identity), runId },
		reason: "a person did",
		requestId: randomUUID(),
		workflowTaskFinishEventId: first?.eventId ?? null,
	});
	await until(async () => (await entityOf(on).describe()).runId).not.toBe(
		runId,
	);
	await until(async () => (await statusOf(on)).running).toBeNull();
};

const look = () =>
	snapshotOf([server("p", 1), replica("a", 2), replica("b", 3)]);

it("an operation that was asked for before the reset is not done again, and another one is", async () => {
	const on = environment.stage("reset-asked", { look });
	await tell(on, []);
	await until(async () => (await statusOf(on)).findings).toEqual([]);
	const ask = (updateId: string) =>
		entityOf(on).executeUpdate<unknown, [OperationRequest]>(UPDATES.operate, {
			updateId,
			args: [{ kind: "takeover", cluster: on.identity, to: "a:3306" }],
		});
	expect(await ask("first")).toMatchObject({ successful: true });
	const done = [...on.calls];
	expect(done).toContain("handOver a:3306");

	await reset(on);
	await until(async () => (await statusOf(on)).last?.says).toContain(
		"was begun before",
	);
	expect(on.calls.filter((each) => !each.startsWith("release"))).toEqual(done);

	expect(await ask("second")).toMatchObject({ successful: true });
	expect(on.calls.filter((each) => each === "handOver a:3306")).toHaveLength(2);
});

it("a failure that was told before the reset, and no longer stands, is not weighed again", async () => {
	const on = environment.stage("reset-told", {
		look: () =>
			snapshotOf([
				server("p", 1, { check: failing("connection-refused") }),
				replica("a", 2, {}, LOST_SOURCE),
				replica("b", 3, {}, LOST_SOURCE),
			]),
		weigh: () => ({ act: true }),
	});
	await tell(on, []);
	await until(async () => (await statusOf(on)).findings).toEqual([]);
	await tell(on, [DEAD]);
	await until(() => on.concluded).toHaveLength(1);
	await tell(on, []);
	await until(async () => (await statusOf(on)).findings).toEqual([]);
	const done = [...on.calls];
	expect(done).toContain("weigh DeadMaster");

	await reset(on);
	await until(async () => (await statusOf(on)).findings).toEqual([]);
	expect(on.calls).toEqual(done);
	expect(on.concluded).toHaveLength(1);
});

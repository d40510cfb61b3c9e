import { afterAll, beforeAll, expect, it } from "vitest";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUERIES,
	SIGNALS,
} from "../../temporal/names.ts";
import { replica, server, snapshotOf } from "../support/made-up-servers.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { type Behaviour, failed, type Stage } from "./stand-ins.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

let clusters = 0;
const stage = (behaviour: Partial<Behaviour> = {}): Stage => {
	clusters += 1;
	return environment.stage(`straight-${clusters}`, {
		look: () => snapshotOf([server("p", 1), replica("a", 2), replica("b", 3)]),
		...behaviour,
	});
};

const takeover = (
	on: Stage,
	to: InstanceName = "a:3306",
	operator = environment.straight,
) => operator.run({ kind: "takeover", cluster: on.identity, to });

const historyOf = async (workflowId: string) => {
	const { events } = await environment.client.workflow
		.getHandle(workflowId)
		.fetchHistory();
	return events ?? [];
};

const lastOf = async ({ identity }: Stage) =>
	(
		await environment.client.workflow
			.getHandle(clusterWorkflowId(identity))
			.query<{ running: unknown; last: { kind: string; says: string } }>(
				QUERIES.status,
			)
	).last;

it("an operation that a person asks for is started by who is asked; the entity starts none, follows it and knows how it ended", async () => {
	const on = stage();
	expect(await takeover(on)).toMatchObject({
		successful: true,
		successor: "a:3306",
		workflowId: operationWorkflowId(on.identity),
	});
	expect(on.claims).toHaveLength(1);
	await expect
		.poll(() => lastOf(on), { timeout: 10_000 })
		.toMatchObject({ kind: "takeover" });
	const events = await historyOf(clusterWorkflowId(on.identity));
	expect(
		events.filter(
			(each) => each.startChildWorkflowExecutionInitiatedEventAttributes,
		),
	).toEqual([]);
	expect(
		events.filter(
			(each) =>
				each.workflowExecutionSignaledEventAttributes?.signalName ===
				SIGNALS.operationStarted,
		),
	).toHaveLength(1);
	expect((await takeover(on)).successful).toBe(true);
	expect(on.claims).toHaveLength(2);
});

it("the answer is the end of one that did not reach its goal, too", async () => {
	const on = stage({
		step: (step) =>
			step.do === "handOver" ? failed("a:3306 is far behind") : undefined,
	});
	expect(await takeover(on)).toMatchObject({
		successful: false,
		says: expect.stringContaining("a:3306 is far behind"),
	});
	const broken = stage({
		near: () => {
			throw new TypeError("a fault of our own");
		},
	});
	await expect(takeover(broken)).rejects.toMatchObject({
		message: expect.stringContaining("a fault of our own"),
	});
});

it("is waited for with the hooks that come after it, and says which failed", async () => {
	const hookLists = ["PostGracefulTakeoverProcesses"] as const;
	const on = stage({
		hookLists,
		hooks: () => ({ succeeded: false, says: "exit code 3" }),
	});
	const outcome = await takeover(on);
	expect(outcome).toMatchObject({
		successful: true,
		errors: ["PostGracefulTakeoverProcesses: exit code 3"],
	});
});

it("of two that are asked for at once one runs, whoever starts it, and the other is refused", async () => {
	const on = stage();
	const all = await Promise.allSettled([
		takeover(on),
		takeover(on, "b:3306"),
		takeover(on, "b:3306", environment.operator),
	]);
	const ran = all.filter((each) => each.status === "fulfilled").length;
	expect(ran).toBeGreaterThan(0);
	expect(on.claims).toHaveLength(ran);
	for (const each of all)
		if (each.status === "rejected")
			expect(each.reason).toMatchObject({ code: "Busy" });
});

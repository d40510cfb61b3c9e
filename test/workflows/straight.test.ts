import { afterAll, beforeAll, expect, it } from "vitest";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUERIES,
	SIGNALS,
} from "../../temporal/names.ts";
import { createResultOf } from "../../temporal/result-of.ts";
import { startOperation } from "../../temporal/straight-operation.ts";
import { createTeller } from "../../temporal/teller.ts";
import { deadPrimary } from "../support/made-up-findings.ts";
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

it("a second one that is asked for while it runs is refused, and not run after it", async () => {
	let open = (): void => undefined;
	const opened = new Promise<undefined>((resolve) => {
		open = () => resolve(undefined);
	});
	const on = stage({
		step: (step) => (step.do === "findCredential" ? opened : undefined),
	});
	const first = takeover(on);
	await expect
		.poll(() => on.calls, { timeout: 10_000 })
		.toContain("findCredential a:3306");
	for (const operator of [environment.straight, environment.operator])
		await expect(takeover(on, "b:3306", operator)).rejects.toMatchObject({
			code: "Busy",
		});
	open();
	expect((await first).successful).toBe(true);
	expect(on.claims).toHaveLength(1);
});

it("one that no node has begun in time is not begun any more", async () => {
	const on = stage();
	const runId = await startOperation(
		environment.nearClient,
		{
			identity: on.identity,
			alias: "",
			request: { kind: "takeover", cluster: on.identity, to: "a:3306" },
		},
		{ beginWithinMs: -1 },
	);
	const { signal } = new AbortController();
	await expect(
		createResultOf(environment.client)(on.identity, runId, {
			cancel: signal,
			leave: signal,
		}),
	).rejects.toMatchObject({
		message: expect.stringContaining("nothing was touched"),
	});
	expect(on.calls).toEqual([]);
});

it("a forced failover, and one that a watcher calls for, push aside what the entity was not told of", async () => {
	for (const isForced of [true, false]) {
		// Of the takeover alone: it hangs until it is cancelled.
		let moves = 0;
		const on = stage({
			weigh: () => ({ act: true }),
			step: (step) =>
				step.do === "moveBelow" && moves++ === 0
					? new Promise<undefined>(() => undefined)
					: undefined,
		});
		await startOperation(environment.nearClient, {
			identity: on.identity,
			alias: "",
			request: { kind: "takeover", cluster: on.identity, to: "a:3306" },
		});
		await expect
			.poll(() => on.calls, { timeout: 10_000 })
			.toContainEqual(expect.stringContaining("move b:3306"));
		if (isForced)
			expect(
				await environment.straight.run({
					kind: "recovery",
					cluster: on.identity,
					instance: "p:3306",
					analysis: "DeadMaster",
					command: "force-master-failover",
				}),
			).toMatchObject({ kind: "recovery" });
		else {
			const told = createTeller(environment.client);
			await told.analysisChanged(on.identity, { findings: [deadPrimary()] });
			await expect
				.poll(() => on.calls, { timeout: 10_000 })
				.toContain("begin recovery");
		}
		expect(on.claims[1]?.preempt).toBe(on.claims[0]?.runId);
	}
});

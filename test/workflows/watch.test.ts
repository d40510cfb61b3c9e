import { Context } from "@temporalio/activity";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import pino from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateTimeSkippingServer } from "../../setup/locate.mjs";
import { QUEUES, watchWorkflowId } from "../../temporal/names.ts";
import { installRuntime } from "../../workers/runtime.ts";
import { WORKFLOWS } from "./environment.ts";

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
	installRuntime(pino({ level: "silent" }));
	const path = locateTimeSkippingServer();
	if (path === undefined) throw new Error("run `npm run setup` first");
	temporal = await TestWorkflowEnvironment.createTimeSkipping({
		server: { executable: { type: "existing-path", path } },
	});
});
afterAll(() => temporal?.teardown());

it("watches round after round, past attempts that are lost, and begins anew each day", async () => {
	const rounds: { group: number; attempt: number; day: string }[] = [];
	const common = { connection: temporal.nativeConnection };
	const main = await Worker.create({
		...common,
		taskQueue: QUEUES.main,
		workflowsPath: WORKFLOWS,
	});
	const watching = await Worker.create({
		...common,
		taskQueue: QUEUES.watch,
		shutdownGraceTime: 0,
		activities: {
			watch: async ({ group }: { group: number }) => {
				const { info } = Context.current();
				const day = info.workflowExecution?.runId ?? "";
				rounds.push({ group, attempt: info.attempt, day });
				if (rounds.length === 3) throw new Error("the store went away");
			},
		},
	});
	const running = Promise.all([main.run(), watching.run()]);
	const handle = await temporal.client.workflow.start("watch", {
		workflowId: watchWorkflowId(1),
		taskQueue: QUEUES.main,
		args: [{ group: 1, groups: 4 }],
	});
	const first = handle.firstExecutionRunId;
	await expect
		.poll(() => rounds.some((each) => each.day !== first), { timeout: 20_000 })
		.toBe(true);
	await temporal.client.workflow.getHandle(watchWorkflowId(1)).terminate();
	main.shutdown();
	watching.shutdown();
	await running;
	const today = rounds.filter((each) => each.day === first);
	expect(today).toHaveLength(25);
	expect(today[3]?.attempt).toBe(2);
	expect(rounds.every((each) => each.group === 1)).toBe(true);
	const history = await temporal.client.workflow
		.getHandle(watchWorkflowId(1), first)
		.fetchHistory();
	const ended =
		history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
	expect(ended?.workflowType?.name).toBe("watch");
});

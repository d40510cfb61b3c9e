import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** What the native part of the SDK warns of: a history that cannot be. */
const SCRIPT = `
	import { Worker } from "@temporalio/worker";
	import pino from "pino";
	import { installRuntime } from "./workers/runtime.ts";
	const warned = new Promise((resolve) => {
		const write = (line) => {
			process.stderr.write(line);
			if (line.includes("Failing workflow task")) resolve();
		};
		installRuntime(pino({ level: "warn" }, { write }));
	});
	const events = [
		{
			eventId: "1",
			eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
			workflowExecutionStartedEventAttributes: {
				workflowType: { name: "of another version" },
				taskQueue: { name: "baton" },
				originalExecutionRunId: "01a22748-88eb-7599-9a9d-1fd7c24a4374",
			},
		},
		{
			eventId: "2",
			eventType: "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED",
			workflowTaskScheduledEventAttributes: { taskQueue: { name: "baton" } },
		},
		{
			eventId: "3",
			eventType: "EVENT_TYPE_WORKFLOW_TASK_STARTED",
			workflowTaskStartedEventAttributes: { scheduledEventId: "2" },
		},
		{
			eventId: "4",
			eventType: "EVENT_TYPE_WORKFLOW_TASK_COMPLETED",
			workflowTaskCompletedEventAttributes: {},
		},
	];
	const map = Buffer.from('{"version":3,"file":"none.js","sources":[],"mappings":""}').toString("base64");
	const code = ";//# sourceMappingURL=data:application/json;base64," + map;
	// With its last worker the SDK ends, and what it has to say still.
	const histories = async function* () {
		yield { workflowId: "w", history: { events } };
		await warned;
	};
	const options = { workflowBundle: { code }, reuseV8Context: false };
	for await (const _ of Worker.runReplayHistories(options, histories()));
	process.exit();
`;

it("what the SDK has to say goes where the log goes, and not among a command's answers", async () => {
	const { stdout, stderr } = await promisify(execFile)(
		process.execPath,
		["--import", "tsx", "--input-type=module", "-e", SCRIPT],
		{ cwd: fileURLToPath(new URL("..", import.meta.url)) },
	);
	expect(stdout).toBe("");
	expect(stderr).toMatch(
		/must contain timestamp.*"msg":"Failing workflow task"/,
	);
}, 60_000);

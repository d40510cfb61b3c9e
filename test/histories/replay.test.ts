import { bundleWorkflowCode, Worker } from "@temporalio/worker";
import pino from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { installRuntime } from "../../workers/runtime.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { WORKFLOWS } from "../workflows/environment.ts";
import { readable, storedHistories, TYPES } from "./stored.ts";

type Bundle = Awaited<ReturnType<typeof bundleWorkflowCode>>;

let workflowBundle: Bundle;
beforeAll(async () => {
	installRuntime(pino({ level: "silent" }));
	workflowBundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS });
});

const stored = storedHistories();

it("every workflow type has a recorded history", () => {
	expect(stored.map((each) => each.name)).toEqual(
		expect.arrayContaining([...TYPES]),
	);
});

describe.each(stored)(
	"the recorded history of a $name",
	({ text, history, workflowId }) => {
		it("is what the workflow would do today", async () => {
			await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
		});

		it("holds no password", () => {
			const told = readable(text);
			expect(told).toContain(`"data":`);
			for (const { password } of Object.values(ACCOUNTS))
				if (password !== "") expect(told).not.toContain(password);
			expect(told).not.toMatch(/password\s*=/i);
		});
	},
);

it("replaying notices a workflow that would do something else", async () => {
	const relocation = stored.find((each) => each.name === "relocation");
	const events = relocation?.history.events?.map((event) => {
		const started = event.workflowExecutionStartedEventAttributes;
		if (started) started.workflowType = { name: "rejoin" };
		return event;
	});
	await expect(
		Worker.runReplayHistory(
			{ workflowBundle },
			{ events },
			relocation?.workflowId,
		),
	).rejects.toThrow();
});

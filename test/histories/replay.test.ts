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

/** The history, with another activity in the place of the one that was scheduled at that event. */
const withOtherActivity = (
	{ events }: (typeof stored)[number]["history"],
	at: number,
) => ({
	events: events?.map((event, index) => {
		const scheduled = event.activityTaskScheduledEventAttributes;
		return index === at && scheduled
			? {
					...event,
					activityTaskScheduledEventAttributes: {
						...scheduled,
						activityType: { name: "another" },
					},
				}
			: event;
	}),
});

describe.each(
	stored.filter(({ name }) =>
		/^(afterwards|cluster|recovery|rejoin|relocation|takeover)/.test(name),
	),
)("in the history of a $name", ({ history, workflowId }) => {
	it("replaying notices each activity that would be another one", async () => {
		const places = (history.events ?? []).flatMap((event, at) =>
			event.activityTaskScheduledEventAttributes ? [at] : [],
		);
		for (const at of places)
			await expect(
				Worker.runReplayHistory(
					{ workflowBundle },
					withOtherActivity(history, at),
					workflowId,
				),
				`event ${at}`,
			).rejects.toThrow();
	});
});

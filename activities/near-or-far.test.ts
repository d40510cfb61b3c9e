import { expect, it } from "vitest";
import { TASK_LOST } from "../temporal/task-timeouts.ts";
import { createNearTries } from "./near-or-far.ts";

const tried = (runId: string, activityId: string, attempt = 1) => ({
	activityId,
	attempt,
	workflowExecution: { workflowId: "operate/c", runId },
});

it("the same work is begun within a task once: what is tried again in the same task is no other", () => {
	const tryNear = createNearTries();
	tryNear(tried("r", "1"));
	tryNear(tried("r", "1", 2));
	tryNear(tried("r", "2"));
	tryNear(tried("another", "1"));
	for (let again = 0; again < 2; again++)
		expect(() => tryNear(tried("r", "1"))).toThrow(
			expect.objectContaining({ type: TASK_LOST, nonRetryable: false }),
		);
});

it("what was begun long ago is forgotten", () => {
	const tryNear = createNearTries();
	for (let nth = 0; nth <= 1_000; nth++) tryNear(tried("r", String(nth)));
	tryNear(tried("r", "0"));
	expect(() => tryNear(tried("r", "1000"))).toThrow();
});

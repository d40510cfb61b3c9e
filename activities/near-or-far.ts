import { Context, type Info } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { TASK_LOST } from "../temporal/task-timeouts.ts";
import { beating } from "./heartbeat.ts";
import { type Activities, wrapped } from "./store-sight.ts";

/** Those that a node may be at, many times over. */
const MOST_KEPT = 1_000;

type Try = Pick<Info, "activityId" | "attempt" | "workflowExecution">;

/**
 * What is done within a workflow's task goes with that task: where the node, or the Temporal server, is too slow to keep it, all begins
 * from the front in the next one, and would for ever. So a node does the same work within a task only once.
 * @returns throws where it was begun before, within a task that was lost
 */
export const createNearTries = (): ((info: Try) => void) => {
	const begun = new Set<string>();
	return ({ activityId, attempt, workflowExecution }) => {
		// Further tries within one task.
		if (attempt > 1) return;
		const key = `${workflowExecution?.runId ?? ""}/${activityId}`;
		if (begun.has(key))
			throw ApplicationFailure.retryable(
				"the task in which it was done before was lost: any node may do it",
				TASK_LOST,
			);
		begun.add(key);
		const [oldest] = begun;
		if (begun.size > MOST_KEPT && oldest !== undefined) begun.delete(oldest);
	};
};

/** What is done within a workflow's task first, and by any node where that does not do: there it beats, so that its node may die. */
export const nearOrFar = <T extends Activities>(activities: T): T => {
	const tryNear = createNearTries();
	return wrapped(activities, async (run) => {
		const { info } = Context.current();
		if (!info.isLocal) return beating(run);
		tryNear(info);
		return run();
	});
};

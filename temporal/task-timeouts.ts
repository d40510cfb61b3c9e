/**
 * How long a worker may take for one workflow task before it is given to another one. No imports: it is bundled into the workflow
 * sandbox.
 */
export const TASK_TIMEOUTS = {
	/** A history of hundreds of events is replayed within one task, on a machine that may be busy with a failover. */
	entity: "10 s",
	/** Clients wait for it, and its history is short: a worker that dies in a task holds it for so long. */
	operation: "2 s",
} as const;

/** Type of the failure of what was begun within a task that was lost, and is begun within the next one. */
export const TASK_LOST = "TaskLost";

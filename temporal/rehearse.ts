import type { Client } from "@temporalio/client";
import { asSummary } from "./markdown.ts";
import { QUEUES, rehearsalWorkflowId } from "./names.ts";

/** The first failover of a process is slowed by code that never ran; after so many rehearsals all of it has. */
const MOST_REHEARSALS = 3;

/** Rehearses the first clusters that it is told of, one after another. */
export const createRehearser = (
	client: Client,
	log: { warn(text: string): void },
): ((identity: string) => void) => {
	let count = 0;
	let last: Promise<unknown> = Promise.resolve();
	return (identity) => {
		if (count++ >= MOST_REHEARSALS) return;
		last = last.then(() =>
			client.workflow
				.execute("rehearsal", {
					workflowId: rehearsalWorkflowId(identity),
					taskQueue: QUEUES.operate,
					workflowIdConflictPolicy: "USE_EXISTING",
					// As the failover of a dead primary is started.
					requestEagerStart: true,
					workflowExecutionTimeout: "1 minute",
					staticSummary: asSummary(
						`what would be done if the primary of ${identity} died now`,
					),
					args: [{ identity }],
				})
				.catch((error: unknown) =>
					log.warn(`rehearsal of ${identity}: ${String(error)}`),
				),
		);
	};
};

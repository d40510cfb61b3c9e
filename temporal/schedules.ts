import {
	type Client,
	ScheduleAlreadyRunning,
	type ScheduleOptions,
} from "@temporalio/client";
import { errorText } from "../src/errors.ts";
import { asSummary } from "./markdown.ts";
import { QUEUES, SCHEDULES } from "./names.ts";

interface Plan {
	readonly id: (typeof SCHEDULES)[keyof typeof SCHEDULES];
	readonly everySeconds: number;
	readonly note: string;
}

/** A run that still goes on when the next is due makes that one be skipped. */
const PLANS: readonly Plan[] = [
	{
		id: SCHEDULES.housekeeping,
		everySeconds: 60,
		note: "purges the store, records topologies, sees that every group is watched",
	},
	{
		id: SCHEDULES.discover,
		everySeconds: 300,
		note: "seeds until they answer, unseen sources, host names",
	},
];

const optionsOf = ({ id, everySeconds, note }: Plan): ScheduleOptions => ({
	scheduleId: id,
	spec: { intervals: [{ every: everySeconds * 1000 }] },
	policies: { overlap: "SKIP", catchupWindow: "10 s" },
	state: { note },
	action: {
		type: "startWorkflow",
		workflowType: id,
		workflowId: id,
		taskQueue: QUEUES.main,
		args: [],
		staticSummary: asSummary(note),
	},
});

const putSchedule = async (client: Client, plan: Plan): Promise<void> => {
	const { scheduleId, ...options } = optionsOf(plan);
	try {
		await client.schedule.create({ scheduleId, ...options });
	} catch (error) {
		if (!(error instanceof ScheduleAlreadyRunning)) throw error;
		// Made by another node or an earlier version: it becomes what this version wants, but stays paused if somebody paused it.
		await client.schedule.getHandle(scheduleId).update(
			(before) =>
				({
					...options,
					state: { ...before.state, note: plan.note },
				}) as never,
		);
	}
};

/**
 * Sees that every schedule exists as this version wants it. A server without schedules is told of, and watching goes on without:
 * then the store is not purged.
 */
export const ensureSchedules = async (
	client: Client,
	log: { warn(text: string): void },
): Promise<void> => {
	for (const plan of PLANS)
		try {
			await putSchedule(client, plan);
		} catch (error) {
			log.warn(
				`the schedule '${plan.id}' could not be made (${errorText(error)}): until it is, nobody ${plan.note}`,
			);
		}
};

const DAY_MS = 86_400_000;
const REMOVED_A_RUN = 200;

/**
 * Runs of the schedules are many and say little once they are old: those of more than a day ago are removed, so that they do not
 * hide what matters for as long as the namespace keeps it. A server that does not allow it keeps them.
 * @returns how many were removed
 */
export const createRunRemover =
	(client: Client, namespace: string, nowMs: () => number) =>
	async (): Promise<number> => {
		const types = PLANS.map(({ id }) => `'${id}'`).join(", ");
		const before = new Date(nowMs() - DAY_MS).toISOString();
		let removed = 0;
		for await (const { workflowId, runId } of client.workflow.list({
			query: `WorkflowType IN (${types}) AND ExecutionStatus != 'Running' AND CloseTime < '${before}'`,
			pageSize: REMOVED_A_RUN,
		})) {
			if (removed === REMOVED_A_RUN) break;
			await client.workflowService.deleteWorkflowExecution({
				namespace,
				workflowExecution: { workflowId, runId },
			});
			removed++;
		}
		return removed;
	};

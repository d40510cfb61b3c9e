import {
	continueAsNew,
	proxyActivities,
	setCurrentDetails,
} from "@temporalio/workflow";
import type { WatchActivities } from "../activities/watch-activities.ts";
import { asSummary, inMarkdown } from "../temporal/markdown.ts";
import { QUEUES, watchWorkflowId } from "../temporal/names.ts";
import { checkId, checkInput, isCount } from "./inputs.ts";

/**
 * One attempt an hour; a worker that dies is noticed within the heartbeat time-out, and another takes over at once. Polls create no events.
 */
const { watch: watchGroup } = proxyActivities<WatchActivities>({
	taskQueue: QUEUES.watch,
	startToCloseTimeout: "65 minutes",
	heartbeatTimeout: "1.2 s",
	retry: { initialInterval: "100 ms", backoffCoefficient: 1 },
});

const ROUNDS_A_DAY = 24;

interface WatchInput {
	/** This group, counted from 0, of so many. */
	readonly group: number;
	readonly groups: number;
}

/** Watches the clusters of one group, for ever. */
export const watch = async (input: WatchInput): Promise<void> => {
	checkInput("watch", input, { group: isCount, groups: isCount });
	checkId("the watch of a group", watchWorkflowId(input.group));
	setCurrentDetails(
		inMarkdown(
			`Watches the clusters of group ${input.group + 1} of ${input.groups}. Polls leave no trace here; findings go to cluster/<name>.`,
		),
	);
	for (let round = 0; round < ROUNDS_A_DAY; round++)
		await watchGroup.executeWithOptions(
			{
				summary: asSummary(`watch group ${input.group + 1} of ${input.groups}`),
			},
			[input],
		);
	await continueAsNew<typeof watch>(input);
};

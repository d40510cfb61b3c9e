import {
	type ActivityCancellationType,
	ActivityFailure,
	type ActivityOptions,
	ApplicationFailure,
	isCancellation,
	type LocalActivityOptions,
	proxyActivities,
	proxyLocalActivities,
	TimeoutFailure,
} from "@temporalio/workflow";
import { asSummary } from "../temporal/markdown.ts";
import { TASK_LOST } from "../temporal/task-timeouts.ts";

type Activity = (input: never) => Promise<unknown>;

/** An activity as a workflow asks for it: what it is for, as the Temporal UI shows it, and its input. */
type Asked<Of extends Activity> = (
	summary: string,
	input: Parameters<Of>[0],
) => ReturnType<Of>;

interface Limits extends Pick<ActivityOptions, "scheduleToCloseTimeout"> {
	readonly taskQueue: string;
	/** Of all tries near; {@link NEAR} bounds each alone. */
	readonly nearTimeout?: "2 s";
	/** Of one try by any node. */
	readonly startToCloseTimeout: "15 s" | "1 minute";
	readonly cancellationType?: ActivityCancellationType;
}

const RETRY = {
	initialInterval: "100 ms",
	backoffCoefficient: 1.5,
	maximumInterval: "2 s",
} as const;

/** What fails at once is tried for about a second; that the store is away is said after a second of tries. */
const NEAR: LocalActivityOptions = {
	startToCloseTimeout: "15 s",
	retry: {
		...RETRY,
		maximumAttempts: 5,
		nonRetryableErrorTypes: ["StoreUnavailable", TASK_LOST],
	},
};

/** Not by this very node at once, and noticed when a node dies in it. */
const FAR: ActivityOptions = {
	allowEagerDispatch: false,
	heartbeatTimeout: "1.5 s",
	retry: RETRY,
};

/** What failed for good fails so everywhere. */
const mayDoElsewhere = (error: unknown): boolean => {
	if (isCancellation(error)) return false;
	// A local activity rejects with its own failure.
	const cause = error instanceof ActivityFailure ? error.cause : error;
	return (
		cause instanceof TimeoutFailure ||
		(cause instanceof ApplicationFailure && cause.nonRetryable !== true)
	);
};

/**
 * What clients wait for is a local activity: without a hop through the server, and still in the history, as a marker. It is tried for
 * about a second on the node that has the workflow's task; when that is cut off from what it needs, or too slow to keep the task while
 * it does it, it becomes an activity that any node can take. All of it can be done twice.
 */
export const nearThenAnywhere = <Of extends Activity>(
	name: string,
	{ cancellationType, nearTimeout, ...limits }: Limits,
): Asked<Of> => {
	const cancelled = cancellationType === undefined ? {} : { cancellationType };
	const near = proxyLocalActivities({
		...NEAR,
		...(nearTimeout === undefined
			? {}
			: { scheduleToCloseTimeout: nearTimeout }),
		...cancelled,
	})[name];
	const far = proxyActivities({ ...FAR, ...cancelled, ...limits })[name];
	const ask = async (says: string, input: unknown): Promise<unknown> => {
		try {
			return await near?.executeWithOptions({ summary: asSummary(says) }, [
				input,
			]);
		} catch (error) {
			if (!mayDoElsewhere(error)) throw error;
			return far?.executeWithOptions(
				{ summary: asSummary(`${says} (any node)`) },
				[input],
			);
		}
	};
	// The name says which activity it is, and so what it takes and answers.
	return ask as Asked<Of>;
};

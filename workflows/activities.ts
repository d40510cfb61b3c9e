import {
	ActivityCancellationType,
	proxyActivities,
} from "@temporalio/workflow";
import type { ClusterActivities } from "../activities/cluster-activities.ts";
import type { CommandActivities } from "../activities/command-activities.ts";
import type { HousekeepingActivities } from "../activities/housekeeping-activities.ts";
import type { OperationActivities } from "../activities/operation-activities.ts";
import type { RehearsalActivities } from "../activities/rehearsal-activities.ts";
import type { RollingActivities } from "../activities/rolling-activities.ts";
import type { StepActivities } from "../activities/step-activities.ts";
import { QUEUES } from "../temporal/names.ts";
import { nearThenAnywhere } from "./near-then-anywhere.ts";

/**
 * Steps: a worker that dies in one is noticed by the missing heartbeat (each beats), and its step is taken over. A step that fails for good says so; what is retried is only the loss of the worker and of the store.
 */
export const steps = proxyActivities<StepActivities>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "30 minutes",
	heartbeatTimeout: "1.5 s",
	retry: {
		initialInterval: "100 ms",
		backoffCoefficient: 1.5,
		maximumInterval: "2 s",
	},
});

export const operations = proxyActivities<OperationActivities>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "5 s",
	retry: {
		initialInterval: "100 ms",
		backoffCoefficient: 1.5,
		maximumInterval: "2 s",
	},
});

/**
 * Hooks run at least once: when the worker is lost the list is run again, since a hook that never ran (a virtual address, a DNS
 * entry) is worse than one that ran twice. What a hook answers is final.
 */
export const hooks = proxyActivities<Pick<OperationActivities, "runHooks">>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "1 hour",
	heartbeatTimeout: "1.5 s",
	retry: {
		initialInterval: "100 ms",
		backoffCoefficient: 1.5,
		maximumInterval: "2 s",
	},
});

// What stands between a failure and the first step, and between the last step and the answer, is done near.

/** Findings are weighed one after another: one that cannot be weighed does not hold up the others for ever, and is told again. */
export const weigh = nearThenAnywhere<ClusterActivities["weigh"]>("weigh", {
	taskQueue: QUEUES.main,
	startToCloseTimeout: "15 s",
	scheduleToCloseTimeout: "30 s",
});

/** What is told of an operation from outside, and done to it: tried again by whoever asks for it, and not for ever. */
const OUTSIDE = {
	taskQueue: QUEUES.main,
	startToCloseTimeout: "15 s",
	scheduleToCloseTimeout: "30 s",
} as const;

export const outside = {
	endOperation: nearThenAnywhere<ClusterActivities["endOperation"]>(
		"endOperation",
		OUTSIDE,
	),
	lookOnce: nearThenAnywhere<ClusterActivities["lookOnce"]>(
		"lookOnce",
		OUTSIDE,
	),
	checkRequest: nearThenAnywhere<ClusterActivities["checkRequest"]>(
		"checkRequest",
		// A person waits for it, with something urgent.
		{ ...OUTSIDE, nearTimeout: "2 s", scheduleToCloseTimeout: "3 s" },
	),
	runningOperation: nearThenAnywhere<ClusterActivities["runningOperation"]>(
		"runningOperation",
		OUTSIDE,
	),
};

/** An operation that is ended meanwhile is told what its beginning did, so that it can take it back. */
export const begin = nearThenAnywhere<OperationActivities["begin"]>("begin", {
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "1 minute",
	cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const conclude = nearThenAnywhere<OperationActivities["conclude"]>(
	"conclude",
	{ taskQueue: QUEUES.operate, startToCloseTimeout: "1 minute" },
);

export const rehearse = nearThenAnywhere<RehearsalActivities["rehearse"]>(
	"rehearse",
	{ taskQueue: QUEUES.operate, startToCloseTimeout: "15 s" },
);

export const reaching = proxyActivities<Pick<RehearsalActivities, "reach">>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "10 s",
	heartbeatTimeout: "1.5 s",
	retry: { maximumAttempts: 2 },
});

/** An operation ends by itself, and says so: it is waited for as long as that takes. */
export const following = proxyActivities<
	Pick<ClusterActivities, "awaitOperation">
>({
	taskQueue: QUEUES.main,
	startToCloseTimeout: "1 day",
	heartbeatTimeout: "1.5 s",
	cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
	retry: { initialInterval: "200 ms", maximumInterval: "2 s" },
});

/** Somebody outside of the histories looks at an operation that takes long. */
export const watching = proxyActivities<
	Pick<ClusterActivities, "watchOperation">
>({
	taskQueue: QUEUES.main,
	startToCloseTimeout: "1 day",
	heartbeatTimeout: "1.5 s",
	retry: { initialInterval: "1 s", maximumInterval: "10 s" },
});

export const forwarding = proxyActivities<Pick<ClusterActivities, "askEntity">>(
	{
		taskQueue: QUEUES.main,
		startToCloseTimeout: "1 hour",
		heartbeatTimeout: "1.5 s",
		retry: { initialInterval: "200 ms", maximumInterval: "2 s" },
	},
);

/** What a command means, and what came of it: looked up and told again until the store answers, for a minute. */
export const reading = proxyActivities<
	Pick<CommandActivities, "readCommand" | "tellCommand">
>({
	taskQueue: QUEUES.main,
	startToCloseTimeout: "30 s",
	scheduleToCloseTimeout: "1 minute",
	heartbeatTimeout: "1.5 s",
	retry: { initialInterval: "200 ms", maximumInterval: "2 s" },
});

/** A change of the store is made once: whether it was made where its node was lost, a person finds out. */
export const acting = proxyActivities<Pick<CommandActivities, "runAction">>({
	taskQueue: QUEUES.main,
	startToCloseTimeout: "1 minute",
	heartbeatTimeout: "1.5 s",
	retry: { maximumAttempts: 1 },
});

/** Tried until the operation has begun, and for as long as it runs. */
export const ending = proxyActivities<Pick<CommandActivities, "endAsked">>({
	taskQueue: QUEUES.main,
	startToCloseTimeout: "1 hour",
	heartbeatTimeout: "1.5 s",
	retry: { initialInterval: "200 ms", maximumInterval: "2 s" },
});

/** The next run of the schedule does what this one could not. */
export const housekeepers = proxyActivities<HousekeepingActivities>({
	taskQueue: QUEUES.watch,
	startToCloseTimeout: "10 minutes",
	scheduleToCloseTimeout: "15 minutes",
	heartbeatTimeout: "1.5 s",
	retry: {
		initialInterval: "1 s",
		maximumInterval: "10 s",
		maximumAttempts: 3,
	},
});

const PATIENTLY = {
	initialInterval: "500 ms",
	maximumInterval: "10 s",
} as const;

/** Of a rolling maintenance, which waits for a store that is away as long as that is. */
export const rolling = proxyActivities<
	Pick<
		RollingActivities,
		| "rollingPlan"
		| "rollingDowntime"
		| "rollingUptime"
		| "keepRolling"
		| "auditRolling"
		| "forgetRolling"
	>
>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "20 s",
	retry: PATIENTLY,
});

/** What of it waits for servers, or for an operation. */
export const rollingWaits = proxyActivities<
	Pick<RollingActivities, "rollingNext" | "rollingAsk" | "rollingBack">
>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "1 day",
	heartbeatTimeout: "5 s",
	retry: PATIENTLY,
});

/** The hook of a server goes on without its node: the next attempt waits for it. It may take days, and is never given up. */
export const rollingHooks = proxyActivities<
	Pick<RollingActivities, "rollingHook">
>({
	taskQueue: QUEUES.operate,
	startToCloseTimeout: "30 days",
	heartbeatTimeout: "5 s",
	retry: PATIENTLY,
});

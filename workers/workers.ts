import {
	type NativeConnection,
	Worker,
	type WorkerOptions,
} from "@temporalio/worker";
import { createClusterActivities } from "../activities/cluster-activities.ts";
import {
	createCommandActivities,
	type RowWork,
} from "../activities/command-activities.ts";
import type { ActivityDeps } from "../activities/dependencies.ts";
import {
	createHousekeepingActivities,
	type HousekeepingDeps,
} from "../activities/housekeeping-activities.ts";
import { createOperationActivities } from "../activities/operation-activities.ts";
import { createRehearsalActivities } from "../activities/rehearsal-activities.ts";
import { createRollingActivities } from "../activities/rolling-activities.ts";
import { createStepActivities } from "../activities/step-activities.ts";
import { createWatchActivities } from "../activities/watch-activities.ts";
import type { Operator } from "../src/planning/operation.ts";
import { QUEUES } from "../temporal/names.ts";
import type { OperationAccess } from "../temporal/operation-access.ts";
import { createClusterOf } from "../temporal/operator.ts";
import { workflowCode } from "./bundle.ts";
import { tunerFor } from "./store-slots.ts";

export interface WorkersOptions {
	readonly connection: NativeConnection;
	readonly namespace: string;
	readonly identity: string;
	readonly deps: ActivityDeps;
	readonly operator: () => Operator;
	readonly access: OperationAccess;
	/** For commands that are given to Temporal by name. */
	readonly rows: RowWork;
	/** Without it this process watches nothing: a command that runs one operation. */
	readonly watch?: Parameters<typeof createWatchActivities>[0];
	/** Without it this process does no housekeeping. */
	readonly housekeeping?: HousekeepingDeps;
}

export interface Workers {
	/** Ends when all have been shut down; rejects when one fails. */
	readonly done: Promise<void>;
	shutdown(): void;
}

/** The workers of one process: entities, operations with their steps, and the watching activities. */
export const createWorkers = async (
	options: WorkersOptions,
): Promise<Workers> => {
	const common: WorkerOptions & { taskQueue: string } = {
		connection: options.connection,
		namespace: options.namespace,
		identity: options.identity,
		taskQueue: "",
		stickyQueueScheduleToStartTimeout: "1s",
		maxHeartbeatThrottleInterval: "400ms",
		defaultHeartbeatThrottleInterval: "400ms",
		maxCachedWorkflows: 200,
		// So many activities a node that has just lost its store is still given: Temporal goes by who waits longest.
		activityTaskPollerBehavior: { type: "simple-maximum", maximum: 2 },
	};
	const working = {
		...common,
		...workflowCode(),
		tuner: tunerFor(options.deps.sight),
	};
	const operationActivities = createOperationActivities(options.deps);
	const workers = await Promise.all([
		Worker.create({
			...working,
			taskQueue: QUEUES.main,
			shutdownGraceTime: "500ms",
			activities: {
				...createClusterActivities({
					...options.deps,
					operator: options.operator,
					...options.access,
				}),
				...createCommandActivities({
					...options.deps,
					rows: options.rows,
					clusterOf: createClusterOf(
						options.deps.store,
						options.deps.config().DefaultInstancePort,
					),
					cancel: options.access.cancel,
				}),
			},
		}),
		Worker.create({
			...working,
			taskQueue: QUEUES.operate,
			shutdownGraceTime: "10s",
			maxEagerActivityReservationsPerWorkflowTask: 10,
			activities: {
				...operationActivities,
				...createStepActivities(options.deps),
				...createRehearsalActivities(options.deps),
				...createRollingActivities({
					...options.deps,
					operator: options.operator,
				}),
			},
		}),
		...(options.watch === undefined
			? []
			: [
					Worker.create({
						...common,
						taskQueue: QUEUES.watch,
						shutdownGraceTime: 0,
						activities: {
							...createWatchActivities(options.watch),
							...(options.housekeeping === undefined
								? {}
								: createHousekeepingActivities(options.housekeeping)),
						},
					}),
				]),
	]);
	return {
		done: Promise.all(workers.map((worker) => worker.run())).then(
			() => undefined,
		),
		shutdown: () => {
			for (const worker of workers)
				if (worker.getState() === "RUNNING") worker.shutdown();
		},
	};
};

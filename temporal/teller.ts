import type { Client } from "@temporalio/client";
import type { AnalysisChange, Started } from "../src/analysis/finding.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { asSummary } from "./markdown.ts";
import { clusterWorkflowId, QUEUES, SIGNALS } from "./names.ts";
import { TASK_TIMEOUTS } from "./task-timeouts.ts";

/** How findings reach the entity: signal-with-start. */
export interface Teller {
	/** Starts the entity if it does not run yet, so that a failure finds it up and its code loaded. */
	ensureEntity(identity: string, alias: string): Promise<void>;
	/** The alias of the cluster, which may be another one than before. */
	named(identity: string, alias: string): Promise<void>;
	/** The same for one that ran elsewhere: it is replayed now, by a worker that lives, and not when a failure is told. */
	warmEntity(identity: string): Promise<void>;
	analysisChanged(identity: string, change: AnalysisChange): Promise<void>;
	instanceReturned(identity: string, instance: InstanceName): Promise<void>;
	/** An operation of the cluster was started without it. */
	operationStarted(identity: string, started: Started): Promise<void>;
	/** The servers have another primary than the one on record. */
	primaryMoved(identity: string, instance: InstanceName): Promise<void>;
}

/** How a cluster's entity is started, whoever starts it. */
export const entityStart = (identity: string, alias = "") => ({
	workflowId: clusterWorkflowId(identity),
	taskQueue: QUEUES.main,
	staticSummary: asSummary(
		`entity of cluster ${alias === "" ? identity : `${alias} (${identity})`}`,
	),
	workflowTaskTimeout: TASK_TIMEOUTS.entity,
	args: [{ identity }],
});

/** A Temporal that does not take a signal by then is told again by whoever tells. Milliseconds. */
const TOLD_WITHIN_MS = 3_000;

export const createTeller = (client: Client): Teller => {
	const signal = async (
		identity: string,
		name: string,
		argument: unknown,
	): Promise<void> => {
		await client.withDeadline(Date.now() + TOLD_WITHIN_MS, () =>
			client.workflow.signalWithStart("cluster", {
				...entityStart(identity),
				signal: name,
				signalArgs: [argument],
			}),
		);
	};
	return {
		ensureEntity: async (identity, alias) => {
			await client.workflow.start("cluster", {
				...entityStart(identity, alias),
				workflowIdConflictPolicy: "USE_EXISTING",
			});
		},
		warmEntity: (identity) => signal(identity, SIGNALS.watchTaken, {}),
		analysisChanged: (identity, change) =>
			signal(identity, SIGNALS.analysisChanged, change),
		instanceReturned: (identity, instance) =>
			signal(identity, SIGNALS.instanceReturned, { instance }),
		operationStarted: (identity, started) =>
			signal(identity, SIGNALS.operationStarted, started),
		primaryMoved: (identity, instance) =>
			signal(identity, SIGNALS.primaryMoved, { instance }),
		named: (identity, alias) => signal(identity, SIGNALS.named, { alias }),
	};
};

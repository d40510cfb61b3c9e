// Operations as a node runs them: by workflows, which can be cancelled, and beside which others ask for something.

import { setTimeout as sleep } from "node:timers/promises";
import { Client, WorkflowNotFoundError } from "@temporalio/client";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, DefaultLogger, Worker } from "@temporalio/worker";
import { pino } from "pino";
import { createClusterActivities } from "../../../activities/cluster-activities.ts";
import type { ActivityDeps } from "../../../activities/dependencies.ts";
import { createOperationActivities } from "../../../activities/operation-activities.ts";
import { createStepActivities } from "../../../activities/step-activities.ts";
import { locateTemporal } from "../../../setup/locate.mjs";
import type { Operator } from "../../../src/planning/operation.ts";
import { prepareNamespace } from "../../../temporal/boot.ts";
import { QUEUES } from "../../../temporal/names.ts";
import { createOperationAccess } from "../../../temporal/operation-access.ts";
import { createOperator, createRunCheck } from "../../../temporal/operator.ts";
import { installRuntime } from "../../../workers/runtime.ts";
import { WORKFLOWS } from "../../workflows/environment.ts";

interface AskedToEnd {
	/** Why that changes nothing; else empty. A node may have to be through with something before it can say. */
	readonly says: Promise<string>;
}

/** A node's workers, and what asks them. */
export interface Node {
	readonly operator: Operator;
	/** Asks the operation of the cluster to end, and lets that come to its steps. */
	cancel(identity: string): Promise<AskedToEnd>;
	stop(): Promise<void>;
}

export interface TemporalServer {
	readonly isRunning: ActivityDeps["isRunning"];
	/** One node at a time. */
	start(deps: ActivityDeps): Promise<Node>;
	stop(): Promise<void>;
}

/** A step hears of its end with the answer to its next heartbeat. */
const BEAT = "100ms";
const HEARD_AFTER_MS = 500;
/** Nobody waits any longer for an answer before it is asked to end. */
const ASKED_WITHIN_MS = 1_200;

const silent = { warn: () => undefined };

/** The next case has the same cluster, and knows nothing of what was asked for in this one. */
const endAll = async ({ workflow }: Client): Promise<void> => {
	const running = workflow.list({ query: 'ExecutionStatus = "Running"' });
	for await (const { workflowId, runId } of running)
		try {
			await workflow.getHandle(workflowId, runId).terminate("the case is over");
		} catch (error) {
			if (!(error instanceof WorkflowNotFoundError)) throw error;
		}
};

export const startTemporal = async (): Promise<TemporalServer> => {
	installRuntime(pino({ level: "silent" }));
	const path = locateTemporal();
	if (path === undefined) throw new Error("run `npm run setup` first");
	const temporal = await TestWorkflowEnvironment.createLocal({
		server: {
			executable: { type: "existing-path", path },
			log: { format: "json", level: "error" },
		},
	});
	// Over the connection of the workers, as a node has it.
	const client = new Client({ connection: temporal.nativeConnection });
	await prepareNamespace(client, "default", 1, {
		warn: (text) => {
			throw new Error(text);
		},
	});
	const access = createOperationAccess(client);
	const common = {
		connection: temporal.nativeConnection,
		workflowBundle: await bundleWorkflowCode({
			workflowsPath: WORKFLOWS,
			logger: new DefaultLogger("WARN"),
		}),
		shutdownGraceTime: 0,
		maxHeartbeatThrottleInterval: BEAT,
		defaultHeartbeatThrottleInterval: BEAT,
	} as const;
	return {
		isRunning: createRunCheck(client),
		start: async (deps) => {
			const operator = createOperator({
				client,
				store: deps.store,
				namespace: "default",
				defaultPort: deps.config().DefaultInstancePort,
				uiAddress: "",
				log: silent,
			});
			const workers = await Promise.all([
				Worker.create({
					...common,
					taskQueue: QUEUES.main,
					activities: createClusterActivities({
						...deps,
						...access,
						operator: () => operator,
					}),
				}),
				Worker.create({
					...common,
					taskQueue: QUEUES.operate,
					activities: {
						...createOperationActivities(deps),
						...createStepActivities(deps),
					},
				}),
			]);
			const running = Promise.all(workers.map((each) => each.run()));
			return {
				operator,
				cancel: async (identity) => {
					const says = access.cancel(identity, "");
					await Promise.race([says, sleep(ASKED_WITHIN_MS)]);
					await sleep(HEARD_AFTER_MS);
					return { says };
				},
				stop: async () => {
					for (const worker of workers) worker.shutdown();
					await running;
					await endAll(client);
				},
			};
		},
		stop: () => temporal.teardown(),
	};
};

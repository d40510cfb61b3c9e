import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import {
	bundleWorkflowCode,
	NativeConnection,
	Worker,
} from "@temporalio/worker";
import pino from "pino";
import { createClusterActivities } from "../../activities/cluster-activities.ts";
import {
	createCommandActivities,
	type RowWork,
} from "../../activities/command-activities.ts";
import { translated } from "../../activities/failure.ts";
import { nearOrFar } from "../../activities/near-or-far.ts";
import { createOperationWatch } from "../../activities/operation-watch.ts";
import { hashOf } from "../../activities/request-hash.ts";
import { createStuckOperations } from "../../activities/stuck-operations.ts";
import { locateTemporal } from "../../setup/locate.mjs";
import { documentedDefaults } from "../../src/config/keys.ts";
import type { Operator } from "../../src/planning/operation.ts";
import { prepareNamespace } from "../../temporal/boot.ts";
import { operationWorkflowId, QUEUES } from "../../temporal/names.ts";
import { createOperationAccess } from "../../temporal/operation-access.ts";
import { createOperator } from "../../temporal/operator.ts";
import { createResultOf } from "../../temporal/result-of.ts";
import { installRuntime } from "../../workers/runtime.ts";
import { slowLinkTo } from "../support/slow-link.ts";
import { createStandIns } from "./stand-ins.ts";

/** Low enough for a test to get there, high enough for the others never to. */
const EVENTS_BEFORE_CONTINUING = 200;

export const WORKFLOWS = fileURLToPath(
	new URL("../../workflows/index.ts", import.meta.url),
);

const NEWER = fileURLToPath(new URL("./another-version.ts", import.meta.url));

export interface Environment {
	readonly client: Client;
	/** Over the connection of the workers, as a node has it. */
	readonly nearClient: Client;
	/** A run of a kind that only a newer node knows, which has begun it, and is gone. @returns its run */
	readonly startNewer: (identity: string) => Promise<string>;
	/** Asks the entities for everything. */
	readonly operator: Operator;
	/** Starts what is plain by itself. */
	readonly straight: Operator;
	/** What was said of operations that were given up, and of those that came no further. */
	readonly ended: readonly string[];
	readonly overdue: readonly string[];
	/** Clusters whose operations are looked at and nothing made of it. */
	readonly patient: Set<string>;
	readonly stage: ReturnType<typeof createStandIns>["stage"];
	stop(): Promise<void>;
}

/** What a change of the store waits for; a test puts in its own. */
export const changing: { globally: () => Promise<void> } = {
	globally: async () => undefined,
};

/** Takeovers, and the global switch: what their row reads, it reads of the cluster's servers as they stand. */
const rowsOn = ({
	on,
	known,
}: Pick<ReturnType<typeof createStandIns>, "on" | "known">): RowWork =>
	({
		names: {
			instance: async (name: string) => name,
			cluster: async (hint: string) => ({
				identity: hint,
				clusterName: hint,
				alias: hint,
			}),
		},
		audit: async () => undefined,
		context: () => ({
			configuration: documentedDefaults(),
			nowMs: Date.now(),
			node: { hostname: "node", token: "t" },
			analyse: async () => [],
			store: {
				clusters: { all: async () => [] },
				recoveries: {
					list: async () => [],
					setGloballyDisabled: () => changing.globally(),
				},
				inventory: {
					ofCluster: async (clusterName: string) =>
						on(clusterName)
							.look()
							.instances.map((each) => ({
								...each,
								clusterName,
								depth: each.replication.sourceHost === "" ? 0 : 1,
							})),
					get: async (name: string) => known(name),
					replicasOf: async () => [],
				},
			},
		}),
	}) as never;

/**
 * A real dev server with Baton's workflows on their queues, and stand-ins for the activities.
 * @param lateMs how long each message between the workers and the server takes, each way
 */
export const startEnvironment = async ({
	lateMs = 0,
} = {}): Promise<Environment> => {
	installRuntime(pino({ level: "error" }));
	const path = locateTemporal();
	if (path === undefined) throw new Error("run `npm run setup` first");
	const temporal = await TestWorkflowEnvironment.createLocal({
		server: {
			executable: { type: "existing-path", path },
			log: { format: "json", level: "error" },
			extraArgs: [
				`limit.historyCount.suggestContinueAsNew=${EVENTS_BEFORE_CONTINUING}`,
				"history.transferProcessorMaxPollRPS=1000",
				'history.timerProcessorMaxTimeShift="100ms"',
			].flatMap((each) => ["--dynamic-config-value", each]),
		},
	});
	const { client } = temporal;
	const warnings: string[] = [];
	await prepareNamespace(client, "default", 1, {
		warn: (text) => warnings.push(text),
	});
	if (warnings.length > 0) throw new Error(warnings.join("; "));
	const operatorWhere = (held: object | undefined, over = client) =>
		createOperator({
			client: over,
			store: {
				clusters: {
					resolve: async (hint: string) => ({ identity: hint, alias: "" }),
				},
				operations: { current: async () => held },
			} as never,
			namespace: "default",
			defaultPort: 3306,
			uiAddress: "",
			log: { warn: (text: string) => warnings.push(text) },
		});
	// As if an operation held each cluster: all is left to the entities.
	const operator = operatorWhere({});
	const nearClient = new Client({ connection: temporal.nativeConnection });
	const standIns = createStandIns();
	const { begin, conclude } = standIns.activities;
	const entityActivities = createClusterActivities({
		operator: () => operator,
		resultOf: createResultOf(client),
	} as never);
	const ended: string[] = [];
	const overdue: string[] = [];
	const patient = new Set<string>();
	const outside = {
		...createOperationAccess(client),
		nowMs: Date.now,
		config: documentedDefaults,
		log: {
			error: (_: unknown, says: string) => ended.push(says),
			warn: ({ cluster }: { readonly cluster: string }, says: string) =>
				overdue.push(`${cluster}: ${says}`),
		},
		store: {
			clusters: { byIdentity: async () => undefined },
			audit: { write: async () => undefined },
			recoveries: { active: async () => [] },
			operations: {
				current: async () => undefined,
				release: async () => undefined,
			},
		},
		everyMs: 200,
		stuckLooks: 3,
		quietLooks: 10,
	};
	const stuck = createStuckOperations(outside as never);
	const watch = createOperationWatch({ ...outside, ...stuck } as never);
	const patiently = createOperationWatch({
		...outside,
		...stuck,
		stuckLooks: Number.POSITIVE_INFINITY,
		quietLooks: Number.POSITIVE_INFINITY,
	} as never);
	const access = createOperationAccess(client);
	const commands = createCommandActivities({
		...outside,
		sight: { check: async () => undefined, isAway: () => false },
		cancel: access.cancel,
		clusterOf: async ({ cluster = "" }) => ({
			identity: cluster,
			alias: cluster,
		}),
		store: {
			operations: {
				begun: async (hash: string) => standIns.begunAs(hash, hashOf),
			},
		},
		rows: rowsOn(standIns),
	} as never);
	const workflowBundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS });
	const link =
		lateMs === 0 ? undefined : await slowLinkTo(temporal.address, lateMs);
	const connection =
		link === undefined
			? temporal.nativeConnection
			: await NativeConnection.connect({ address: link.address });
	const common = { connection, workflowBundle, shutdownGraceTime: 0 };
	const workers = await Promise.all([
		Worker.create({
			...common,
			taskQueue: QUEUES.main,
			activities: {
				...translated(
					nearOrFar({
						weigh: standIns.weigh,
						checkRequest: standIns.checkRequest,
					}),
				),
				...commands,
				askEntity: entityActivities.askEntity,
				awaitOperation: entityActivities.awaitOperation,
				...stuck,
				...watch,
				watchOperation: (run: Parameters<typeof watch.watchOperation>[0]) =>
					(patient.has(run.identity) ? patiently : watch).watchOperation(run),
			},
		}),
		Worker.create({
			...common,
			taskQueue: QUEUES.operate,
			// As the real ones are.
			activities: translated({
				...standIns.activities,
				...nearOrFar({ begin, conclude }),
			}),
		}),
	]);
	const running = Promise.all(workers.map((worker) => worker.run()));
	return {
		client,
		nearClient,
		startNewer: async (identity) => {
			// Over one connection the SDK takes one worker a queue.
			const connection = await NativeConnection.connect({
				address: temporal.address,
			});
			const newer = await Worker.create({
				connection,
				workflowsPath: NEWER,
				taskQueue: QUEUES.operate,
				shutdownGraceTime: 0,
			});
			const runId = await newer.runUntil(async () => {
				const handle = await client.workflow.start("ofAnotherVersion", {
					workflowId: operationWorkflowId(identity),
					taskQueue: QUEUES.operate,
					workflowTaskTimeout: "1 s",
				});
				for (;;) {
					const { events } = await handle.fetchHistory();
					if (events?.some((each) => each.workflowTaskCompletedEventAttributes))
						return handle.firstExecutionRunId;
					await delay(50);
				}
			});
			await connection.close();
			return runId;
		},
		operator,
		straight: operatorWhere(undefined, nearClient),
		ended,
		overdue,
		patient,
		stage: standIns.stage,
		stop: async () => {
			for (const worker of workers) worker.shutdown();
			await running;
			if (link !== undefined) await connection.close();
			link?.stop();
			await temporal.teardown();
		},
	};
};

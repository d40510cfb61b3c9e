import { setTimeout as delay } from "node:timers/promises";
import {
	type Client,
	isGrpcServiceError,
	ServiceError,
	WithStartWorkflowOperation,
	WorkflowNotFoundError,
	WorkflowUpdateFailedError,
	WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { AnalysisChange, Started } from "../src/analysis/finding.ts";
import {
	BatonError,
	ERROR_KINDS,
	type ErrorCode,
	errors,
	errorText,
} from "../src/errors.ts";
import { nearClusters } from "../src/naming/clusters.ts";
import {
	instancesNamedBy,
	isForced,
	type OperationOutcome,
	type OperationRequest,
	type Operator,
} from "../src/planning/operation.ts";
import { checkedRequest } from "../src/planning/request-schema.ts";
import type { ClusterRecord, Store } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { createAcceptance } from "./acceptance.ts";
import { asSummary } from "./markdown.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUEUES,
	SIGNALS,
	UPDATES,
} from "./names.ts";
import { createPageOf } from "./page.ts";
import { createStraightOperation } from "./straight-operation.ts";
import { TASK_TIMEOUTS } from "./task-timeouts.ts";

export interface OperatorDeps {
	readonly client: Client;
	readonly store: Store;
	readonly namespace: string;
	readonly defaultPort: number;
	/** Address of the Temporal UI, empty when unknown. */
	readonly uiAddress: string;
	readonly log: { warn(text: string): void };
}

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

const isCode = (text: string): text is ErrorCode => text in ERROR_KINDS;

const applicationFailureIn = (
	error: unknown,
): ApplicationFailure | undefined => {
	let at: unknown = error;
	for (let depth = 0; depth < 10 && at instanceof Error; depth++) {
		if (at instanceof ApplicationFailure) return at;
		at = at.cause;
	}
	return undefined;
};

const isUnanswered = (error: unknown): boolean =>
	isGrpcServiceError(error) ||
	error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
	// The client's own words, around what the server did not say.
	(error instanceof ServiceError && isUnanswered(error.cause));

/** Temporal is there, and the cluster's entity takes no notice. */
const entityIsStuck = (error: unknown, identity: string): BatonError =>
	errors.entityStuck(
		{ workflow: clusterWorkflowId(identity), why: errorText(error) },
		{ cause: error },
	);

const asBatonError = (error: unknown): BatonError => {
	if (error instanceof BatonError) return error;
	const failure =
		error instanceof WorkflowUpdateFailedError ||
		error instanceof ApplicationFailure
			? applicationFailureIn(error)
			: undefined;
	if (failure !== undefined)
		return new BatonError(
			isCode(failure.type ?? "")
				? (failure.type as ErrorCode)
				: "OperationFailed",
			failure.message,
		);
	return isUnanswered(error)
		? errors.temporalNotAnswering({ why: errorText(error) }, { cause: error })
		: new BatonError("Internal", errorText(error), { cause: error });
};

/** Which cluster a request is about. @throws BatonError UnknownCluster */
const createClusterOf =
	(store: Pick<Store, "clusters">, defaultPort: number) =>
	async (request: OperationRequest): Promise<ClusterRecord> => {
		const [about = ""] = instancesNamedBy(request);
		const hint = request.cluster ?? about;
		const cluster = await store.clusters.resolve(hint, defaultPort);
		if (cluster === undefined)
			throw errors.clusterNotDetermined({
				hint,
				near: nearClusters(await store.clusters.all(), hint),
			});
		return cluster;
	};

/** Its identity alone. @throws BatonError UnknownCluster */
export const createIdentityOf = (
	...given: Parameters<typeof createClusterOf>
): ((request: OperationRequest) => Promise<string>) => {
	const clusterOf = createClusterOf(...given);
	return async (request) => (await clusterOf(request)).identity;
};

/** A person waits so long for another operation to end, and is told then that it runs. Milliseconds. */
const BUSY_FOR_MS = 800;
const ASKED_AGAIN_MS = 150;

export const createOperator = (deps: OperatorDeps): Operator => {
	const clusterFor = createClusterOf(deps.store, deps.defaultPort);

	const entityOf = (identity: string) =>
		new WithStartWorkflowOperation("cluster", {
			workflowId: clusterWorkflowId(identity),
			taskQueue: QUEUES.main,
			workflowIdConflictPolicy: "USE_EXISTING",
			staticSummary: asSummary(`entity of cluster ${identity}`),
			workflowTaskTimeout: TASK_TIMEOUTS.entity,
			args: [{ identity }],
		});

	const isReachable = async (): Promise<boolean> => {
		try {
			await deps.client.withDeadline(Date.now() + 1_000, () =>
				deps.client.connection.workflowService.getSystemInfo({}),
			);
			return true;
		} catch (error) {
			if (isGrpcServiceError(error)) return false;
			throw error;
		}
	};

	const told = async (error: unknown, identity: string): Promise<BatonError> =>
		isUnanswered(error) && (await isReachable())
			? entityIsStuck(error, identity)
			: asBatonError(error);

	const accepted = createAcceptance({ client: deps.client, isReachable });
	const straight = createStraightOperation({
		client: deps.client,
		isHeld: async (identity) =>
			(await deps.store.operations.current(identity)) !== undefined,
		tellStarted: createTeller(deps.client).operationStarted,
		log: deps.log,
	});

	/** @returns when the entity has accepted it */
	const ask = (
		identity: string,
		request: OperationRequest,
		requestId?: string,
	) =>
		accepted(() =>
			deps.client.workflow.startUpdateWithStart<
				never,
				OperationOutcome,
				[OperationRequest]
			>(UPDATES.operate, {
				startWorkflowOperation: entityOf(identity) as never,
				waitForStage: "ACCEPTED",
				args: [request],
				...(requestId === undefined ? {} : { updateId: requestId }),
			}),
		);

	const runOnce = async (
		request: OperationRequest,
		requestId?: string,
	): Promise<OperationOutcome> => {
		const { identity, alias } = await clusterFor(request);
		try {
			const isPlain = requestId === undefined && !isForced(request);
			const started = isPlain
				? await accepted(() => straight(identity, alias, request))
				: undefined;
			if (started !== undefined) return await started.followed();
			const asked = await ask(identity, request, requestId);
			return await asked.result();
		} catch (error) {
			throw await told(error, identity);
		}
	};

	/** What Baton does by itself mostly takes less: a person is not sent away for that. */
	const run = async (
		asked: OperationRequest,
		requestId?: string,
	): Promise<OperationOutcome> => {
		const request = checkedRequest(asked);
		const endMs = Date.now() + BUSY_FOR_MS;
		for (;;)
			try {
				return await runOnce(request, requestId);
			} catch (error) {
				const mayPass = error instanceof BatonError && error.code === "Busy";
				if (!mayPass || Date.now() > endMs) throw error;
				await delay(ASKED_AGAIN_MS);
			}
	};

	return {
		// What comes back is of the kind that was asked for: the entity ran that request.
		run: run as Operator["run"],
		start: async (asked) => {
			const request = checkedRequest(asked);
			const { identity } = await clusterFor(request);
			try {
				await ask(identity, request);
			} catch (error) {
				throw await told(error, identity);
			}
			return { workflowId: operationWorkflowId(identity), runId: "" };
		},
		pageOf: createPageOf(deps.uiAddress, deps.namespace),
		isReachable,
	};
};

export const createTeller = (client: Client): Teller => {
	const signal = async (
		identity: string,
		name: string,
		argument: unknown,
	): Promise<void> => {
		await client.withDeadline(Date.now() + 3_000, () =>
			client.workflow.signalWithStart("cluster", {
				workflowId: clusterWorkflowId(identity),
				taskQueue: QUEUES.main,
				staticSummary: asSummary(`entity of cluster ${identity}`),
				workflowTaskTimeout: TASK_TIMEOUTS.entity,
				args: [{ identity }],
				signal: name,
				signalArgs: [argument],
			}),
		);
	};
	return {
		ensureEntity: async (identity, alias) => {
			await client.workflow.start("cluster", {
				workflowId: clusterWorkflowId(identity),
				taskQueue: QUEUES.main,
				workflowIdConflictPolicy: "USE_EXISTING",
				staticSummary: asSummary(
					`entity of cluster ${alias === "" ? identity : `${alias} (${identity})`}`,
				),
				workflowTaskTimeout: TASK_TIMEOUTS.entity,
				args: [{ identity }],
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

/** Whether a run of a workflow still runs; one that Temporal does not know does not. */
export const createRunCheck =
	(client: Client) =>
	async (workflowId: string, runId: string): Promise<boolean> => {
		try {
			const { status } = await client.workflow
				.getHandle(workflowId, runId)
				.describe();
			return status.name === "RUNNING" || status.name === "PAUSED";
		} catch (error) {
			if (error instanceof WorkflowNotFoundError) return false;
			throw asBatonError(error);
		}
	};

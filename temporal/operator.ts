import {
	type Client,
	isGrpcServiceError,
	WithStartWorkflowOperation,
	WorkflowNotFoundError,
} from "@temporalio/client";
import { type BatonError, errors, errorText } from "../src/errors.ts";
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
import { createAcceptance } from "./acceptance.ts";
import { asBatonError, isUnanswered } from "./client-failure.ts";
import { clusterWorkflowId, operationWorkflowId, UPDATES } from "./names.ts";
import { createPageOf } from "./page.ts";
import { createPatience } from "./passing-operation.ts";
import { createStraightOperation } from "./straight-operation.ts";
import { createTeller, entityStart } from "./teller.ts";

export interface OperatorDeps {
	readonly client: Client;
	readonly store: Store;
	readonly namespace: string;
	readonly defaultPort: number;
	/** Address of the Temporal UI, empty when unknown. */
	readonly uiAddress: string;
	readonly log: { warn(text: string): void };
}

/** Temporal is there, and the cluster's entity takes no notice. */
const entityIsStuck = (error: unknown, identity: string): BatonError =>
	errors.entityStuck(
		{ workflow: clusterWorkflowId(identity), why: errorText(error) },
		{ cause: error },
	);

/** Which cluster a request is about. @throws BatonError UnknownCluster */
export const createClusterOf =
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

export const createOperator = (deps: OperatorDeps): Operator => {
	const clusterFor = createClusterOf(deps.store, deps.defaultPort);

	const entityOf = (identity: string) =>
		new WithStartWorkflowOperation("cluster", {
			...entityStart(identity),
			workflowIdConflictPolicy: "USE_EXISTING",
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
	const current = (identity: string) => deps.store.operations.current(identity);
	const patience = createPatience(deps.client, current);
	const straight = createStraightOperation({
		client: deps.client,
		isHeld: async (identity) => (await current(identity)) !== undefined,
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

	const run = async (
		given: OperationRequest,
		requestId?: string,
	): Promise<OperationOutcome> => {
		const request = checkedRequest(given);
		const { identity, alias } = await clusterFor(request);
		try {
			const isPlain = requestId === undefined && !isForced(request);
			if (isPlain) await patience(identity, request);
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

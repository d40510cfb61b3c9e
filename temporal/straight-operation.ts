import { setTimeout as delay } from "node:timers/promises";
import {
	type Client,
	WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import type { Started } from "../src/analysis/finding.ts";
import type { Concluded } from "../src/engine/contract.ts";
import { errorText } from "../src/errors.ts";
import { requestTitle } from "../src/operations/recovery-request.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import { hooksWorkflowId, operationWorkflowId, QUEUES } from "./names.ts";
import { createResultOf } from "./result-of.ts";
import { TASK_TIMEOUTS } from "./task-timeouts.ts";

/**
 * The entity is told when the operation is well under way: its own work would compete for the processors with what clients or a person
 * wait for, and the claim and the one operation id hold the cluster. Milliseconds.
 */
export const TOLD_AFTER_MS = 250;

/**
 * Starts an operation without its cluster's entity. Where a worker of this process can run it, its first task comes with the answer.
 * @returns the id of its run
 * @throws WorkflowExecutionAlreadyStartedError when an operation of the cluster runs
 */
export const startOperation = async (
	client: Client,
	{
		identity,
		alias,
		request,
	}: {
		readonly identity: string;
		/** Of the cluster; empty where it has none. */
		readonly alias: string;
		readonly request: OperationRequest;
	},
): Promise<string> => {
	const { kind, ...input } = request;
	const handle = await client.workflow.start(kind, {
		workflowId: operationWorkflowId(identity),
		taskQueue: QUEUES.operate,
		workflowIdConflictPolicy: "FAIL",
		requestEagerStart: true,
		staticSummary: requestTitle(alias, request),
		workflowTaskTimeout: TASK_TIMEOUTS.operation,
		args: [{ ...input, identity, isUnasked: true }],
	});
	return handle.firstExecutionRunId;
};

interface StraightOperationDeps {
	readonly client: Client;
	/** An operation holds the cluster. */
	readonly isHeld: (identity: string) => Promise<boolean>;
	/** Tells the cluster's entity. */
	readonly tellStarted: (identity: string, started: Started) => Promise<void>;
	readonly log: { warn(text: string): void };
}

const NEVER = new AbortController().signal;

/**
 * An operation that a person asks for is started by the process that is asked, as a failover is by the node that declares it: two hops
 * through the server less to its beginning, and one less to its answer. The cluster's one operation id and the claim in the store see
 * to it that there is one operation; the entity follows it as if it were its child.
 */
export const createStraightOperation = ({
	client,
	isHeld,
	tellStarted,
	log,
}: StraightOperationDeps) => {
	const resultOf = createResultOf(client);

	/** Its hooks that come after it are waited for, too: whoever asked is told which failed. */
	const withHooks = async (
		identity: string,
		{ outcome, afterwards }: Concluded,
	): Promise<OperationOutcome> => {
		if (afterwards === undefined) return outcome;
		const failed: readonly string[] = await client.workflow
			.getHandle(hooksWorkflowId(identity, afterwards.uid))
			.result();
		return { ...outcome, errors: [...outcome.errors, ...failed] };
	};

	const tell = async (
		identity: string,
		started: Started,
		ended: Promise<unknown>,
	): Promise<void> => {
		await Promise.race([
			delay(TOLD_AFTER_MS, undefined, { ref: false }),
			ended.catch(() => undefined),
		]);
		await tellStarted(identity, started).catch((error: unknown) =>
			log.warn(
				`the entity of ${identity} could not be told of ${operationWorkflowId(identity)}, and finds it when it is asked for an operation itself: ${errorText(error)}`,
			),
		);
	};

	/** @returns waits for its end; undefined when that is left to the entity, which knows what to say of an operation that runs */
	return async (
		identity: string,
		alias: string,
		request: OperationRequest,
	): Promise<(() => Promise<OperationOutcome>) | undefined> => {
		if (await isHeld(identity)) return undefined;
		try {
			const runId = await startOperation(client, { identity, alias, request });
			const ended = resultOf(identity, runId, { cancel: NEVER, leave: NEVER });
			const told = tell(identity, { runId, request, says: "" }, ended);
			return async () => {
				try {
					return await withHooks(identity, await ended);
				} finally {
					await told;
				}
			};
		} catch (error) {
			if (error instanceof WorkflowExecutionAlreadyStartedError)
				return undefined;
			throw error;
		}
	};
};

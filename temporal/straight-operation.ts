import { setTimeout as delay } from "node:timers/promises";
import {
	type Client,
	WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import type { Started } from "../src/analysis/finding.ts";
import type { Concluded } from "../src/engine/contract.ts";
import { errorText } from "../src/errors.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import { hooksWorkflowId, operationWorkflowId } from "./names.ts";
import { operationStart } from "./operation-start.ts";
import { createResultOf } from "./result-of.ts";

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
	of: Parameters<typeof operationStart>[0],
	fields: Parameters<typeof operationStart>[1] = {},
): Promise<string> => {
	const { kind, options } = operationStart(of, {
		...fields,
		startsHooks: true,
	});
	const handle = await client.workflow.start(kind, {
		...options,
		workflowIdConflictPolicy: "FAIL",
		requestEagerStart: true,
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

/** Whoever has waited longer for a node to begin it may have done something else since. Milliseconds. */
const BEGIN_WITHIN_MS = 30_000;

/** Long enough for a worker that is there. Milliseconds. */
const TAKEN_WITHIN_MS = 3_000;

/** Events of a run that no worker has taken up: it was started, and its first task is there to be had. */
const UNTAKEN_EVENTS = 2;

/** An operation that was started, and its end. */
export interface StraightOperation {
	readonly runId: string;
	/** Its end, with that of the hooks that come after it; the entity is told meanwhile. */
	followed(): Promise<OperationOutcome>;
}

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

	/** Its hooks that come after it are waited for, too: whoever asked is told which failed. They take nothing from its success. */
	const withHooks = async (
		identity: string,
		{ outcome, afterwards }: Concluded,
	): Promise<OperationOutcome> => {
		if (afterwards === undefined) return outcome;
		const workflowId = hooksWorkflowId(identity, afterwards.uid);
		const failed: readonly string[] = await client.workflow
			.getHandle(workflowId)
			.result()
			.catch((error: unknown) => [
				`how the hooks ended is not known (${workflowId}): ${errorText(error)}`,
			]);
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

	/** Whoever waits is told why nothing happens. */
	const seeTaken = async (
		identity: string,
		runId: string,
		ended: Promise<unknown>,
	): Promise<void> => {
		const isOver = await Promise.race([
			delay(TAKEN_WITHIN_MS, false, { ref: false }),
			ended.then(
				() => true,
				() => true,
			),
		]);
		if (isOver) return;
		const workflowId = operationWorkflowId(identity);
		const { historyLength } = await client.workflow
			.getHandle(workflowId, runId)
			.describe();
		if (historyLength <= UNTAKEN_EVENTS)
			log.warn(
				`no node has taken up ${workflowId} yet: it is begun when one is there within ${BEGIN_WITHIN_MS / 1000} s, and refused later`,
			);
	};

	const follow = async (
		identity: string,
		started: Started,
	): Promise<OperationOutcome> => {
		const { signal } = new AbortController();
		const ended = resultOf(identity, started.runId, {
			cancel: signal,
			leave: signal,
		});
		seeTaken(identity, started.runId, ended).catch((error: unknown) =>
			log.warn(
				`whether a node has taken up ${operationWorkflowId(identity)} is not known: ${errorText(error)}`,
			),
		);
		const told = tell(identity, started, ended);
		try {
			return await withHooks(identity, await ended);
		} finally {
			await told;
		}
	};

	/** @returns undefined when that is left to the entity, which knows what to say of an operation that runs */
	return async (
		identity: string,
		alias: string,
		request: OperationRequest,
	): Promise<StraightOperation | undefined> => {
		if (await isHeld(identity)) return undefined;
		try {
			const runId = await startOperation(
				client,
				{ identity, alias, request },
				{ beginWithinMs: BEGIN_WITHIN_MS },
			);
			return {
				runId,
				followed: () => follow(identity, { runId, request, says: "" }),
			};
		} catch (error) {
			if (error instanceof WorkflowExecutionAlreadyStartedError)
				return undefined;
			throw error;
		}
	};
};

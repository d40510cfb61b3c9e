import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
	ApplicationFailure,
	ChildWorkflowCancellationType,
	ParentClosePolicy,
	sleep,
	startChild,
} from "@temporalio/workflow";
import type { Concluded } from "../src/engine/contract.ts";
import { requestText } from "../src/operations/recovery-request.ts";
import type {
	OperationKind,
	OperationRequest,
} from "../src/planning/operation.ts";
import { operationWorkflowId, QUEUES } from "../temporal/names.ts";
import { watching } from "./activities.ts";
import type * as workflows from "./index.ts";

// The one operation of a cluster as its entity starts it and keeps an eye on it.

/** Operations differ in their input only; which one is started is a name. There is a workflow for each kind. */
type AnyOperation = (typeof workflows)[OperationKind];

/** An operation that takes longer is looked at from outside of its history. */
const LOOKED_AT_AFTER = "5 s";

/** An operation that runs. */
export interface Running {
	readonly runId: string;
	result(): Promise<Concluded>;
}

export const startOperation = async (
	identity: string,
	{
		request: { kind, ...request },
		isUnasked,
		preempted,
	}: {
		readonly request: OperationRequest;
		readonly isUnasked?: true;
		readonly preempted: string | undefined;
	},
): Promise<Running> => {
	const child = await startChild<AnyOperation>(kind, {
		workflowId: operationWorkflowId(identity),
		taskQueue: QUEUES.operate,
		parentClosePolicy: ParentClosePolicy.ABANDON,
		cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
		staticSummary: requestText({ kind, ...request } as OperationRequest),
		// A worker that dies in a workflow task holds it for so long.
		workflowTaskTimeout: "2 s",
		args: [
			{
				...request,
				identity,
				...(isUnasked === undefined ? {} : { isUnasked }),
				...(preempted === undefined ? {} : { preempt: preempted }),
			} as Parameters<AnyOperation>[0],
		],
	});
	return {
		runId: child.firstExecutionRunId,
		result: async () => (await child.result()) as Concluded,
	};
};

/** The cluster's one operation id is taken: an operation runs that this entity has not heard of yet. */
export const isTaken = (error: unknown): boolean =>
	error instanceof WorkflowExecutionAlreadyStartedError;

export const taken = (identity: string): ApplicationFailure =>
	ApplicationFailure.nonRetryable(
		`another operation of this cluster is running (${operationWorkflowId(identity)}): wait for its end, or look at it in the Temporal UI`,
		"Busy",
	);

/**
 * An operation whose workflow cannot go on (its code does not fit its history any more) would hold the cluster for ever: it is ended,
 * that is told, and the next one takes up what it has left.
 */
export const watchOver = async (
	identity: string,
	runId: string,
	giveUp: (says: string) => Promise<unknown>,
): Promise<void> => {
	await sleep(LOOKED_AT_AFTER);
	const stuck = await watching.watchOperation.executeWithOptions(
		{ summary: `look at ${runId} from outside` },
		[{ identity, runId }],
	);
	if (stuck !== "")
		await giveUp(
			`${operationWorkflowId(identity)} (run ${runId}) was ended, since ${stuck}: what it has changed is as it left it; see its history in the Temporal UI`,
		);
};

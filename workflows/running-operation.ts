import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
	ApplicationFailure,
	ChildWorkflowCancellationType,
	getExternalWorkflowHandle,
	ParentClosePolicy,
	startChild,
} from "@temporalio/workflow";
import type { Started } from "../src/analysis/finding.ts";
import type { Concluded } from "../src/engine/contract.ts";
import { requestText } from "../src/operations/recovery-request.ts";
import type {
	OperationKind,
	OperationRequest,
} from "../src/planning/operation.ts";
import { asSummary } from "../temporal/markdown.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import {
	operationStart,
	type StartFields,
} from "../temporal/operation-start.ts";
import { concludedIn } from "../temporal/outcome-failure.ts";
import { following } from "./activities.ts";
import type * as workflows from "./index.ts";

// The one operation of a cluster as its entity starts it, or follows one that was started elsewhere.

/** Operations differ in their input only; which one is started is a name. There is a workflow for each kind. */
type AnyOperation = (typeof workflows)[OperationKind];

/** An operation that runs. */
export interface Running {
	readonly runId: string;
	result(): Promise<Concluded>;
	/** Asks for its end. Missing where it is cancelled with the wait for it. */
	cancel?(): Promise<void>;
}

export const startOperation = async (
	identity: string,
	{
		alias,
		request,
		...fields
	}: {
		/** Of the cluster; empty where it has none. */
		readonly alias: string;
		readonly request: OperationRequest;
	} & Pick<StartFields, "preempt" | "asked" | "startsHooks">,
): Promise<Running> => {
	const { kind, options } = operationStart(
		{ identity, alias, request },
		fields,
	);
	const child = await startChild<AnyOperation>(kind, {
		...options,
		parentClosePolicy: ParentClosePolicy.ABANDON,
		cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
	});
	return {
		runId: child.firstExecutionRunId,
		result: async () => {
			try {
				return (await child.result()) as Concluded;
			} catch (error) {
				const concluded = concludedIn(error);
				if (concluded === undefined) throw error;
				return concluded;
			}
		},
	};
};

/** One that was started elsewhere. */
export const runningElsewhere = (
	identity: string,
	{ runId, request }: Started,
): Running => ({
	runId,
	// The wait may not have begun, and would end alone.
	cancel: () =>
		getExternalWorkflowHandle(operationWorkflowId(identity), runId).cancel(),
	result: () =>
		following.awaitOperation.executeWithOptions(
			{ summary: asSummary(requestText(request)) },
			[{ identity, runId }],
		),
});

/** The cluster's one operation id is taken: an operation runs that this entity has not heard of yet. */
export const isTaken = (error: unknown): boolean =>
	error instanceof WorkflowExecutionAlreadyStartedError;

export const taken = (identity: string): ApplicationFailure =>
	ApplicationFailure.nonRetryable(
		`another operation of this cluster is running (${operationWorkflowId(identity)}): wait for its end, or look at it in the Temporal UI`,
		"Busy",
	);

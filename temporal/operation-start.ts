import { requestTitle } from "../src/operations/recovery-request.ts";
import type {
	OperationKind,
	OperationRequest,
} from "../src/planning/operation.ts";
import { asSummary } from "./markdown.ts";
import { operationWorkflowId, QUEUES } from "./names.ts";
import { TASK_TIMEOUTS } from "./task-timeouts.ts";

/** What an operation's workflow is given beside its request. A person who starts the workflow type by hand gives only the request's own fields. */
export interface StartFields {
	/** Of its cluster. */
	readonly identity?: string;
	/** Run of an operation that this one pre-empted and whose claim it takes over. */
	readonly preempt?: string | undefined;
	/** Id of the update that it answers to. */
	readonly asked?: string | undefined;
	/** It starts the hooks that come after it itself: no entity waits for it to do so. */
	readonly startsHooks?: true;
	/** Whoever waits for it may have given up when it is begun later after its start than this. Milliseconds. */
	readonly beginWithinMs?: number;
}

/** The two that an operation's workflow is given, from each other. */
export const splitStart = (
	given: object,
): { readonly fields: StartFields; readonly input: object } => {
	const { identity, preempt, asked, startsHooks, beginWithinMs, ...input } =
		given as StartFields;
	const fields = { identity, preempt, asked, startsHooks, beginWithinMs };
	return { fields: fields as StartFields, input };
};

/** How an operation's workflow is started, whoever starts it: the cluster's one operation id is its mutex. */
export const operationStart = (
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
	fields: Omit<StartFields, "identity"> = {},
) => {
	const { kind, ...input } = request;
	return {
		kind: kind as OperationKind,
		options: {
			workflowId: operationWorkflowId(identity),
			taskQueue: QUEUES.operate,
			staticSummary: asSummary(requestTitle(alias, request)),
			workflowTaskTimeout: TASK_TIMEOUTS.operation,
			args: [{ ...input, identity, ...fields }] as [object],
		},
	};
};

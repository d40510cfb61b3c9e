import {
	ApplicationFailure,
	CancellationScope,
	isCancellation,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import { BatonError } from "../src/errors.ts";
import type {
	OperationKind,
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import { forwarding, operations } from "./activities.ts";
import { textOf } from "./failures.ts";
import { Operation } from "./operation.ts";

/** What the entity starts an operation with. A person who starts the workflow type by hand gives only the request's own fields. */
export interface Owned {
	/** Set by the entity. */
	readonly identity?: string;
	/** Run of an operation that this one pre-empted and whose claim it takes over. */
	readonly preempt?: string;
}

/** The instances that a request names. */
const instancesOf = (request: OperationRequest): InstanceName[] => {
	switch (request.kind) {
		case "takeover":
			return request.to === undefined ? [] : [request.to];
		case "relocation":
			return [request.instance, request.below];
		default:
			return [request.instance];
	}
};

/**
 * Frame of every operation: it belongs to the entity (or asks it), is shown, and lets go of the cluster however it ends. A
 * failure before the body has an outcome becomes an outcome that says so.
 */
export const runOperation = async (
	kind: OperationKind,
	input: Owned,
	request: OperationRequest,
	body: (operation: Operation) => Promise<OperationOutcome>,
): Promise<OperationOutcome> => {
	const { workflowId, runId } = workflowInfo();
	const { identity } = input;
	if (identity === undefined || workflowId !== operationWorkflowId(identity))
		return forwarding.askEntity.executeWithOptions(
			{ summary: `ask the cluster's entity for a ${kind}` },
			[request],
		);
	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonOperation: [kind],
		BatonInstances: instancesOf(request),
		...(request.kind === "recovery"
			? { BatonAnalysis: [request.analysis] }
			: {}),
		BatonState: ["running"],
	});
	const operation = new Operation(kind, identity);
	let outcome: OperationOutcome;
	try {
		outcome = await body(operation);
	} catch (error) {
		await CancellationScope.nonCancellable(() =>
			operations.release({
				identity,
				runId,
				uid: operation.uid,
				says: textOf(error),
			}),
		);
		if (isCancellation(error)) {
			upsertSearchAttributes({ BatonState: ["cancelled"] });
			throw error;
		}
		upsertSearchAttributes({ BatonState: ["failed"] });
		if (error instanceof BatonError)
			throw ApplicationFailure.nonRetryable(error.message, error.code);
		throw error;
	}
	upsertSearchAttributes({
		BatonState: [outcome.successful ? "succeeded" : "failed"],
	});
	operation.says(outcome.says);
	return outcome;
};

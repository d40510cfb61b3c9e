import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type { Started } from "../src/analysis/finding.ts";
import { rowNamed } from "../src/operations/kinds.ts";
import {
	instancesNamedBy,
	type OperationRequest,
} from "../src/planning/operation.ts";
import { operationWorkflowId } from "./names.ts";
import { splitStart } from "./operation-start.ts";

/** A run under a cluster's one operation id. */
export interface FoundRun {
	readonly runId: string;
	/** What it was asked for; undefined where it names no servers. */
	readonly started: Started | undefined;
}

export type FindRunning = (identity: string) => Promise<FoundRun | undefined>;

/** Whoever can reach Temporal can start the workflow: one that names no servers fails at once. One of another version may hang. */
const isWhole = (request: OperationRequest): boolean => {
	if (rowNamed(request.kind) === undefined) return true;
	try {
		return instancesNamedBy(request).every((each) => typeof each === "string");
	} catch {
		return false;
	}
};

/** The one operation of a cluster that runs, whoever started it, with what it was asked for; undefined when none runs. */
export const createFindRunning =
	(client: Client): FindRunning =>
	async (identity) => {
		const workflowId = operationWorkflowId(identity);
		try {
			const { status, runId, type } = await client.workflow
				.getHandle(workflowId)
				.describe();
			if (status.name !== "RUNNING" && status.name !== "PAUSED")
				return undefined;
			const input = await inputOf(client, { workflowId, runId });
			const request = { ...input, kind: type } as OperationRequest;
			return {
				runId,
				started: isWhole(request)
					? { runId, request, says: "it is being dealt with already" }
					: undefined,
			};
		} catch (error) {
			if (error instanceof WorkflowNotFoundError) return undefined;
			throw error;
		}
	};

/** What it was started with, without what its entity has added; that is the first event of its history. */
const inputOf = async (
	{ workflowService, options }: Client,
	execution: { readonly workflowId: string; readonly runId: string },
): Promise<object> => {
	const { history } = await workflowService.getWorkflowExecutionHistory({
		namespace: options.namespace,
		execution,
		maximumPageSize: 1,
	});
	const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
	const [payload] = started?.input?.payloads ?? [];
	if (payload === undefined) return {};
	const given =
		options.loadedDataConverter.payloadConverter.fromPayload<object>(payload);
	return splitStart(given).input;
};

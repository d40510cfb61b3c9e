import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type { Started } from "../src/analysis/finding.ts";
import { operationWorkflowId } from "./names.ts";

export type FindRunning = (identity: string) => Promise<Started | undefined>;

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
			return {
				runId,
				request: { ...input, kind: type } as Started["request"],
				says: "it is being dealt with already",
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
	const { identity, preempt, isUnasked, ...input } =
		options.loadedDataConverter.payloadConverter.fromPayload<
			Record<string, unknown>
		>(payload);
	return input;
};

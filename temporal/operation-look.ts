import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { rowNamed } from "../src/operations/kinds.ts";
import { operationWorkflowId, QUEUES } from "./names.ts";

/** How an operation stands with Temporal, whatever its history says. */
export interface OperationLook {
	readonly isOver: boolean;
	/** Why its workflow cannot go on; empty while it can. */
	readonly stuck: string;
	/** It never will do anything, and has done nothing. */
	readonly isVain: boolean;
	/** Another one as soon as the operation has come further, or what it waits for has told something new. */
	readonly mark: string;
	/** In words. */
	readonly waitsFor: string;
}

/** Tries of a workflow task: after so many the code cannot go on with the history, or nobody works it off. */
const MOST_TRIES = 3;

/** Of what an activity says, characters. */
const LONGEST = 300;

const OVER: OperationLook = {
	isOver: true,
	stuck: "",
	isVain: false,
	mark: "",
	waitsFor: "",
};

export type LookAtOperation = (
	identity: string,
	runId: string,
) => Promise<OperationLook>;

interface Run {
	readonly workflowId: string;
	readonly runId: string;
}

type Description = Awaited<
	ReturnType<ReturnType<Client["workflow"]["getHandle"]>["describe"]>
>;

type Raw = Description["raw"];

type Pending = NonNullable<Raw["pendingActivities"]>[number];

/** Newest events that are looked through for one that tells something. */
const EVENTS = 30;

/**
 * The newest event that is more than a task of the workflow: those follow each other while a local activity is tried again and again.
 * Empty where there is none among so many.
 */
const lastEvent = async (
	{ workflowService, options }: Client,
	execution: Run,
): Promise<string> => {
	const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
		namespace: options.namespace,
		execution,
		maximumPageSize: EVENTS,
	});
	const last = history?.events?.find(
		(each) =>
			!each.workflowTaskScheduledEventAttributes &&
			!each.workflowTaskStartedEventAttributes &&
			!each.workflowTaskCompletedEventAttributes &&
			!each.workflowTaskTimedOutEventAttributes &&
			!each.workflowTaskFailedEventAttributes,
	);
	return last?.eventId?.toString() ?? "";
};

/** What the activity said last, as JSON; empty when it has said nothing. */
const lastWord = ({ heartbeatDetails }: Pending): string =>
	(heartbeatDetails?.payloads ?? [])
		.map(({ data }) => Buffer.from(data ?? []).toString("utf8"))
		.join(" ");

const pendingIn = ({ pendingActivities }: Raw): readonly Pending[] =>
	pendingActivities ?? [];

/** Tries are left out: what is tried again and again does not go on. */
const markOf = (raw: Raw, event: string): string =>
	[
		event,
		...pendingIn(raw).map((each) => `${each.activityId} ${lastWord(each)}`),
	].join("; ");

const waitsForIn = (raw: Raw): string =>
	pendingIn(raw)
		.map((each) => {
			const failure = each.lastFailure?.message ?? "";
			const word = failure === "" ? lastWord(each) : failure;
			const tries = Number(each.attempt ?? 1);
			return [
				`${each.activityType?.name ?? ""}${tries > 1 ? `, tried ${tries} times` : ""}`,
				...(word === "" ? [] : [word.slice(0, LONGEST)]),
			].join(": ");
		})
		.join("; ") ||
	"what it does within its workflow: taking the cluster, or recording its end";

/**
 * Whoever can reach Temporal can start a workflow under the id, in ways that no operation is started. What is but slow is none of them: a
 * busy machine loses tasks again and again, and what was begun within one of them leaves no event.
 * @returns why nothing will come of it; empty where something may
 */
const vainIn = (
	{ taskQueue, executionTime }: Description,
	nowMs: number,
): string => {
	if (taskQueue !== QUEUES.operate)
		return `it was started on the task queue ${taskQueue}: operations are worked off from ${QUEUES.operate}`;
	return executionTime !== undefined && executionTime.getTime() > nowMs
		? `it was started to begin at ${executionTime.toISOString()}: an operation begins at once`
		: "";
};

/** Events of a history that are looked through for its first tasks. */
const FIRST_EVENTS = 50;

/**
 * Some workflow of another name under the id, whose first task has failed: whoever took it up knows nothing of the kind. One that only a newer
 * version knows has begun when a node of that version took it up, whatever others make of it later. The tries that follow say nothing for
 * long: the SDK tells of the first failure alone.
 */
const isStrange = async (
	{ workflowService, options }: Client,
	execution: Run,
	{ type }: Description,
): Promise<boolean> => {
	if (rowNamed(type) !== undefined) return false;
	const { history } = await workflowService.getWorkflowExecutionHistory({
		namespace: options.namespace,
		execution,
		maximumPageSize: FIRST_EVENTS,
	});
	const events = history?.events ?? [];
	return (
		events.some((each) => each.workflowTaskFailedEventAttributes) &&
		!events.some((each) => each.workflowTaskCompletedEventAttributes)
	);
};

const strangeSays = ({ type }: Description): string =>
	`no node knows operations of type ${type}`;

const stuckIn = ({ status, raw }: Description): string => {
	const tries = Number(raw.pendingWorkflowTask?.attempt ?? 0);
	// A person who has paused it knows why.
	return tries < MOST_TRIES || status.name === "PAUSED"
		? ""
		: `its workflow task was tried ${tries} times and does not come to its end`;
};

export const createOperationLook =
	(client: Client, nowMs: () => number = Date.now): LookAtOperation =>
	async (identity, runId) => {
		try {
			const run = { workflowId: operationWorkflowId(identity), runId };
			const description = await client.workflow
				.getHandle(run.workflowId, runId)
				.describe();
			const { status, raw } = description;
			const isPaused = status.name === "PAUSED";
			if (status.name !== "RUNNING" && !isPaused) return OVER;
			const vain = (await isStrange(client, run, description))
				? strangeSays(description)
				: vainIn(description, nowMs());
			return {
				isOver: false,
				stuck: vain === "" ? stuckIn(description) : vain,
				isVain: vain !== "",
				mark: markOf(raw, await lastEvent(client, run)),
				waitsFor: isPaused
					? "whoever has paused it in Temporal"
					: waitsForIn(raw),
			};
		} catch (error) {
			if (error instanceof WorkflowNotFoundError) return OVER;
			throw error;
		}
	};

export type EndOperation = (
	identity: string,
	runId: string,
	says: string,
) => Promise<void>;

/** Ends the run as it is: nothing of it is taken back. One that is over already stays as it is. */
export const createOperationEnd =
	(client: Client): EndOperation =>
	async (identity, runId, says) => {
		try {
			await client.workflow
				.getHandle(operationWorkflowId(identity), runId)
				.terminate(says);
		} catch (error) {
			if (!(error instanceof WorkflowNotFoundError)) throw error;
		}
	};

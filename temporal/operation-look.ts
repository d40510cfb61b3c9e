import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { operationWorkflowId, QUEUES } from "./names.ts";

/** How an operation stands with Temporal, whatever its history says. */
export interface OperationLook {
	readonly isOver: boolean;
	/** Why its workflow cannot go on; empty while it can. */
	readonly stuck: string;
	/** Something of it was run, so that it may have changed something. */
	readonly hasBegun: boolean;
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
	hasBegun: true,
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

type HistoryEvent = NonNullable<
	NonNullable<
		Awaited<
			ReturnType<
				Client["workflowService"]["getWorkflowExecutionHistoryReverse"]
			>
		>["history"]
	>["events"]
>[number];

const isTask = (event: HistoryEvent): boolean =>
	Boolean(
		event.workflowTaskScheduledEventAttributes ||
			event.workflowTaskStartedEventAttributes ||
			event.workflowTaskCompletedEventAttributes ||
			event.workflowTaskTimedOutEventAttributes ||
			event.workflowTaskFailedEventAttributes,
	);

/** Others have done it to the run: none of its own code was needed. */
const isFromOutside = (event: HistoryEvent): boolean =>
	Boolean(
		event.workflowExecutionStartedEventAttributes ||
			event.workflowExecutionCancelRequestedEventAttributes ||
			event.workflowExecutionSignaledEventAttributes,
	);

/**
 * The newest event that is more than a task of the workflow: those follow each other while a local activity is tried again and again.
 * Empty where there is none among so many.
 */
const lastEventIn = (newest: readonly HistoryEvent[]): string =>
	newest.find((each) => !isTask(each))?.eventId?.toString() ?? "";

/** @param newest events of the run; where there are more than these, it has begun */
const hasBegunIn = (newest: readonly HistoryEvent[]): boolean =>
	newest.some((each) => !isTask(each) && !isFromOutside(each)) ||
	newest.every((each) => !each.workflowExecutionStartedEventAttributes);

const newestEvents = async (
	{ workflowService, options }: Client,
	execution: Run,
): Promise<readonly HistoryEvent[]> => {
	const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
		namespace: options.namespace,
		execution,
		maximumPageSize: EVENTS,
	});
	return history?.events ?? [];
};

/** Whoever can reach Temporal can start a workflow under the id, in ways that no operation is started. */
const neverBegins = (
	{ taskQueue, executionTime }: Description,
	nowMs: number,
): string => {
	if (taskQueue !== QUEUES.operate)
		return `it was started on the task queue ${taskQueue}: operations are worked off from ${QUEUES.operate}`;
	return executionTime !== undefined && executionTime.getTime() > nowMs
		? `it was started to begin at ${executionTime.toISOString()}: an operation begins at once`
		: "";
};

const stuckIn = (description: Description, nowMs: number): string => {
	// A person who has paused it knows why.
	if (description.status.name === "PAUSED") return "";
	const tries = Number(description.raw.pendingWorkflowTask?.attempt ?? 0);
	return tries < MOST_TRIES
		? neverBegins(description, nowMs)
		: `its workflow task was tried ${tries} times and does not come to its end`;
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
			const newest = await newestEvents(client, run);
			return {
				isOver: false,
				stuck: stuckIn(description, nowMs()),
				hasBegun: hasBegunIn(newest),
				mark: markOf(raw, lastEventIn(newest)),
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

// What Temporal recorded about an operation: when it was asked for, when each
// activity ran, and how it ended. The times are those of the Temporal server.

import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import type {
	Concluded,
	PhasesInput,
	PhasesOutput,
} from "../src/engine/contract.ts";
import type { PrimaryChanged, RequestOf } from "../src/planning/operation.ts";
import { clusterWorkflowId, operationWorkflowId } from "../temporal/names.ts";

/**
 * All times: milliseconds since the epoch. A local activity leaves a marker only: its times are those of the workflow task
 * that it ran in, with whatever else that task did.
 */
export interface RecordedActivity {
	/** `begin`, `conclude` …, or what a step did: `stopReceiver`, `open` … */
	readonly name: string;
	/** "host:port" of each server that it acted on; none for one about the store. */
	readonly on: readonly string[];
	readonly scheduledAtMs: number;
	readonly startedAtMs: number;
	readonly endedAtMs: number;
}

export interface OperationRecord {
	/** Written by the watcher; a takeover has none. */
	readonly noticedAtMs: number | undefined;
	readonly declaredAtMs: number | undefined;
	/** The finding is in the history of the cluster's entity. */
	readonly toldAtMs: number | undefined;
	/** The entity has weighed it and asked for the operation. */
	readonly decidedAtMs: number | undefined;
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	readonly activities: readonly RecordedActivity[];
	readonly outcome: PrimaryChanged;
}

type History = Awaited<
	ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>
>;
type HistoryEvent = NonNullable<History["events"]>[number];

/** undefined as long as no operation of the cluster that began after the moment has ended. */
export const readOperation = async (
	client: Client,
	identity: string,
	afterMs: number,
): Promise<OperationRecord | undefined> => {
	const events = await eventsOf(client, operationWorkflowId(identity));
	const [first] = events;
	const last = events.at(-1);
	if (first === undefined || timeOf(first) < afterMs) return undefined;
	const concluded = concludedIn(last);
	if (last === undefined || concluded === undefined) return undefined;
	const input = decoded(
		first.workflowExecutionStartedEventAttributes?.input?.payloads?.[0],
	) as Partial<RequestOf<"recovery">>;
	const entity = await eventsOf(client, clusterWorkflowId(identity));
	return {
		noticedAtMs: input.noticedAtMs,
		declaredAtMs: input.declaredAtMs,
		toldAtMs: lastBetween(
			entity.filter((event) => event.workflowExecutionSignaledEventAttributes),
			afterMs,
			timeOf(first),
		),
		decidedAtMs: lastBetween(
			entity.filter(
				(event) => event.startChildWorkflowExecutionInitiatedEventAttributes,
			),
			afterMs,
			timeOf(first),
		),
		startedAtMs: timeOf(first),
		endedAtMs: timeOf(last),
		activities: activitiesOf(events),
		outcome: concluded.outcome as PrimaryChanged,
	};
};

/** One that did not reach its goal has its end in its failure. */
const concludedIn = (last: HistoryEvent | undefined): Concluded | undefined => {
	const { result } = last?.workflowExecutionCompletedEventAttributes ?? {};
	const { failure } = last?.workflowExecutionFailedEventAttributes ?? {};
	const payload = (result ?? failure?.applicationFailureInfo?.details)
		?.payloads?.[0];
	return decoded(payload) as Concluded | undefined;
};

/** None when there is no such workflow. */
const eventsOf = async (
	client: Client,
	workflowId: string,
): Promise<HistoryEvent[]> => {
	try {
		const history = await client.workflow.getHandle(workflowId).fetchHistory();
		return history.events ?? [];
	} catch (error) {
		if (error instanceof WorkflowNotFoundError) return [];
		throw error;
	}
};

const lastBetween = (
	events: readonly HistoryEvent[],
	fromMs: number,
	toMs: number,
): number | undefined =>
	events
		.map(timeOf)
		.filter((atMs) => atMs >= fromMs && atMs <= toMs)
		.at(-1);

const activitiesOf = (events: readonly HistoryEvent[]): RecordedActivity[] => {
	const byId = new Map(events.map((event) => [String(event.eventId), event]));
	let taskStartedAtMs = 0;
	return events.flatMap((event) => {
		if (event.workflowTaskStartedEventAttributes)
			taskStartedAtMs = timeOf(event);
		return event.markerRecordedEventAttributes
			? localActivity(event, taskStartedAtMs)
			: completedActivity(event, byId);
	});
};

const completedActivity = (
	event: HistoryEvent,
	byId: ReadonlyMap<string, HistoryEvent>,
): RecordedActivity[] => {
	const completed = event.activityTaskCompletedEventAttributes;
	const scheduled = byId.get(String(completed?.scheduledEventId));
	const started = byId.get(String(completed?.startedEventId));
	const task = scheduled?.activityTaskScheduledEventAttributes;
	if (scheduled === undefined || started === undefined || !task) return [];
	const whole: RecordedActivity = {
		name: task.activityType?.name ?? "",
		on: [],
		scheduledAtMs: timeOf(scheduled),
		startedAtMs: timeOf(started),
		endedAtMs: timeOf(event),
	};
	return whole.name === "runPhases"
		? stepsOf(
				whole,
				decoded(task.input?.payloads?.[0]) as PhasesInput,
				decoded(completed?.result?.payloads?.[0]) as PhasesOutput,
			)
		: [whole];
};

/** The steps by the times that they tell themselves; all of them were asked for before, and told as done after. */
const stepsOf = (
	{ scheduledAtMs }: RecordedActivity,
	{ phases }: PhasesInput,
	ran: PhasesOutput,
): RecordedActivity[] =>
	ran.flatMap(({ answers }, nth) =>
		answers.flatMap(({ startedAtMs, endedAtMs }, at) => {
			const step = phases[nth]?.steps[at];
			return step === undefined
				? []
				: [
						{
							name: step.do,
							on: [step.on],
							scheduledAtMs,
							startedAtMs,
							endedAtMs,
						},
					];
		}),
	);

/** The SDK's own marker: its name and the key of its details are not part of the API. */
const localActivity = (
	event: HistoryEvent,
	taskStartedAtMs: number,
): RecordedActivity[] => {
	const marker = event.markerRecordedEventAttributes;
	const data = decoded(marker?.details?.["data"]?.payloads?.[0]) as
		| { readonly activity_type?: string }
		| undefined;
	if (data?.activity_type === undefined) return [];
	return [
		{
			name: data.activity_type,
			on: [],
			scheduledAtMs: taskStartedAtMs,
			startedAtMs: taskStartedAtMs,
			endedAtMs: timeOf(event),
		},
	];
};

type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

const decoded = (payload: Payload | null | undefined): unknown =>
	payload === null || payload === undefined
		? undefined
		: defaultPayloadConverter.fromPayload(payload);

const timeOf = (event: HistoryEvent): number =>
	Number(event.eventTime?.seconds ?? 0) * 1000 +
	Number(event.eventTime?.nanos ?? 0) / 1e6;

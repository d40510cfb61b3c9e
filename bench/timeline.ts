// What happened when, counted from the failure. Pure.

import type { OperationActivities } from "../activities/operation-activities.ts";
import type { StepActivities } from "../activities/step-activities.ts";
import type { ServerStepKinds } from "../src/planning/server-steps.ts";
import type { StepKind } from "../src/planning/step.ts";
import type { OperationRecord, RecordedActivity } from "./operation-record.ts";
import { rounded } from "./statistics.ts";

export interface TimelineEntry {
	/** Milliseconds after the failure. */
	readonly atMs: number;
	readonly says: string;
	/** How long it took, where it was not a moment. */
	readonly tookMs?: number;
}

export interface Moments {
	readonly record: OperationRecord;
	/** Milliseconds since the epoch, as all times of the record. */
	readonly failedAtMs: number;
	readonly firstWriteAtMs: number | undefined;
	/** What was done to the primary: "killed 127.0.0.1:3306". */
	readonly says: string;
}

/** What Temporal runs of an operation; its phases are told by their steps. */
type RecordedName =
	// Those that change one server are in no failover.
	| Exclude<StepKind, keyof ServerStepKinds>
	| keyof OperationActivities
	| Exclude<keyof StepActivities, "runPhases">;

/** Whole by type: a step or an activity that comes to be has to be told in words, too. */
const WORDS: Readonly<Record<RecordedName, string>> = {
	begin: "take the cluster, look at it and plan",
	replan: "plan by what the replicas hold",
	openRecovery: "register the recovery",
	runHooks: "run hooks",
	stopReceiver: "stop receiving:",
	startReceiver: "start receiving again:",
	startReplication: "start replication again:",
	setDelay: "set the delay:",
	applyReceived: "apply all that was received:",
	open: "make writable:",
	moveBelow: "move below the new primary:",
	matchBelow: "move below the new primary:",
	close: "make read-only:",
	handOver: "block writes, let the new primary catch up, open it:",
	findCredential: "find the replication account:",
	forgetSource: "forget the old source:",
	fitSemiSync: "see that enough replicas acknowledge:",
	endSemiSync: "end the source side of semi-sync:",
	account: "find out whether it is writable:",
	primaryChanged: "tell who is the primary",
	conclude: "record the end, let go of the cluster",
	release: "let go of the cluster",
};

const isRecorded = (name: string): name is RecordedName =>
	Object.hasOwn(WORDS, name);

/** In the order of time; a step stands where it ended. */
export const timelineOf = (moments: Moments): TimelineEntry[] => {
	const { record, failedAtMs } = moments;
	const at = (
		momentMs: number | undefined,
		says: string,
		tookMs?: number,
	): TimelineEntry[] =>
		momentMs === undefined
			? []
			: [
					{
						atMs: rounded(momentMs - failedAtMs),
						says,
						...(tookMs === undefined ? {} : { tookMs: rounded(tookMs) }),
					},
				];
	const repointedAtMs = lastEnd(record, "moveBelow");
	return [
		...at(failedAtMs, moments.says),
		...at(record.noticedAtMs, "noticed"),
		...at(record.declaredAtMs, "declared dead"),
		...at(record.startedAtMs, "operation started"),
		...record.activities.flatMap((activity) =>
			at(activity.endedAtMs, sentenceOf(activity), tookOf(activity)),
		),
		...at(moments.firstWriteAtMs, "FIRST SUCCESSFUL WRITE on the new primary"),
		...at(repointedAtMs, "all replicas repointed"),
		...at(record.endedAtMs, "operation ended"),
	].sort((a, b) => a.atMs - b.atMs);
};

/** One line each, with a column for the time and one for the duration. */
export const formatTimeline = (entries: readonly TimelineEntry[]): string[] =>
	entries.map(({ atMs, says, tookMs }) => {
		const took = tookMs === undefined ? "" : `  (${tookMs.toFixed(0)} ms)`;
		return `${atMs.toFixed(0).padStart(7)} ms  ${says}${took}`;
	});

/** When the last activity of that name ended; undefined when there was none. */
const lastEnd = (record: OperationRecord, name: string): number | undefined =>
	record.activities
		.filter((activity) => activity.name === name)
		.map(({ endedAtMs }) => endedAtMs)
		.sort((a, b) => b - a)[0];

const tookOf = ({ endedAtMs, startedAtMs }: RecordedActivity): number =>
	endedAtMs - startedAtMs;

const sentenceOf = ({ name, on }: RecordedActivity): string => {
	return `  ${[isRecorded(name) ? WORDS[name] : name, ...on].join(" ")}`;
};

/** Numbers of one run: each moment in milliseconds after the failure, each activity's duration in `…_took_ms`. */
export const columnsOf = (
	record: OperationRecord,
	fromMs: number,
): Record<string, number> => {
	const columns: Record<string, number> = {};
	const put = (name: string, momentMs: number | undefined) => {
		if (momentMs !== undefined) columns[name] = rounded(momentMs - fromMs);
	};
	put("noticed_ms", record.noticedAtMs);
	put("detect_ms", record.declaredAtMs);
	put("told_ms", record.toldAtMs);
	put("decided_ms", record.decidedAtMs);
	put("started_ms", record.startedAtMs);
	for (const name of new Set(record.activities.map((each) => each.name))) {
		const all = record.activities.filter((each) => each.name === name);
		const key = snakeCase(name);
		const from = Math.min(...all.map((each) => each.scheduledAtMs));
		const to = Math.max(...all.map((each) => each.endedAtMs));
		put(`${key}_asked_ms`, from);
		put(`${key}_done_ms`, to);
		columns[`${key}_took_ms`] = rounded(to - from);
	}
	put("repointed_ms", lastEnd(record, "moveBelow"));
	put("ended_ms", record.endedAtMs);
	return columns;
};

const snakeCase = (name: string): string =>
	name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

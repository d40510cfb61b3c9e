// How much a Temporal server has recorded for a Baton, and how large its file is.

import { join } from "node:path";
import type { Client } from "@temporalio/client";
import SqliteFile from "better-sqlite3";
import { SIGNALS } from "../temporal/names.ts";

/** All since the beginning. */
export interface Recorded {
	/** In the histories of Baton's workflows, by the kind of workflow. */
	readonly events: Readonly<Record<string, number>>;
	/** In those of Temporal's own workflows behind the Schedules, which no list of workflows shows. */
	readonly scheduler: number;
	/** How often a watcher has told an entity of findings. */
	readonly tellings: number;
}

/** How many events a run has so far: lists know it of those that are closed. */
const lengthOf = async (
	client: Client,
	run: { readonly workflowId: string; readonly runId: string },
): Promise<number> => {
	const { historyLength } = await client.workflow
		.getHandle(run.workflowId, run.runId)
		.describe();
	return historyLength;
};

const tellingsIn = async (
	client: Client,
	run: { readonly workflowId: string; readonly runId: string },
): Promise<number> => {
	const { events } = await client.workflow
		.getHandle(run.workflowId, run.runId)
		.fetchHistory();
	return (events ?? []).filter(
		(each) =>
			each.workflowExecutionSignaledEventAttributes?.signalName ===
			SIGNALS.analysisChanged,
	).length;
};

export const recordedBy = async (client: Client): Promise<Recorded> => {
	const events: Record<string, number> = {};
	let tellings = 0;
	for await (const run of client.workflow.list()) {
		const length = await lengthOf(client, run);
		events[run.type] = (events[run.type] ?? 0) + length;
		if (run.type === "cluster") tellings += await tellingsIn(client, run);
	}
	let scheduler = 0;
	for await (const run of client.workflow.list({
		query: "TemporalNamespaceDivision = 'TemporalScheduler'",
	}))
		scheduler += await lengthOf(client, run);
	return { events, scheduler, tellings };
};

/** Bytes in use in the embedded server's database, with what is only in its write-ahead log yet. */
export const bytesInUse = (directory: string): number => {
	const file = new SqliteFile(join(directory, "temporal", "temporal.db"), {
		readonly: true,
	});
	try {
		const [pages, free, size] = [
			"page_count",
			"freelist_count",
			"page_size",
		].map((name) => Number(file.pragma(name, { simple: true })));
		return ((pages ?? 0) - (free ?? 0)) * (size ?? 0);
	} finally {
		file.close();
	}
};

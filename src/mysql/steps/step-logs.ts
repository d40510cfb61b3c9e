import type { ServerLogs } from "../../topology/pseudo-gtid/event-log.ts";
import { createServerLogs } from "../log-events.ts";
import type { Reader } from "../step-session.ts";
import type { StepRun } from "./step-context.ts";

/** One chunk of a log may take so long, and all that a step reads of one server. Milliseconds. */
const CHUNK_MS = 30_000;
const SEARCH_MS = 300_000;

/** The logs of the server that the session is open to. */
export const logsOf = (run: StepRun, reader: Reader): ServerLogs =>
	createServerLogs(
		{
			server: reader.server,
			query: (sql, values, deadlineMs) =>
				reader.read({ sql, values }, deadlineMs),
		},
		reader.dialect,
		{
			chunkRows: run.logChunkRows,
			deadlineMs: CHUNK_MS,
			budgetMs: SEARCH_MS,
			nowMs: run.nowMs,
			onProgress: run.beat,
		},
	);

import { errors } from "../errors.ts";
import type { Row } from "./answer.ts";
import type { Statement } from "./dialect.ts";
import type { Session } from "./session.ts";

/** What logs are read over. */
export type LogSession = Pick<Session, "server"> & {
	readonly query: (
		sql: string,
		values: Statement["values"],
		deadlineMs: number,
	) => Promise<Row[]>;
};

export interface LogReadingOptions {
	/** The most rows of one query (BinlogEventsChunkSize). */
	readonly chunkRows: number;
	/** Longest wait for one query. */
	readonly deadlineMs: number;
	/** Longest time for everything that is read. */
	readonly budgetMs: number;
	readonly nowMs: () => number;
	/** Told what has been read when it takes long, one line. */
	readonly onProgress: (text: string) => void;
}

/** A first chunk of long statements must not be large either. */
const FIRST_ROWS = 100;

/** Text of a chunk that is aimed at, characters. */
const CHUNK_TEXT = 4 * 1024 * 1024;

const PROGRESS_EVERY_MS = 5_000;

const textLength = (rows: readonly Row[]): number =>
	rows.reduce((sum, row) => sum + String(row["Info"] ?? "").length, 0);

/** The queries of one reading. */
export interface LogReading {
	/** How many rows the next one may ask for. */
	rows(): number;
	/**
	 * @param file for the word of progress; empty for a query that reads no events
	 * @throws ServerFault; BatonError Refused when the time for all is over
	 */
	ask(statement: Statement, file: string): Promise<Row[]>;
}

export const createLogReading = (
	session: LogSession,
	options: LogReadingOptions,
): LogReading => {
	const { nowMs, budgetMs, chunkRows } = options;
	const startedAtMs = nowMs();
	let toldAtMs = startedAtMs;
	let read = 0;
	let rows = Math.min(FIRST_ROWS, chunkRows);

	/** Doubles while chunks are small, and shrinks at once with their text. */
	const adapt = (answer: readonly Row[]): void => {
		const fitting = Math.floor(
			(answer.length * CHUNK_TEXT) / Math.max(1, textLength(answer)),
		);
		rows = Math.max(1, Math.min(rows * 2, fitting, chunkRows));
	};

	const tell = (file: string): void => {
		const now = nowMs();
		if (now - toldAtMs < PROGRESS_EVERY_MS) return;
		toldAtMs = now;
		const seconds = Math.round((now - startedAtMs) / 1000);
		options.onProgress(
			`still reading the logs of ${session.server}: ${file}, ${read} events in ${seconds} s`,
		);
	};

	return {
		rows: () => rows,
		ask: async ({ sql, values }, file) => {
			if (nowMs() - startedAtMs > budgetMs)
				throw errors.logsTooLong({
					server: session.server,
					seconds: Math.round(budgetMs / 1000),
					count: read,
					file,
				});
			const answer = await session.query(sql, values, options.deadlineMs);
			if (file === "") return answer;
			read += answer.length;
			if (answer.length > 0) adapt(answer);
			tell(file);
			return answer;
		},
	};
};

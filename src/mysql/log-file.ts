/**
 * One file of a binary or relay log, event by event. Invariants:
 * 1. A file is never fetched whole: one query brings a chunk, which is bounded by rows and, after the first, by text.
 * 2. The next chunk begins with the last row of the one before, which must be the same. So the end of an event need not be known,
 *    which a relay log does not tell, and a log that was begun anew meanwhile is noticed.
 */

import { type BatonError, errors } from "../errors.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { LogEvent } from "../topology/pseudo-gtid/event-log.ts";
import type { Row, Value } from "./answer.ts";
import { countOf, textOf } from "./cell.ts";
import type { Statement } from "./dialect.ts";
import { ServerFault } from "./driver-error.ts";
import type { LogReading } from "./log-reading.ts";

/** A statement that lists events, with the part that names file, place and number of rows. */
type Listing = (where: Statement) => Statement;

/** The logs that a listing lists. */
export interface LogSource {
	readonly server: InstanceName;
	readonly listing: Listing;
	readonly reading: LogReading;
}

/** ER_ERROR_WHEN_EXECUTING_COMMAND: no such file, or no event at the position. */
const NOT_THERE = 1220;

export const isNotThere = (error: unknown): error is ServerFault =>
	error instanceof ServerFault && error.errno === NOT_THERE;

const eventOf = (row: Row): LogEvent => ({
	file: textOf(row, "Log_name"),
	position: countOf(row, "Pos"),
	nextPosition: undefined,
	type: textOf(row, "Event_type"),
	serverId: countOf(row, "Server_id"),
	endPosition: countOf(row, "End_log_pos"),
	// Statements are compared whole; a chunk is what bounds them.
	info: typeof row["Info"] === "string" ? row["Info"] : textOf(row, "Info"),
});

/** Whether a row is an event within the transaction that was told as a payload before. */
const isWithin = (event: LogEvent, payload: LogEvent | undefined): boolean =>
	payload !== undefined &&
	event.position > payload.position &&
	event.endPosition === payload.endPosition;

const isSameRow = (a: LogEvent, b: LogEvent | undefined): boolean =>
	a.type === b?.type && a.endPosition === b.endPosition && a.info === b.info;

const rowsOf = async (
	{ listing, reading }: LogSource,
	file: string,
	where: string,
	values: readonly Value[],
): Promise<LogEvent[]> =>
	(
		await reading.ask(
			listing({ sql: `IN ?${where}`, values: [file, ...values] }),
			file,
		)
	).map(eventOf);

const changedMeanwhile = (source: LogSource, file: string): BatonError =>
	errors.logChanged({ server: source.server, file });

/** The first rows. MariaDB refuses a place where no event begins; MySQL answers from a later one. */
const firstChunk = async (
	source: LogSource,
	file: string,
	start: number | undefined,
	rows: number,
): Promise<LogEvent[]> => {
	try {
		if (start === undefined)
			return await rowsOf(source, file, " LIMIT ?", [rows]);
		const chunk = await rowsOf(source, file, " FROM ? LIMIT ?", [start, rows]);
		if (chunk[0]?.position === start) return chunk;
	} catch (error) {
		if (!isNotThere(error)) throw error;
		if (start === undefined) throw changedMeanwhile(source, file);
	}
	throw errors.noEvent({ place: `${file}:${start}`, server: source.server });
};

/** The last event told: where it, or the transaction around it, begins, and how many rows were told from there on. */
interface Told {
	readonly event: LogEvent;
	readonly rows: number;
	readonly payload: LogEvent | undefined;
}

const nextTold = (row: LogEvent, last: Told | undefined): Told => {
	if (last !== undefined && isWithin(row, last.payload))
		return {
			...last,
			event: { ...row, position: last.event.position },
			rows: last.rows + 1,
		};
	const isPayload = row.type === "Transaction_payload";
	return { event: row, rows: 1, payload: isPayload ? row : undefined };
};

/** The rows behind the last one told. */
const furtherChunk = async (
	source: LogSource,
	{ event, rows: told }: Told,
	rows: number,
): Promise<LogEvent[]> => {
	const { file, position } = event;
	try {
		const [again, ...further] = await rowsOf(
			source,
			file,
			" FROM ? LIMIT ?, ?",
			[position, told - 1, rows + 1],
		);
		if (isSameRow(event, again)) return further;
	} catch (error) {
		if (!isNotThere(error)) throw error;
	}
	throw changedMeanwhile(source, file);
};

/**
 * The events of a file in order, from the one that begins at `start` on. The last has no next position.
 * @throws ServerFault; BatonError BadInput when no event begins there, Refused when the file is removed
 */
export async function* readLogFile(
	source: LogSource,
	file: string,
	start?: number,
): AsyncGenerator<LogEvent, void, undefined> {
	let last: Told | undefined;
	let isOver = false;
	while (!isOver) {
		const rows = source.reading.rows();
		const chunk: LogEvent[] =
			last === undefined
				? await firstChunk(source, file, start, rows)
				: await furtherChunk(source, last, rows);
		isOver = chunk.length < rows;
		for (const row of chunk) {
			if (last !== undefined)
				yield { ...last.event, nextPosition: row.position };
			last = nextTold(row, last);
		}
	}
	if (last !== undefined) yield last.event;
}

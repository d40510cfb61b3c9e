/**
 * Binary and relay logs, read event by event. Invariants:
 * 1. A log is never fetched whole: one query brings a chunk, which is bounded by rows and, after the first, by text.
 * 2. The next chunk begins with the last event of the one before, whose rows are dropped. So it needs neither the end of an event,
 *    which a relay log does not tell, nor that the server counts the events within a compressed transaction as rows.
 * 3. Each query has a deadline, and all together have one.
 */
import { BatonError } from "../errors.ts";
import { nextBinlogFile } from "../topology/coordinates.ts";
import type {
	EventLog,
	LogEvent,
	ServerLogs,
} from "../topology/pseudo-gtid/event-log.ts";
import { countOf, textOf } from "./cell.ts";
import type { Dialect, Statement } from "./dialect.ts";
import { ServerFault } from "./driver-error.ts";
import { createLogReading, type LogReadingOptions } from "./log-reading.ts";
import type { Row, Session } from "./session.ts";

/** ER_ERROR_WHEN_EXECUTING_COMMAND: no such file, or no event at the position. */
const NOT_THERE = 1220;

const isNotThere = (error: unknown): error is ServerFault =>
	error instanceof ServerFault && error.errno === NOT_THERE;

/** More relay logs than this are no state to search in. */
const RELAY_LOG_LIMIT = 10_000;

/** A statement that lists events, with the part that names file, place and number of rows. */
type Listing = (where: Statement) => Statement;

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

const noEventAt = (file: string, from: number, server: string): BatonError =>
	new BatonError(
		"BadInput",
		`no event begins at ${file}:${from} of ${server}; give the position of one, as SHOW BINLOG EVENTS tells it`,
	);

export const createServerLogs = (
	session: Session,
	dialect: Dialect,
	options: LogReadingOptions,
): ServerLogs => {
	const { server } = session;
	const reading = createLogReading(session, options);

	const chunkOf = async (
		listing: Listing,
		file: string,
		from: number | undefined,
		rows: number,
	): Promise<LogEvent[]> =>
		(
			await reading.ask(
				listing({
					sql: from === undefined ? "IN ? LIMIT ?" : "IN ? FROM ? LIMIT ?",
					values: from === undefined ? [file, rows] : [file, from, rows],
				}),
				file,
			)
		).map(eventOf);

	/** MariaDB refuses a place where no event begins; MySQL answers from a later one. */
	const firstChunk = async (
		listing: Listing,
		file: string,
		from: number | undefined,
		rows: number,
	): Promise<LogEvent[]> => {
		try {
			const chunk = await chunkOf(listing, file, from, rows);
			if (from === undefined || chunk[0]?.position === from) return chunk;
		} catch (error) {
			if (!isNotThere(error)) throw error;
			if (from === undefined)
				throw new BatonError(
					"Refused",
					`${server} cannot show its log ${file}: ${error.message}; it may have been removed meanwhile, try again`,
				);
		}
		throw noEventAt(file, from, server);
	};

	async function* read(
		listing: Listing,
		file: string,
		start?: number,
	): AsyncGenerator<LogEvent, void, undefined> {
		let held: LogEvent | undefined;
		let payload: LogEvent | undefined;
		/** Where the last event begins, and how many rows were told of it. */
		let from = start;
		let told = 0;
		for (;;) {
			const asked = reading.rows() + told;
			const chunk = await (held === undefined ? firstChunk : chunkOf)(
				listing,
				file,
				from,
				asked,
			);
			const isLast = chunk.length < asked;
			for (const row of chunk.slice(told)) {
				const inPayload = isWithin(row, payload);
				if (held !== undefined) yield { ...held, nextPosition: row.position };
				if (!inPayload) {
					payload = row.type === "Transaction_payload" ? row : undefined;
					from = row.position;
					told = 0;
				}
				told++;
				held = { ...row, position: from ?? row.position };
			}
			if (isLast) break;
		}
		if (held !== undefined) yield held;
	}

	const binaryListing: Listing = ({ sql, values }) => ({
		sql: `SHOW BINLOG EVENTS ${sql}`,
		values,
	});

	const binary: EventLog = {
		kind: "binary",
		owner: server,
		files: async () =>
			(await reading.ask({ sql: "SHOW BINARY LOGS", values: [] }, "")).map(
				(row) => textOf(row, "Log_name"),
			),
		read: async function* (file, from) {
			// Its own log: the last event ends where it says.
			for await (const event of read(binaryListing, file, from))
				yield event.nextPosition === undefined
					? { ...event, nextPosition: event.endPosition }
					: event;
		},
	};

	const relayFiles = async (listing: Listing): Promise<string[]> => {
		const [first] = await reading.ask(
			listing({ sql: "LIMIT 1", values: [] }),
			"",
		);
		const files: string[] = [];
		let file = first === undefined ? undefined : textOf(first, "Log_name");
		// No statement lists them: their names are counted on until there is none.
		while (file !== undefined && files.length < RELAY_LOG_LIMIT) {
			files.push(file);
			const next = nextBinlogFile(file);
			const isThere =
				next !== undefined &&
				(await chunkOf(listing, next, undefined, 1).then(
					() => true,
					(error: unknown) => {
						if (isNotThere(error)) return false;
						throw error;
					},
				));
			file = isThere ? next : undefined;
		}
		return files;
	};

	return {
		binary,
		relay: (channel) => {
			const listing: Listing = (where) =>
				dialect.relayLogEvents(channel, where);
			return {
				kind: "relay",
				owner: server,
				files: () => relayFiles(listing),
				read: (file, from) => read(listing, file, from),
			};
		},
	};
};

/** The binary and relay logs of a server, over one session; each query has a deadline, and all together have one. */
import { nextBinlogFile } from "../topology/coordinates.ts";
import type {
	EventLog,
	ServerLogs,
} from "../topology/pseudo-gtid/event-log.ts";
import { textOf } from "./cell.ts";
import type { Dialect } from "./dialect.ts";
import { isNotThere, type LogSource, readLogFile } from "./log-file.ts";
import {
	createLogReading,
	type LogReadingOptions,
	type LogSession,
} from "./log-reading.ts";

/** More relay logs than this are not searched. */
const RELAY_LOG_LIMIT = 10_000;

const binaryLog = (source: LogSource): EventLog => ({
	kind: "binary",
	owner: source.server,
	files: async () =>
		(await source.reading.ask({ sql: "SHOW BINARY LOGS", values: [] }, "")).map(
			(row) => textOf(row, "Log_name"),
		),
	read: async function* (file, from) {
		// It is the server's own log: the last event ends where it says.
		for await (const event of readLogFile(source, file, from))
			yield event.nextPosition === undefined
				? { ...event, nextPosition: event.endPosition }
				: event;
	},
});

const isThere = async (
	{ reading, listing }: LogSource,
	file: string,
): Promise<boolean> => {
	try {
		await reading.ask(listing({ sql: "IN ? LIMIT 1", values: [file] }), "");
		return true;
	} catch (error) {
		if (isNotThere(error)) return false;
		throw error;
	}
};

/** No statement lists relay logs: from the first on their names are counted up until there is none. */
const relayFiles = async (source: LogSource): Promise<string[]> => {
	const { reading, listing } = source;
	const [first] = await reading.ask(
		listing({ sql: "LIMIT 1", values: [] }),
		"",
	);
	const files: string[] = [];
	let file = first === undefined ? undefined : textOf(first, "Log_name");
	while (file !== undefined && files.length < RELAY_LOG_LIMIT) {
		files.push(file);
		const next = nextBinlogFile(file);
		file =
			next !== undefined && (await isThere(source, next)) ? next : undefined;
	}
	return files;
};

const relayLog = (source: LogSource): EventLog => ({
	kind: "relay",
	owner: source.server,
	files: () => relayFiles(source),
	read: (file, from) => readLogFile(source, file, from),
});

/** @param session its server's; ended by a query that misses its deadline */
export const createServerLogs = (
	session: LogSession,
	dialect: Dialect,
	options: LogReadingOptions,
): ServerLogs => {
	const { server } = session;
	const reading = createLogReading(session, options);
	return {
		binary: binaryLog({
			server,
			reading,
			listing: ({ sql, values }) => ({
				sql: `SHOW BINLOG EVENTS ${sql}`,
				values,
			}),
		}),
		relay: (channel) =>
			relayLog({
				server,
				reading,
				listing: (where) => dialect.relayLogEvents(channel, where),
			}),
	};
};

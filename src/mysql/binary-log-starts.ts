import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import { gtidOf, textOf } from "./cell.ts";
import { ServerFault } from "./driver-error.ts";
import { createLogReading, type LogSession } from "./log-reading.ts";

/** The event about earlier transactions is the second of a file, the third of an encrypted one. */
const FIRST_EVENTS = 5;

const EVENTS = new Set(["Previous_gtids", "Gtid_list"]);

/** A server that takes longer for one answer has hung. */
const DEADLINE_MS = 30_000;

/** Of a server with thousands of logs a look at each takes its time; the server holds no lock meanwhile. One that lists them without end is left. */
const BUDGET_MS = 60_000;

/** Of all that was logged before each. A thousand logs of a server with four thousand intervals have as much. Characters. */
const MOST_TEXT = 64 * 1024 * 1024;

/**
 * Every binary log of the server, oldest first, with what was logged before it. Wants REPLICATION SLAVE and REPLICATION
 * CLIENT (MariaDB: BINLOG MONITOR).
 * @throws ServerFault; BatonError Refused when the time for all is over
 */
export const binaryLogStarts = async (
	session: LogSession,
	nowMs: () => number,
): Promise<BinaryLogStart[]> => {
	const reading = createLogReading(session, {
		chunkRows: FIRST_EVENTS,
		deadlineMs: DEADLINE_MS,
		budgetMs: BUDGET_MS,
		nowMs,
		onProgress: () => undefined,
	});
	const logs = await reading.ask({ sql: "SHOW BINARY LOGS", values: [] }, "");
	const starts: BinaryLogStart[] = [];
	let length = 0;
	for (const log of logs) {
		const file = textOf(log, "Log_name");
		const events = await reading.ask(
			{
				sql: `SHOW BINLOG EVENTS IN ? LIMIT ${FIRST_EVENTS}`,
				values: [file],
			},
			file,
		);
		const event = events.find((each) => EVENTS.has(textOf(each, "Event_type")));
		const before = gtidOf(event ?? {}, "Info").replace(/[[\]]/g, "");
		length += before.length;
		if (length > MOST_TEXT)
			throw new ServerFault(
				"refused-by-server",
				`the server tells more than ${MOST_TEXT} characters of GTIDs in the beginnings of its binary logs; Baton reads no more`,
			);
		starts.push({ file, before });
	}
	return starts;
};

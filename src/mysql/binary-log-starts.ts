import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import { gtidOf, textOf } from "./cell.ts";
import type { Session } from "./session.ts";

/** The event about earlier transactions is the second of a file, the third of an encrypted one. */
const FIRST_EVENTS = 5;

const EVENTS = new Set(["Previous_gtids", "Gtid_list"]);

/** Of a server with thousands of logs a look at each takes its time; the server holds no lock meanwhile. */
const DEADLINE_MS = 30_000;

/**
 * Every binary log of the server, oldest first, with what was logged before it. Wants REPLICATION SLAVE and REPLICATION
 * CLIENT (MariaDB: BINLOG MONITOR).
 * @throws ServerFault
 */
export const binaryLogStarts = async (
	session: Session,
): Promise<BinaryLogStart[]> => {
	const logs = await session.query("SHOW BINARY LOGS", [], DEADLINE_MS);
	const starts: BinaryLogStart[] = [];
	for (const log of logs) {
		const file = textOf(log, "Log_name");
		const events = await session.query(
			`SHOW BINLOG EVENTS IN ? LIMIT ${FIRST_EVENTS}`,
			[file],
			DEADLINE_MS,
		);
		const event = events.find((each) => EVENTS.has(textOf(each, "Event_type")));
		starts.push({
			file,
			before: gtidOf(event ?? {}, "Info").replace(/[[\]]/g, ""),
		});
	}
	return starts;
};

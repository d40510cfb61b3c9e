import type { Configuration } from "../src/config/keys.ts";
import { logChunkRows } from "../src/config/pseudo-gtid-rules.ts";
import { binaryLogStarts as readStarts } from "../src/mysql/binary-log-starts.ts";
import { textOf } from "../src/mysql/cell.ts";
import { dialectFor } from "../src/mysql/dialect-for.ts";
import { ServerFault, unreachable } from "../src/mysql/driver-error.ts";
import { createServerLogs } from "../src/mysql/log-events.ts";
import type { LogReadingOptions } from "../src/mysql/log-reading.ts";
import type { BinaryLogStart } from "../src/topology/gtid/holding-logs.ts";
import { type Instance, isLastCheckValid } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { ServerLogs } from "../src/topology/pseudo-gtid/event-log.ts";
import { createServerPort } from "./deps.ts";

/** One server as it is now, over a connection of its own. @throws BatonError ServerUnreachable */
export const lookAt = async (
	config: Configuration,
	name: InstanceName,
): Promise<Instance> => {
	const seen = await createServerPort(() => config).look(name);
	if (!isLastCheckValid(seen)) throw unreachable(name, seen.check);
	return seen;
};

/** Its binary logs. @throws BatonError ServerUnreachable, ServerError */
export const binaryLogStarts = async (
	config: Configuration,
	name: InstanceName,
): Promise<BinaryLogStart[]> => {
	try {
		const session = await createServerPort(() => config).open(name, "look");
		try {
			return await readStarts(session, Date.now);
		} finally {
			session.close();
		}
	} catch (error) {
		throw error instanceof ServerFault ? error.toBatonError(name) : error;
	}
};

/** A server that takes longer for one chunk of a log has hung. */
const LOG_CHUNK_MS = 30_000;

/**
 * Reads a server's logs over a connection of its own, which ends with the work.
 * @param limits how long all reading may take, and who is told what was read when it takes long
 * @throws BatonError ServerUnreachable, ServerError, Refused when the time is over
 */
export const withLogs = async <T>(
	config: Configuration,
	name: InstanceName,
	limits: Pick<LogReadingOptions, "budgetMs" | "onProgress">,
	work: (logs: ServerLogs) => Promise<T>,
): Promise<T> => {
	try {
		const session = await createServerPort(() => config).open(name, "logs");
		try {
			const [row = {}] = await session.query("SELECT @@version AS version");
			return await work(
				createServerLogs(session, dialectFor(textOf(row, "version")), {
					...limits,
					chunkRows: logChunkRows(config),
					deadlineMs: LOG_CHUNK_MS,
					nowMs: Date.now,
				}),
			);
		} finally {
			session.close();
		}
	} catch (error) {
		throw error instanceof ServerFault ? error.toBatonError(name) : error;
	}
};

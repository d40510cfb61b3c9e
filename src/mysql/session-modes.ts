import { serverFault } from "./driver-error.ts";
import { askMaxScaleVersion } from "./maxscale.ts";
import type { Session, SessionOptions } from "./session.ts";

/**
 * What the driver takes for granted when it writes values into a statement: a backslash is an escape, a double quote no quote of
 * names, the text is UTF-8. A server may have been told otherwise (NO_BACKSLASH_ESCAPES, ANSI_QUOTES,
 * skip-character-set-client-handshake), and then a name or password with a quote would end its own quotes. The time zone stays
 * the server's: queries of the configuration may count on it. Messages are English: what they quote of a statement is cut out of them
 * by its English words.
 */
const AS_THE_DRIVER_WRITES =
	"SET SESSION sql_mode = '', SESSION lc_messages = 'en_US', SESSION character_set_client = utf8mb4, SESSION character_set_connection = utf8mb4, SESSION character_set_results = utf8mb4";

/**
 * A binlog router refuses such settings. It is told constant statements, and names of hosts, which have no quotes.
 * @returns the version of the MaxScale whose binlog router a session that may change something is with; empty of any other server
 */
export const pin = async (
	session: Session,
	options: SessionOptions,
	deadlineMs: number,
): Promise<string> => {
	try {
		await session.query(AS_THE_DRIVER_WRITES, [], deadlineMs);
		return "";
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome === "refused-by-server") {
			if (options.severalAtOnce === true) return "";
			const version = await askMaxScaleVersion(session, deadlineMs);
			if (version !== "") return version;
		}
		session.close();
		throw fault;
	}
};

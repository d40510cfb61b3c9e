import { serverFault } from "./driver-error.ts";
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

/** A binlog router refuses such settings, and is told constant statements only. */
export const pin = async (
	session: Session,
	options: SessionOptions,
	deadlineMs: number,
): Promise<void> => {
	try {
		await session.query(AS_THE_DRIVER_WRITES, [], deadlineMs);
	} catch (error) {
		const fault = serverFault(error);
		const isTolerable =
			fault.outcome === "refused-by-server" && options.severalAtOnce === true;
		if (isTolerable) return;
		session.close();
		throw fault;
	}
};

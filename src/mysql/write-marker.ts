import { randomBytes } from "node:crypto";
import type { InstanceName } from "../topology/instance-name.ts";
import { ownMarkerText } from "../topology/pseudo-gtid/own-text.ts";
import type { ServerMark } from "../topology/server-mark.ts";
import { countOf } from "./cell.ts";
import type { Servers } from "./servers.ts";
import { ensureMeant, OPERATION_LOCK } from "./step-connection.ts";

const LIMITS = { connectMs: 1_000, queryMs: 2_000 };

/** What waits for a lock would be written whenever that is given, to a server that may be no primary any more. */
const WAIT_FOR_NO_LOCK = "SET SESSION lock_wait_timeout = 1";

/**
 * The lock of operations, which a step that comes meanwhile takes from it by ending its session: whoever closes the server does so behind
 * the marker, or the marker is not written.
 */
const LOOK = `SELECT GET_LOCK(?, 0) AS got, @@global.read_only AS read_only, @@global.server_id AS server_id /*!50700 , @@global.server_uuid AS server_uuid */`;

/**
 * Writes a Pseudo-GTID marker, unless the server is read-only, or an operation is at work on it.
 * @param meant which server it must be
 * @param mayWrite asked right before it is written
 * @returns whether it was written
 * @throws ServerFault
 */
export const writeMarker = async (
	servers: Pick<Servers, "open">,
	name: InstanceName,
	meant: ServerMark,
	{
		nowMs,
		mayWrite,
	}: { readonly nowMs: () => number; readonly mayWrite: () => boolean },
): Promise<boolean> => {
	const session = await servers.open(name, "marker", LIMITS);
	try {
		await session.query(WAIT_FOR_NO_LOCK);
		const [row = {}] = await session.query(LOOK, [OPERATION_LOCK]);
		ensureMeant(session, row, meant);
		if (countOf(row, "got") !== 1 || countOf(row, "read_only") !== 0)
			return false;
		if (!mayWrite()) return false;
		const random = randomBytes(8).toString("hex");
		await session.query(
			ownMarkerText(nowMs(), countOf(row, "server_id"), random),
		);
		return true;
	} finally {
		session.close();
	}
};

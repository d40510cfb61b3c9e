import { setTimeout as delay } from "node:timers/promises";
import { type Instance, isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ServerFault } from "./driver-error.ts";
import { probeBriefly } from "./probe-briefly.ts";
import type { Servers } from "./servers.ts";
import type { Opened } from "./step-connection.ts";
import { openFor, readVersion } from "./step-connection.ts";
import { clientsOf } from "./steps/clients.ts";

const LIMITS = { connectMs: 1_000, queryMs: 1_000 };
/** After so long the switch to read-only is stuck behind commits that wait for acknowledgements. It lets no new write begin. Milliseconds. */
const STUCK_MS = 300;
const READ_ONLY_MS = 12_000;

/** `open`: it takes writes, and may not be closed like this, or has not been yet. */
export type Shut = "was closed" | "closed now" | "open";

const endClients = async ({ session, dialect }: Opened): Promise<void> => {
	const read = (sql: string) => session.query(sql, [], LIMITS.queryMs);
	for (const id of await clientsOf({ dialect, read }))
		await read(`KILL ${id}`).catch((error: unknown) => {
			// It has ended by itself, or is not ours to end.
			if (
				!(error instanceof ServerFault) ||
				error.outcome !== "refused-by-server"
			)
				throw error;
		});
};

const close = async (
	opened: Opened,
	isToBe: () => Promise<boolean>,
): Promise<Shut> => {
	const { session, dialect } = opened;
	try {
		await endClients(opened);
		// It may have been made the primary meanwhile.
		if (!(await isToBe())) return "open";
		await session.query(
			dialect.setReadOnly({ readOnly: true, superReadOnly: true }),
			[],
			READ_ONLY_MS,
		);
		// Those that came in the meantime.
		await endClients(opened);
		return "closed now";
	} finally {
		session.close();
	}
};

/**
 * Makes a server that was replaced read-only in the moment in which it answers again, and ends its clients. It takes no lock, so as
 * to disturb no operation: that it stays closed, what it has, and commits that hold the switch up, are the business of the operation
 * that follows.
 * @param isToBe asked before anything is done, and again right before it is closed, with the server as it was found; one that replicates
 *   from somebody is nobody's old primary
 * @throws ServerFault
 */
export const shut = async (
	servers: Servers,
	name: InstanceName,
	isToBe: (now: Instance) => Promise<boolean>,
): Promise<Shut> => {
	const opened = await openFor(servers, name, LIMITS, undefined, readVersion);
	const { session, dialect } = opened;
	let found: Instance;
	try {
		found = await probeBriefly(session, dialect, { nowMs: Date.now });
		if (found.readOnly || isReplica(found) || !(await isToBe(found))) {
			session.close();
			return found.readOnly ? "was closed" : "open";
		}
	} catch (error) {
		session.close();
		throw error;
	}
	const closing = close(opened, () => isToBe(found));
	// Where it is stuck nobody waits for it any more: it is pending, and whatever comes of it is seen by the next look.
	closing.catch(() => undefined);
	const stuck = delay(STUCK_MS, "open" as const);
	return Promise.race([closing, stuck]);
};

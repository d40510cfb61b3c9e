import { type Instance, isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ServerFault } from "./driver-error.ts";
import { probeBriefly } from "./probe-briefly.ts";
import type { Servers } from "./servers.ts";
import { openFor, readVersion } from "./step-connection.ts";
import { clientsOf } from "./steps/clients.ts";

/** A switch to read-only that waits longer waits for commits; the operation that follows sees to these. Milliseconds. */
const LIMITS = { connectMs: 1_000, queryMs: 1_000 };

/** `open`: it takes writes, and may not be closed like this. */
export type Shut = "was closed" | "closed now" | "open";

/**
 * Makes a server that was replaced read-only in the moment in which it answers again, and ends its clients. It takes no lock, so as
 * to disturb no operation: that it stays closed, and what it has, is the business of the operation that follows.
 * @param isToBe asked right before, with the server as it is; one that replicates from somebody is nobody's old primary
 * @throws ServerFault
 */
export const shut = async (
	servers: Servers,
	name: InstanceName,
	isToBe: (now: Instance) => Promise<boolean>,
): Promise<Shut> => {
	const { session, dialect } = await openFor(
		servers,
		name,
		LIMITS,
		undefined,
		readVersion,
	);
	const say = (sql: string) => session.query(sql, [], LIMITS.queryMs);
	try {
		const now = await probeBriefly(session, dialect, { nowMs: Date.now });
		if (now.readOnly) return "was closed";
		if (isReplica(now) || !(await isToBe(now))) return "open";
		await say(dialect.setReadOnly({ readOnly: true, superReadOnly: true }));
		const ids = await clientsOf({ dialect, read: say });
		for (const id of ids)
			await say(`KILL ${id}`).catch((error: unknown) => {
				// It has ended by itself, or is not ours to end.
				if (
					!(error instanceof ServerFault) ||
					error.outcome !== "refused-by-server"
				)
					throw error;
			});
		return "closed now";
	} finally {
		session.close();
	}
};

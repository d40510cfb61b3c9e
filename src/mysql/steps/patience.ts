import { numberOf } from "../cell.ts";
import type { Statement } from "../dialect.ts";
import type { StepSession } from "../step-session.ts";
import type { StepRun } from "./step-context.ts";

/** A receiver that was restarted against a hung source takes two seconds to stop (lab.md). Milliseconds. */
const STOP_MS = 10_000;

/** Error numbers with which a server says that it goes on stopping the thread, but waits no longer (rpl_stop_replica_timeout). */
const STOPS_STILL = new Set([3024, 3025]);

export const stopsStill = ({ errno }: { readonly errno: number }): boolean =>
	STOPS_STILL.has(errno);

/**
 * Sends a statement that stops a receiver, with the server's patience with a hung source at its least. The patience is as it was
 * afterwards, also when the session was lost meanwhile. Only a newer attempt that ends this one's session in that very second
 * leaves it lowered: nobody could tell it then from what a person has set.
 */
export const stopPatiently = async (
	run: StepRun,
	session: StepSession,
	statement: Statement,
): Promise<void> => {
	const { stopPatience } = session.dialect;
	const send = (sent: Statement) =>
		session.write(sent, { deadlineMs: STOP_MS });
	if (stopPatience === undefined) return send(statement);
	const [row] = await session.read(stopPatience.read);
	const before = numberOf(row ?? {}, "seconds");
	if (before <= 1) return send(statement);
	try {
		await send(stopPatience.lowered(statement, before));
	} catch (error) {
		if (!session.session.isOpen)
			await run.session(session.server, (fresh) =>
				fresh.write(stopPatience.set(before), {
					isFleeting: true,
					takesBack: true,
				}),
			);
		throw error;
	}
};

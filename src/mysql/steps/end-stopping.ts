import type { InstanceName } from "../../topology/instance-name.ts";
import type { Statement } from "../dialect.ts";
import { serverFault, stopsStill } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { channelSource, hasSource, readChannel } from "./channel.ts";
import type { StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

/**
 * How long a thread that is stopping may take for that. An applier of MySQL with several workers that was handed half a transaction waits a
 * minute for the rest of it (60.3 s measured), which nothing brings once the receiver is stopped. Milliseconds.
 */
const END_MS = 65_000;

/** Asks for a stop again and again while the server says that it goes on stopping. @throws ServerFault; BatonError Superseded */
const toItsEnd = async (
	run: StepRun,
	session: StepSession,
	stop: () => Promise<void>,
): Promise<void> => {
	const endMs = run.nowMs() + END_MS;
	for (;;)
		try {
			return await stop();
		} catch (error) {
			if (!stopsStill(serverFault(error)) || run.nowMs() > endMs) throw error;
			run.beat(`${session.server} is stopping a thread`);
			session.goOn();
		}
};

/** Stops a thread that waits for no other server, however long it takes. */
export const stopToItsEnd = (
	run: StepRun,
	session: StepSession,
	stop: Statement,
	how: { readonly takesBack?: true } = {},
): Promise<void> =>
	toItsEnd(run, session, () =>
		session.write(stop, { deadlineMs: END_MS, ...how }),
	);

/**
 * A receiver whose stop was not seen to its end runs, and is told to run, until it stops. It is stopped for good, so that it can be
 * started. A receiver that is busy holds up the status, too.
 * @param source one that receives from another was started after it had been stopped
 */
export const endStopping = async (
	run: StepRun,
	session: StepSession,
	{ channel: name, source }: { channel: string; source?: InstanceName },
): Promise<void> => {
	const channel = await readChannel(session, name, END_MS);
	if (!hasSource(channel) || channel.receiver === 0) return;
	if (source !== undefined && channelSource(channel) !== source) return;
	await toItsEnd(run, session, () => stopTheReceiver(run, session, channel));
};

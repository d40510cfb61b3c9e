import { setTimeout as delay } from "node:timers/promises";
import { isLastCheckValid, type Replication } from "../../topology/instance.ts";
import { countOf } from "../cell.ts";
import type { StepSession } from "../step-session.ts";
import { channelSource } from "./channel.ts";
import type { StepRun } from "./step-context.ts";

/** A receiver that was restarted against a hung source takes two seconds to stop. Milliseconds. */
const STOP_MS = 10_000;

/** Of 28 receivers of a hung source, stopped so long after their thread was ended, each stopped within 3 ms; without, 2 of 12 took 2 s. */
const ENDED_AFTER_MS = 10;

/**
 * Ends the thread of the receiver, which then has nobody to take leave of. Where there are several nobody can tell whose each is; where
 * the account may not, stopping it takes as long as it takes.
 * @throws ServerFault when the account may not stop receivers either: one that was ended would not be started again
 */
const endTheThread = async (
	session: StepSession,
	{ channel, applier }: Replication,
): Promise<void> => {
	const { receiversQuery, startReceiver } = session.dialect;
	if (receiversQuery === "") return;
	// The receiver may end by itself meanwhile: to start it with no applier beside it would throw away what it has received.
	if (applier === 0) return;
	const [only, ...others] = await session.read(receiversQuery);
	if (only === undefined || others.length > 0) return;
	// It runs: this changes nothing, and needs the privilege that stopping it needs.
	await session.write(startReceiver(channel));
	await session.writeAll([`KILL ${countOf(only, "id")}`]);
	// Asked to stop in that very moment it may miss both, and is asked again after two seconds.
	await delay(ENDED_AFTER_MS);
};

/** It is connected, and its source could not be seen when that was tried last: it may hang. */
const mayHang = (run: StepRun, channel: Replication): boolean => {
	const source = channelSource(channel);
	if (source === undefined || channel.receiver !== 1) return false;
	const known = run.known(source);
	return known.check.checkedAtMs > 0 && !isLastCheckValid(known);
};

/** Stops the channel's receiver, whether its source lives, is gone or hangs. @throws ServerFault; BatonError Superseded */
export const endTheReceiver = async (
	run: StepRun,
	session: StepSession,
	of: Replication,
): Promise<void> => {
	const { channel } = of;
	if (mayHang(run, of)) await endTheThread(session, of);
	await session.write(session.dialect.stopReceiver(channel), {
		deadlineMs: STOP_MS,
	});
};

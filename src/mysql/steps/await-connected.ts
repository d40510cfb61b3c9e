import { setTimeout as delay } from "node:timers/promises";
import { type Instance, isLastCheckValid } from "../../topology/instance.ts";
import type { Reader } from "../step-session.ts";
import { channelSource, readChannel } from "./channel.ts";
import type { StepRun } from "./step-context.ts";

/**
 * How long a receiver that is started again towards the source that it has may take to connect. It is waited for to spare whoever asks
 * next: a failover that comes first must not wait long for that. Milliseconds.
 */
const AGAIN_MS = 1_000;

/** Waits until the receiver, which was just started, is connected, or says why it is not: for so long at most. */
export const awaitConnected = async (
	run: Pick<StepRun, "nowMs">,
	reader: Pick<Reader, "dialect" | "read">,
	name: string,
	withinMs: number,
): Promise<void> => {
	const endMs = run.nowMs() + withinMs;
	for (;;) {
		const { receiver, lastReceiverError } = await readChannel(reader, name);
		const isConnecting = receiver === 2 && lastReceiverError === "";
		if (!isConnecting || run.nowMs() > endMs) return;
		await delay(5);
	}
};

/**
 * The server when a receiver that was started again is connected, or says why it is not: whoever plans before that takes it for one that
 * does not replicate. Of a source that could not be seen when the operation looked nothing is expected.
 */
export const lookStarted = async (
	run: Pick<StepRun, "nowMs" | "known">,
	session: Reader,
	name: string,
): Promise<Instance> => {
	const source = channelSource(await readChannel(session, name));
	if (source !== undefined && isLastCheckValid(run.known(source)))
		await awaitConnected(run, session, name, AGAIN_MS);
	return session.look();
};

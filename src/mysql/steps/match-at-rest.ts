import { isGood, type StepOf } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { awaitConnected } from "./await-connected.ts";
import { THREADS_MS } from "./change-channel.ts";
import { readChannel } from "./channel.ts";
import { drain } from "./drain-received.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import type { StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

/** A change of source by file and position under way. */
export interface Match {
	readonly run: StepRun;
	readonly step: StepOf<"matchBelow">;
	readonly session: StepSession;
	readonly source: Reader;
}

/** Why the place is not known, as a sentence. */
export interface Unknown {
	readonly why: string;
}

/** Where the replica has come to rest, in the logs of either source. */
export interface Found {
	readonly left: Replication;
	readonly at: Coordinates;
}

/**
 * Lets the replica come to rest, and finds its place below the new source.
 * @param was its channel before
 * @param seen the new source, as it was looked at before
 */
export type PlaceFinder = (
	current: Match,
	was: Replication,
	seen: Instance,
) => Promise<Found | Unknown>;

/**
 * Stops both threads. MySQL stops the applier first then, which waits a minute for the rest of a transaction that it was handed half of:
 * the receiver runs until that is there. One that is not connected by then would be held up until the stop is over.
 */
export const stopBoth = async (
	current: Match,
	how: { readonly takesBack?: true } = {},
): Promise<void> => {
	const { run, step, session } = current;
	const { dialect } = session;
	const channel = await readChannel(session, step.channel);
	const { receiver, applier, execCoordinates, readCoordinates } = channel;
	if (!dialect.keepsRelayLogs && receiver > 0)
		await stopTheReceiver(run, session, channel);
	const mayHaveHalf =
		receiver === 0 &&
		applier > 0 &&
		compareCoordinates(execCoordinates, readCoordinates) !== 0;
	if (dialect.keepsRelayLogs && mayHaveHalf) {
		await session.write(dialect.startReceiver(step.channel), {
			deadlineMs: THREADS_MS,
			...how,
		});
		await awaitConnected(run, session, step.channel, run.connectWithinMs);
	}
	await stopToItsEnd(run, session, dialect.stopReplica(step.channel), how);
};

/** @returns the server with both threads of the channel stopped. By file and position its relay logs are kept. */
export const atRest = async (current: Match): Promise<Instance> => {
	await stopBoth(current);
	return current.session.look();
};

/** As {@link atRest}, with all that it received applied. @returns why it does not come to that, as a sentence */
export const drainedAtRest = async (
	current: Match,
	was: Replication,
): Promise<Instance | Unknown> => {
	const { run, step, session } = current;
	if (session.dialect.onlyHandsOn === true) return atRest(current);
	if (was.receiver > 0) await stopTheReceiver(run, session, was);
	const drained = await drain(run, session, step.channel);
	return isGood(drained) ? atRest(current) : { why: drained.says };
};

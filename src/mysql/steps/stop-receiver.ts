import type { StepOf } from "../../planning/step.ts";
import { contains, familyOf } from "../../topology/gtid/gtid.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf, hasSource, readChannel, through } from "./channel.ts";
import { endTheReceiver } from "./end-receiver.ts";
import { receivedOn } from "./received.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/**
 * Starting a channel while both of its threads are stopped throws away, on MariaDB by GTID, what was received and not applied:
 * the applier must run before the receiver stops.
 */
export const keepsWhatItReceived = (
	session: StepSession,
	instance: Instance,
	channel: Replication,
): boolean =>
	session.dialect.keepsRelayLogs ||
	channel.applier !== 0 ||
	contains(
		familyOf(instance),
		instance.executedGtid,
		receivedOn(instance, channel),
	);

/** Stops the receiver, and sees to it that nothing it has received can be lost by that. */
export const stopTheReceiver = async (
	run: StepRun,
	session: StepSession,
	channel: Replication,
): Promise<void> => {
	const { dialect } = session;
	// Two queries less where nothing can be lost.
	const isSafe = dialect.keepsRelayLogs || channel.applier !== 0;
	if (!isSafe && !keepsWhatItReceived(session, await session.look(), channel))
		await session.write(dialect.startApplier(channel.channel));
	await endTheReceiver(run, session, channel);
};

/**
 * Stops the receiver and sees that it stopped: a receiver that merely retries would acknowledge for the old primary when the
 * link heals. The applier goes on.
 */
export const stopReceiver = (
	run: StepRun,
	{ on, channel: name }: StepOf<"stopReceiver">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const channel = await readChannel(session, name);
		if (!hasSource(channel) || channel.receiver === 0) {
			await session.look();
			return finding(
				"already",
				hasSource(channel)
					? `the receiver of ${on} is stopped${through(name)}`
					: `${on} replicates from nobody${through(name)}`,
			);
		}
		await stopTheReceiver(run, session, channel);
		const after = channelOf(await session.look(), name);
		return after.receiver === 0
			? finding("done", `stopped the receiver of ${on}${through(name)}`)
			: finding("failed", `the receiver of ${on} did not stop${through(name)}`);
	});

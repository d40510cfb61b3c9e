import type { StepOf } from "../../planning/step.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { StepSession } from "../step-session.ts";
import { lookStarted } from "./await-connected.ts";
import { channelOf, hasSource, readChannel, through } from "./channel.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import { heartbeatSeconds } from "./heartbeat.ts";
import { hasUnapplied } from "./received.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const THREADS_MS = 30_000;

/**
 * Changing a delay with both threads stopped deletes the relay logs: on MySQL the receiver must run, at least towards its source;
 * MariaDB wants both threads stopped.
 */
const wouldLose = (
	session: StepSession,
	before: Instance,
	channel: Replication,
): string => {
	const keeps = session.dialect.keepsRelayLogs;
	if ((keeps && channel.receiver > 0) || !hasUnapplied(before, channel))
		return "";
	const [why, remedy] = keeps
		? ["its receiver is stopped", "start it first"]
		: [
				"MariaDB wants both threads stopped for it",
				"stop-replica-nice lets it apply them, and it can be changed then",
			];
	return `${session.server} has received events that it has not applied${through(channel.channel)}, and ${why}: changing the delay now would delete them; ${remedy}`;
};

/** Stops what must be stopped for it, and starts again what ran, whatever comes of it. */
const changeDelay = async (
	run: StepRun,
	session: StepSession,
	channel: Replication,
	seconds: number,
	heartbeat: number,
): Promise<void> => {
	const { dialect } = session;
	const { channel: name, receiver, applier } = channel;
	const again = { deadlineMs: THREADS_MS, takesBack: true } as const;
	const stopsBoth = !dialect.keepsRelayLogs && receiver > 0;
	if (stopsBoth) await stopToItsEnd(run, session, dialect.stopReplica(name));
	else if (applier > 0)
		await stopToItsEnd(run, session, dialect.stopApplier(name));
	try {
		await session.write(dialect.changeDelay(name, seconds, heartbeat));
	} finally {
		if (session.session.isOpen) {
			if (stopsBoth) await session.write(dialect.startReceiver(name), again);
			if (applier > 0) await session.write(dialect.startApplier(name), again);
		}
	}
};

/**
 * When it was refused and all runs as before, the step has changed nothing. Else it has left stopped what it had stopped: what takes it
 * back goes by the picture from before, which must not show it so.
 */
const settleAsBefore = async (
	run: StepRun,
	session: StepSession,
	before: Replication,
): Promise<void> => {
	const now = await readChannel(session, before.channel);
	const isAsBefore =
		now.sqlDelaySeconds === before.sqlDelaySeconds &&
		now.applier > 0 === before.applier > 0 &&
		now.receiver > 0 === before.receiver > 0;
	if (isAsBefore) await session.look();
	run.settle(session.server, isAsBefore ? "unchanged" : "unknown");
};

/**
 * An attempt before this one may have stopped threads that ran, or be at it: on MariaDB both, on MySQL the applier alone.
 * @returns the channel as it was before that
 */
const beforeCutOff = async (
	run: StepRun,
	session: StepSession,
	channel: Replication,
): Promise<Replication> => {
	const { stopApplier, keepsRelayLogs } = session.dialect;
	const was = channelOf(run.known(session.server), channel.channel);
	if (was.applier > 0)
		await stopToItsEnd(run, session, stopApplier(channel.channel));
	return {
		...channel,
		applier: was.applier,
		receiver: keepsRelayLogs ? channel.receiver : was.receiver,
	};
};

/** Starts what ran before an attempt that was cut off; that has not to be stopped for it. @returns false where nothing did */
const startAsBefore = async (
	run: StepRun,
	session: StepSession,
	found: Replication,
	before: Replication,
): Promise<boolean> => {
	const { startReceiver, startApplier } = session.dialect;
	const isToReceive = before.receiver > 0 && found.receiver === 0;
	if (isToReceive) await session.write(startReceiver(found.channel));
	if (before.applier > 0) await session.write(startApplier(found.channel));
	if (!isToReceive && before.applier === 0) return false;
	await lookStarted(run, session, found.channel);
	return true;
};

export const setDelay = (
	run: StepRun,
	{ on, channel: name, seconds, unsettled }: StepOf<"setDelay">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const found = channelOf(before, name);
		const isCutOff = unsettled === true && hasSource(found);
		const channel = isCutOff ? await beforeCutOff(run, session, found) : found;
		if (!hasSource(channel))
			return finding(
				"refused",
				`${on} replicates from nobody${through(name)}: there is nothing to delay`,
			);
		const is = `the applier of ${on} is delayed by ${seconds} s${through(name)}`;
		const startsAgain = async () =>
			isCutOff && (await startAsBefore(run, session, found, channel));
		if (channel.sqlDelaySeconds === seconds)
			return (await startsAgain())
				? finding("done", `${is}, and runs again`)
				: finding("already", is);
		const loss = wouldLose(session, before, found);
		if (loss !== "")
			return finding(
				"refused",
				(await startsAgain())
					? `${loss}; until then it replicates with a delay of ${found.sqlDelaySeconds} s${through(name)}`
					: loss,
			);
		const heartbeat = await heartbeatSeconds(run, session, channel);
		await changeDelay(run, session, channel, seconds, heartbeat).catch(
			async (error: unknown) => {
				if (session.session.isOpen) await settleAsBefore(run, session, channel);
				throw error;
			},
		);
		const after = channelOf(await lookStarted(run, session, name), name);
		return after.sqlDelaySeconds === seconds
			? finding("done", is)
			: finding(
					"failed",
					`the applier of ${on} is still delayed by ${after.sqlDelaySeconds} s${through(name)}`,
				);
	});

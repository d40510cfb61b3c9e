import type { StepOf } from "../../planning/step.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { StepSession } from "../step-session.ts";
import { lookStarted } from "./await-connected.ts";
import { channelOf, channelSource, hasSource, through } from "./channel.ts";
import { endStopping } from "./end-stopping.ts";
import { lackedBy } from "./lacked.ts";
import { hasUnapplied } from "./received.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** START REPLICA waits for the threads to begin, and not for them to connect. Milliseconds. */
const START_MS = 30_000;

/** On MariaDB, by GTID, starting a thread while both are stopped throws away what was received and not applied. */
export const throwsAway = (
	session: StepSession,
	instance: Instance,
	channel: Replication,
): boolean =>
	!session.dialect.keepsRelayLogs &&
	channel.receiver === 0 &&
	channel.applier === 0 &&
	hasUnapplied(instance, channel);

/** Whether the channel's source can be asked, and has all that the channel received: then nothing is lost by receiving it again. */
const sourceHasIt = async (
	run: StepRun,
	instance: Instance,
	channel: Replication,
): Promise<boolean> => {
	const source = channelSource(channel);
	if (source === undefined) return false;
	const { errantGtid: errant } = run.known(instance.name);
	return run
		.reader(source, async (reader) => {
			const of = { replica: instance, channel, errant };
			return lackedBy(await reader.look(), of).says === "";
		})
		.catch(() => false);
};

const nothingToStart = (on: string, name: string): Finding =>
	finding("already", `${on} replicates from nobody${through(name)}`);

const wouldLose = (on: string, name: string): Finding =>
	finding(
		"refused",
		`both threads of ${on} are stopped${through(name)} with received events that it has not applied: starting would throw them away, and its source cannot be seen to have them`,
	);

/** What it has stopped itself, to see the end of that, it starts again also when it has been cancelled meanwhile. */
const takesBack = ({ unsettled }: { readonly unsettled?: true }) =>
	unsettled === true ? ({ takesBack: true } as const) : {};

/** It may have been started a moment before, and be connecting. */
const alreadyStarted = async (
	run: StepRun,
	session: StepSession,
	{ channel: name, receiver }: Replication,
	what: string,
): Promise<Finding> => {
	if (receiver === 2) await lookStarted(run, session, name);
	return finding("already", `${what} is started${through(name)}`);
};

/** Starts the receiver only. Whether it connects is for its source: that may be gone. */
export const startReceiver = (
	run: StepRun,
	step: StepOf<"startReceiver">,
): Promise<Finding> =>
	run.session(step.on, async (session) => {
		const { on, channel: name } = step;
		if (step.unsettled === true)
			await endStopping(run, session, { channel: name });
		const before = await session.look();
		const channel = channelOf(before, name);
		if (!hasSource(channel)) return nothingToStart(on, name);
		if (channel.receiver > 0)
			return alreadyStarted(run, session, channel, `the receiver of ${on}`);
		if (
			throwsAway(session, before, channel) &&
			!(await sourceHasIt(run, before, channel))
		)
			return wouldLose(on, name);
		await session.write(session.dialect.startReceiver(name), {
			deadlineMs: START_MS,
			...takesBack(step),
		});
		await lookStarted(run, session, name);
		return finding(
			"done",
			`started the receiver of ${on} again${through(name)}`,
		);
	});

/**
 * Starts what of the channel does not run.
 * @returns why it is not started: what it has received would be lost by that
 */
export const startChannel = async (
	run: StepRun,
	session: StepSession,
	before: Instance,
	channel: Replication,
	options: { readonly takesBack?: true } = {},
): Promise<Finding | undefined> => {
	if (
		throwsAway(session, before, channel) &&
		!(await sourceHasIt(run, before, channel))
	)
		return wouldLose(session.server, channel.channel);
	await session.write(session.dialect.startReplica(channel.channel), {
		deadlineMs: START_MS,
		...options,
	});
	return undefined;
};

/** Starts what does not run; as of {@link startReceiver}. */
export const startReplication = (
	run: StepRun,
	step: StepOf<"startReplication">,
): Promise<Finding> =>
	run.session(step.on, async (session) => {
		const { on, channel: name } = step;
		if (step.unsettled === true)
			await endStopping(run, session, { channel: name });
		const before = await session.look();
		const channel = channelOf(before, name);
		if (!hasSource(channel)) return nothingToStart(on, name);
		if (channel.receiver > 0 && channel.applier > 0)
			return alreadyStarted(run, session, channel, `replication of ${on}`);
		const why = await startChannel(
			run,
			session,
			before,
			channel,
			takesBack(step),
		);
		if (why !== undefined) return why;
		await lookStarted(run, session, name);
		return finding(
			"done",
			`started replication of ${on} again${through(name)}`,
		);
	});

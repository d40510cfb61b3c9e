import { errors } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { ChannelTarget } from "../channel-statements.ts";
import { serverFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { hasSource } from "./channel.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import { FREQUENT, heartbeatSeconds } from "./heartbeat.ts";
import type { StepRun } from "./step-context.ts";

/** Stopping and starting threads, and what waits for them. Milliseconds. */
export const THREADS_MS = 30_000;

/** What a channel is told to point there; one that is not there yet logs in with the account that the operation found. */
export const targetOf = async (
	run: StepRun,
	session: StepSession,
	step: Pick<StepOf<"moveBelow">, "source">,
	channel: Replication,
): Promise<ChannelTarget> => {
	if (hasSource(channel))
		return {
			source: step.source,
			heartbeatSeconds: await heartbeatSeconds(run, session, channel),
			tls: channel.allowTls,
		};
	const login = run.credential.get();
	return {
		source: step.source,
		heartbeatSeconds: FREQUENT,
		tls: login?.tls ?? channel.allowTls,
		anew: { user: login?.user ?? "", password: login?.password ?? "" },
	};
};

/** MariaDB: what is to be adopted lies behind the server's own binary log. */
const WRITTEN_SINCE = 1947;

/** @returns whether the server has more writes of its own than it was seen to have */
const isWrittenSince = async (
	session: StepSession,
	{ executedGtid }: Instance,
): Promise<boolean> => {
	try {
		for (const statement of session.dialect.adoptPosition(executedGtid))
			await session.write(statement, { deadlineMs: THREADS_MS });
		return false;
	} catch (error) {
		if (serverFault(error).errno !== WRITTEN_SINCE) throw error;
		return true;
	}
};

/**
 * A primary goes on from its own writes. One that takes writes is looked at again until there are none between the look and this.
 * @throws BatonError OperationFailed when there are more of them than it was seen to have
 */
const adoptPosition = async (
	run: StepRun,
	session: StepSession,
	{ on, source }: StepOf<"moveBelow">,
	before: Instance,
	again: () => Promise<Instance>,
): Promise<void> => {
	const endMs = run.nowMs() + run.connectWithinMs;
	let replica = before;
	while (await isWrittenSince(session, replica)) {
		if (replica.readOnly) throw errors.writtenSince({ server: on, source });
		if (run.nowMs() > endMs)
			throw errors.writtenMeanwhile({ server: on, source });
		replica = await again();
	}
};

/**
 * Points the channel to the source and starts it. Its receiver is stopped. Options that are not told stay as they are; a channel
 * that is not there is laid anew.
 * @param appliesOn the applier runs on, and the relay logs stay
 * @param again the server as it is now, when the source has what it has
 */
export const changeChannel = async (
	run: StepRun,
	session: StepSession,
	step: StepOf<"moveBelow">,
	{
		replica,
		channel,
	}: { readonly replica: Instance; readonly channel: Replication },
	appliesOn: boolean,
	again: () => Promise<Instance>,
): Promise<void> => {
	const { dialect } = session;
	const name = step.channel;
	const target = await targetOf(run, session, step, channel);
	const write = (statement: Parameters<StepSession["write"]>[0]) =>
		session.write(statement, { deadlineMs: THREADS_MS });
	session.part("changing the source");
	if (appliesOn) {
		if (channel.applier === 0) await write(dialect.startApplier(name));
		await write(dialect.changeSource(name, target));
		session.part("starting");
		return write(dialect.startReceiver(name));
	}
	if (channel.applier > 0)
		await stopToItsEnd(run, session, dialect.stopReplica(name));
	if (!hasSource(channel))
		await adoptPosition(run, session, step, replica, again);
	await write(dialect.changeSource(name, target));
	if (step.leaveStopped === true) {
		if (step.leaveApplying === true) await write(dialect.startApplier(name));
		return;
	}
	session.part("starting");
	await write(dialect.startReplica(name));
};

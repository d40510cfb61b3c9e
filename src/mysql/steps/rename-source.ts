import type { StepOf } from "../../planning/step.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { instanceName } from "../../topology/instance-name.ts";
import type { StepSession } from "../step-session.ts";
import { THREADS_MS } from "./change-channel.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { drain, hasPending } from "./drain-received.ts";
import { heartbeatSeconds } from "./heartbeat.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

/** With the applier stopped the relay logs are deleted by it; MariaDB deletes them always. */
const keepsRelayLogs = (session: StepSession, { applier }: Replication) =>
	session.dialect.keepsRelayLogs && applier > 0;

const wouldLose = (
	session: StepSession,
	before: Instance,
	channel: Replication,
): string | undefined =>
	keepsRelayLogs(session, channel) || !hasPending(before, channel)
		? undefined
		: `${session.server} has received events that it has not applied${through(channel.channel)}, and its applier ${channel.applier > 0 ? "is not through with them" : "is stopped"}: another name of the source would delete them; let it apply them first`;

/** The place from which it goes on; a channel by GTID knows that by itself. */
const placeOf = (session: StepSession, channel: Replication) => {
	if (channel.usingOracleGtid || channel.usingMariadbGtid) return {};
	return {
		position: keepsRelayLogs(session, channel)
			? channel.readCoordinates
			: channel.execCoordinates,
	};
};

/** A first try, or the step that this one takes back, may have stopped an applier that ran. */
const restored = async (
	run: StepRun,
	session: StepSession,
	channel: Replication,
): Promise<boolean> => {
	const was = channelOf(run.known(session.server), channel.channel);
	if (was.applier <= 0 || channel.applier !== 0) return false;
	await session.write(session.dialect.startApplier(channel.channel), {
		deadlineMs: THREADS_MS,
	});
	await session.look();
	return true;
};

/** Where the relay logs are deleted whatever runs, an applier that runs is given the time to get through with them. */
const appliedWhereLost = async (
	run: StepRun,
	session: StepSession,
	name: string,
): Promise<{ readonly seen: Instance; readonly channel: Replication }> => {
	const seen = await session.look();
	const channel = channelOf(seen, name);
	if (keepsRelayLogs(session, channel) || channel.applier <= 0)
		return { seen, channel };
	await drain(run, session, name);
	const after = await session.look();
	return { seen: after, channel: channelOf(after, name) };
};

/** Gives the source of a channel another name, and leaves the place in its log as it is. */
export const renameSource = (
	run: StepRun,
	{ on, channel: name, host, port }: StepOf<"renameSource">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const { dialect } = session;
		const before = await session.look();
		const found = channelOf(before, name);
		const is = `the source of ${on} is called ${host}:${port}${through(name)}`;
		if (!hasSource(found))
			return finding("refused", `${on} replicates from nobody${through(name)}`);
		if (found.sourceHost === host && found.sourcePort === port)
			return finding(
				(await restored(run, session, found)) ? "done" : "already",
				is,
			);
		if (found.receiver !== 0) await stopTheReceiver(run, session, found);
		const { seen, channel } = await appliedWhereLost(run, session, name);
		const loss = wouldLose(session, seen, channel);
		if (loss !== undefined) return finding("refused", loss);
		const target = {
			source: instanceName(host, port),
			heartbeatSeconds: await heartbeatSeconds(run, session, channel),
			tls: channel.allowTls,
			...placeOf(session, channel),
		};
		const deadline = { deadlineMs: THREADS_MS };
		const isStopped = !dialect.keepsRelayLogs && channel.applier > 0;
		session.part("renaming the source");
		if (isStopped) await session.write(dialect.stopReplica(name), deadline);
		await session.write(dialect.changeSource(name, target), deadline);
		if (isStopped) await session.write(dialect.startApplier(name), deadline);
		const after = channelOf(await session.look(), name);
		await restored(run, session, after);
		return after.sourceHost === host && after.sourcePort === port
			? finding("done", is)
			: finding(
					"failed",
					`the source of ${on} is still called ${after.sourceHost}:${after.sourcePort}${through(name)}`,
				);
	});

import type { StepOf } from "../../planning/step.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { StepSession } from "../step-session.ts";
import { awaitRunning } from "./await-running.ts";
import { THREADS_MS } from "./change-channel.ts";
import { channelOf, through } from "./channel.ts";
import { endTheReceiver } from "./end-receiver.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import { lackedBy } from "./lacked.ts";
import { renewLogin } from "./renew-login.ts";
import { throwsAway } from "./start.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

type Laying = StepOf<"moveBelow" | "matchBelow">;

/** What of the channel is left stopped. */
export const leftStopped = ({ leaveApplying }: Laying): string =>
	leaveApplying === true
		? "its receiver left stopped"
		: "replication left stopped";

/** The channel is where it should be: its threads are left as the step says. */
export const leaveStopped = async (
	run: StepRun,
	session: StepSession,
	step: Laying,
	replica: Instance,
): Promise<Finding> => {
	const { channel: name, on, source } = step;
	const channel = channelOf(replica, name);
	const says = `${on} points to ${source}${through(name)}, ${leftStopped(step)}`;
	const applies = step.leaveApplying === true;
	if (channel.receiver === 0 && channel.applier > 0 === applies)
		return finding("already", says);
	if (channel.receiver > 0) await stopTheReceiver(run, session, channel);
	const { startApplier, stopReplica } = session.dialect;
	if (applies)
		await session.write(startApplier(name), { deadlineMs: THREADS_MS });
	else await stopToItsEnd(run, session, stopReplica(name));
	await session.look();
	return finding("done", says);
};

/** Where a move stops the applier it may be stopping still. The receiver runs meanwhile: with both stopped the relay log would go. */
const startApplierAnew = async (
	run: StepRun,
	session: StepSession,
	{ channel, applier }: Replication,
): Promise<void> => {
	const { keepsRelayLogs, stopApplier, startApplier } = session.dialect;
	if (keepsRelayLogs || applier === 0) return;
	await stopToItsEnd(run, session, stopApplier(channel));
	await session.write(startApplier(channel), { deadlineMs: THREADS_MS });
};

/** The channel points to the right source already: it is started, or stopped, and nothing of it is changed. */
export const resume = async (
	run: StepRun,
	session: StepSession,
	step: StepOf<"moveBelow">,
	replica: Instance,
	source: Instance | undefined,
): Promise<Finding> => {
	const { channel: name, on } = step;
	if (step.leaveStopped === true)
		return leaveStopped(run, session, step, replica);
	const channel = channelOf(replica, name);
	const isConnected =
		step.unseen === true ? channel.receiver > 0 : channel.receiver === 1;
	if (isConnected && channel.applier === 1)
		return finding(
			"already",
			`${on} replicates from ${step.source}${through(name)}`,
		);
	const { errantGtid: errant } = run.known(on);
	const isElsewhere =
		(step.unappliedAreOn ?? []).length > 0 ||
		(source !== undefined &&
			lackedBy(source, { replica, channel, errant }).goal === "");
	if (throwsAway(session, replica, channel) && !isElsewhere)
		return finding(
			"refused",
			`both threads of ${on} are stopped${through(name)} with received events that it has not applied and ${step.source} lacks: starting would throw them away`,
		);
	// It waits for its next try to connect: that can be long.
	if (channel.receiver === 2 && channel.lastReceiverError !== "")
		await endTheReceiver(run, session, channel);
	await session.write(session.dialect.startReplica(name), {
		deadlineMs: THREADS_MS,
	});
	if (step.unsettled === true) await startApplierAnew(run, session, channel);
	if (step.unseen !== true)
		return awaitRunning(run, session, step, () =>
			renewLogin(run, session, step),
		);
	await session.look();
	return finding(
		"done",
		`started ${on} towards ${step.source}${through(name)}`,
	);
};

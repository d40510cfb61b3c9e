import { errors } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import {
	errantUnapplied,
	whyStranded,
} from "../../topology/gtid/errant-held.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { applyAll } from "./apply-received.ts";
import { lookStarted } from "./await-connected.ts";
import { awaitRunning } from "./await-running.ts";
import { awaitSource } from "./await-source.ts";
import { changeChannel, THREADS_MS } from "./change-channel.ts";
import { channelOf, channelSource, hasSource, through } from "./channel.ts";
import { endStopping } from "./end-stopping.ts";
import { errantOf } from "./errant-of.ts";
import {
	identityObjection,
	type MoveFacts,
	moveObjection,
} from "./move-objection.ts";
import { hasUnapplied, receivedOn } from "./received.ts";
import { renewLogin } from "./renew-login.ts";
import { leftStopped, resume } from "./resume.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

/** A move under way. `source` is undefined when the source is gone and cannot be asked. */
interface Move {
	readonly run: StepRun;
	readonly step: StepOf<"moveBelow">;
	readonly session: StepSession;
	readonly source: Reader | undefined;
}

/** The replica has let go of its old source: what it has received is final, and nothing of it has been thrown away. */
interface Halted {
	readonly replica: Instance;
	readonly channel: Replication;
}

/** The receiver runs again as it did; when it is seen to, the step has changed nothing. */
const putBack = async (
	{ run, step, session }: Move,
	was: Replication,
): Promise<void> => {
	if (was.receiver > 0)
		await session.write(session.dialect.startReceiver(step.channel), {
			deadlineMs: THREADS_MS,
			takesBack: true,
		});
	const now = channelOf(
		await lookStarted(run, session, step.channel),
		step.channel,
	);
	const isAsBefore =
		now.receiver > 0 === was.receiver > 0 &&
		now.applier > 0 === was.applier > 0;
	if (isAsBefore) run.settle(step.on, "unchanged");
};

/** What was received and cannot be had elsewhere must be applied before the relay logs go. @returns why it cannot be; empty when it is */
const secureUnapplied = async (
	{ run, step, session, source }: Move,
	{ replica, channel }: Halted,
	keepsRelayLogs: boolean,
): Promise<string> => {
	// A source that was seen has it all by now, but for what is errant.
	const isGiven =
		source !== undefined &&
		errantUnapplied(replica, channel.retrievedGtid, errantOf(run, step.on)) ===
			"";
	const isElsewhere = isGiven || (step.unappliedAreOn ?? []).length > 0;
	if (isElsewhere || !hasUnapplied(replica, channel)) return "";
	if (keepsRelayLogs && channel.applier === 1) return "";
	const { outcome, says } = await applyAll(run, session, replica, {
		channel: step.channel,
		goal: receivedOn(replica, channel),
	});
	return outcome === "done" || outcome === "already"
		? ""
		: `${says}: it is left as it is, since a move would throw that away`;
};

/** @returns why the source cannot go on where the replica stands; empty when it can, having what that has */
const awaitedOf = async (
	current: Move,
	halted: Halted,
	seen: Instance | undefined,
): Promise<string> => {
	const { run, step, session, source } = current;
	if (source === undefined || seen === undefined) return "";
	const { replica, channel } = halted;
	const errant = errantOf(run, step.on);
	const of = { replica, channel, errant };
	return (
		(await awaitSource(run, session, source, seen, of)) ||
		whyStranded(replica, receivedOn(replica, channel), errant, seen)
	);
};

/** Whether the applier may run on while the source is changed. */
const movesReceiverAlone = (
	{ step, session }: Move,
	channel: Replication,
): boolean =>
	session.dialect.keepsRelayLogs &&
	hasSource(channel) &&
	channel.usingOracleGtid &&
	step.anew !== true &&
	step.leaveStopped !== true;

/**
 * Sees that the source has what was received until the receiver was stopped, and that nothing is thrown away by a change. Where
 * one of it cannot be, also for a fault or because the step is cancelled, the receiver runs again.
 * @returns why the replica is not moved, as a sentence; empty when it can be
 */
const secure = async (
	current: Move,
	facts: MoveFacts,
	halted: Halted,
): Promise<string> => {
	try {
		const why =
			(await awaitedOf(current, halted, facts.source)) ||
			(await secureUnapplied(current, halted, facts.keepsRelayLogs));
		if (why !== "") await putBack(current, facts.channel);
		return why;
	} catch (error) {
		if (current.session.session.isOpen) await putBack(current, facts.channel);
		throw error;
	}
};

const halt = async (
	{ run, session, step }: Move,
	{ replica, channel }: MoveFacts,
): Promise<Halted> => {
	if (channel.receiver <= 0) return { replica, channel };
	await stopTheReceiver(run, session, channel);
	const now = await session.look();
	return { replica: now, channel: channelOf(now, step.channel) };
};

/** One that takes writes has more of them now: the source must have these too. @throws BatonError OperationFailed when it does not get them */
const lookAgain = async (current: Move): Promise<Instance> => {
	const { run, step, session, source } = current;
	const replica = await session.look();
	const channel = channelOf(replica, step.channel);
	const why = await awaitedOf(
		current,
		{ replica, channel },
		await source?.look(),
	);
	if (why !== "")
		throw errors.writtenMeanwhile({ server: step.on, source: step.source });
	run.beat(`${step.on} takes writes: what it has is looked at again`);
	return replica;
};

const move = async (current: Move, facts: MoveFacts): Promise<Finding> => {
	const { run, step, session } = current;
	const pointed = `pointed ${step.on} to ${step.source}${through(step.channel)}`;
	// Once while it still replicates: what can be refused is refused before anything is touched.
	const never = await awaitedOf(current, facts, facts.source);
	if (never !== "") return finding("refused", never);
	const halted = await halt(current, facts);
	const why = await secure(current, facts, halted);
	if (why !== "") return finding("refused", why);
	await changeChannel(run, session, step, halted, facts.keepsRelayLogs, () =>
		lookAgain(current),
	);
	if (step.leaveStopped !== true && step.unseen !== true)
		return awaitRunning(run, session, step, () =>
			renewLogin(run, session, step),
		);
	await session.look();
	return finding(
		"done",
		step.leaveStopped === true
			? `${pointed}, ${leftStopped(step)}`
			: `${pointed}, which was not there to be asked`,
	);
};

const begin = async (current: Move): Promise<Finding> => {
	const { run, step, session, source } = current;
	if (step.unsettled === true) await endStopping(run, session, step);
	const [replica, seen] = await Promise.all([session.look(), source?.look()]);
	const channel = channelOf(replica, step.channel);
	const facts: MoveFacts = {
		step,
		replica,
		channel,
		source: seen,
		hasCredential: run.credential.get() !== undefined,
		keepsRelayLogs: movesReceiverAlone(current, channel),
	};
	const other = identityObjection(facts);
	if (other !== "") return finding("refused", other);
	if (channelSource(channel) === step.source && step.anew !== true)
		return resume(run, session, step, replica, seen);
	const objection = moveObjection(facts);
	if (objection !== "") return finding("refused", objection);
	return move(current, facts);
};

/**
 * The one way in which a channel's source is changed. By GTID; the source is looked at beside it, unless it is
 * gone.
 */
export const moveBelow = (
	run: StepRun,
	step: StepOf<"moveBelow">,
): Promise<Finding> =>
	step.unseen === true
		? run.session(step.on, (session) =>
				begin({ run, step, session, source: undefined }),
			)
		: sideBySide(
				(work) => run.session(step.on, work),
				(work) => run.reader(step.source, work),
				(session: StepSession, source: Reader) =>
					begin({ run, step, session, source }),
			);

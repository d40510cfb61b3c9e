import { isGood, type StepOf } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import type { MarkerRules } from "../../topology/pseudo-gtid/markers.ts";
import type { Statement } from "../dialect.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { awaitRunning } from "./await-running.ts";
import { THREADS_MS } from "./change-channel.ts";
import { channelOf, channelSource, through } from "./channel.ts";
import { drain } from "./drain-received.ts";
import { endStopping } from "./end-stopping.ts";
import { heartbeatSeconds } from "./heartbeat.ts";
import { matchObjection } from "./match-objection.ts";
import { placeBelow, type Unknown } from "./match-place.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

/** A match under way. */
interface Match {
	readonly run: StepRun;
	readonly step: StepOf<"matchBelow">;
	readonly session: StepSession;
	readonly source: Reader;
	readonly rules: MarkerRules;
}

/** Starts what ran before; when it is seen to be as it was, the step has changed nothing. */
const startAsBefore = async (
	{ run, step, session }: Match,
	was: Replication,
): Promise<void> => {
	const { startReceiver, startApplier, stopApplier } = session.dialect;
	const statements = [
		...(was.receiver > 0 ? [startReceiver(step.channel)] : []),
		// It was started to apply what was received.
		(was.applier > 0 ? startApplier : stopApplier)(step.channel),
	];
	for (const each of statements)
		await session.write(each, { deadlineMs: THREADS_MS, takesBack: true });
	const now = channelOf(await session.look(), step.channel);
	if (
		channelSource(now) === channelSource(was) &&
		now.receiver > 0 === was.receiver > 0 &&
		now.applier > 0 === was.applier > 0
	)
		run.settle(step.on, "unchanged");
};

const pointing = async (
	{ run, step, session }: Match,
	channel: Replication,
	source: InstanceName,
	position: Coordinates,
): Promise<Statement> =>
	session.dialect.changeSource(step.channel, {
		source,
		position,
		heartbeatSeconds: await heartbeatSeconds(run, session, channel),
		tls: channel.allowTls,
	});

/** Where the replica has come to rest, in the logs of either source. */
interface Found {
	readonly left: Replication;
	readonly at: Coordinates;
}

/** Lays the channel back to where it was, unless something has been applied from the new source. */
const layBack = async (
	current: Match,
	was: Replication,
	{ left, at }: Found,
	failure: Finding,
): Promise<Finding> => {
	const { step, session } = current;
	const former = channelSource(was);
	const write = (statement: Statement) =>
		session.write(statement, { deadlineMs: THREADS_MS, takesBack: true });
	await write(session.dialect.stopReplica(step.channel));
	const now = channelOf(await session.look(), step.channel);
	if (
		former === undefined ||
		compareCoordinates(now.execCoordinates, at) !== 0
	) {
		await write(session.dialect.startReplica(step.channel));
		return failure;
	}
	const place = left.execCoordinates;
	await write(await pointing(current, now, former, place));
	await startAsBefore(current, was);
	return finding(
		"failed",
		`${failure.says}: it is back below ${former}, at ${textOfCoordinates(place)}`,
	);
};

/** Lets the replica come to rest. @returns it as it is then; or why it does not, as a sentence */
const halt = async (
	{ run, step, session }: Match,
	was: Replication,
): Promise<Instance | string> => {
	if (was.receiver > 0) await stopTheReceiver(run, session, was);
	const drained = await drain(run, session, step.channel);
	if (!isGood(drained)) return drained.says;
	await session.write(session.dialect.stopReplica(step.channel), {
		deadlineMs: THREADS_MS,
	});
	return session.look();
};

const search = async (
	current: Match,
	was: Replication,
	seen: Instance,
): Promise<Found | Unknown> => {
	const { run, step, session, source, rules } = current;
	const replica = await halt(current, was);
	if (typeof replica === "string") return { why: replica };
	const place = await placeBelow(run, rules, {
		session,
		replica,
		source,
		seen,
	});
	return "why" in place
		? place
		: { at: place.at, left: channelOf(replica, step.channel) };
};

/** Where it is refused, or fails, before the channel is changed, what was stopped runs again. */
const find: typeof search = async (current, was, seen) => {
	const { session } = current;
	try {
		const found = await search(current, was, seen);
		if ("why" in found) await startAsBefore(current, was);
		return found;
	} catch (error) {
		if (session.session.isOpen) await startAsBefore(current, was);
		throw error;
	}
};

const match = async (
	current: Match,
	was: Replication,
	seen: Instance,
): Promise<Finding> => {
	const { run, step, session } = current;
	session.part("searching the logs");
	const found = await find(current, was, seen);
	if ("why" in found)
		return finding(
			"refused",
			`${step.on} is left as it is${through(step.channel)}: ${found.why}`,
		);
	const { at, left } = found;
	const write = (statement: Statement) =>
		session.write(statement, { deadlineMs: THREADS_MS });
	session.part("changing the source");
	await write(await pointing(current, left, step.source, at));
	session.part("starting");
	await write(session.dialect.startReplica(step.channel));
	const ran = await awaitRunning(run, session, step);
	return isGood(ran)
		? finding("done", `${ran.says}, from ${textOfCoordinates(at)} on`)
		: layBack(current, was, found, ran);
};

/** It points there already. */
const resume = async (
	{ run, step, session }: Match,
	channel: Replication,
): Promise<Finding> => {
	if (channel.receiver === 1 && channel.applier === 1)
		return finding(
			"already",
			`${step.on} replicates from ${step.source}${through(step.channel)}`,
		);
	await session.write(session.dialect.startReplica(step.channel), {
		deadlineMs: THREADS_MS,
	});
	return awaitRunning(run, session, step);
};

const begin = async (current: Match): Promise<Finding> => {
	const { run, step, session, source } = current;
	if (step.unsettled === true) await endStopping(run, session, step);
	const [replica, seen] = await Promise.all([session.look(), source.look()]);
	const channel = channelOf(replica, step.channel);
	const why = matchObjection({ step, replica, channel, source: seen });
	if (why !== "") return finding("refused", why);
	return channelSource(channel) === step.source && step.anew !== true
		? resume(current, channel)
		: match(current, channel, seen);
};

/** Changes a channel's source by file and position, which the Pseudo-GTID markers in the logs of both tell. */
export const matchBelow = (
	run: StepRun,
	step: StepOf<"matchBelow">,
): Promise<Finding> => {
	const rules = run.markers();
	return sideBySide(
		(work) => run.session(step.on, work),
		(work) => run.reader(step.source, work),
		(session: StepSession, source: Reader) =>
			begin({ run, step, session, source, rules }),
	);
};

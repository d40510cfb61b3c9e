import { errorText } from "../../errors.ts";
import {
	isGood,
	type PlaceBy,
	type StepOf,
	stepText,
} from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import type { Statement } from "../dialect.ts";
import {
	isSuperseded,
	type Reader,
	type StepSession,
} from "../step-session.ts";
import { lookStarted } from "./await-connected.ts";
import { awaitRunning } from "./await-running.ts";
import { THREADS_MS, targetOf } from "./change-channel.ts";
import {
	channelOf,
	channelSource,
	hasSource,
	readChannel,
	through,
} from "./channel.ts";
import { endStopping } from "./end-stopping.ts";
import {
	type Found,
	type Match,
	type PlaceFinder,
	stopBoth,
} from "./match-at-rest.ts";
import { byBack } from "./match-back.ts";
import { matchObjection } from "./match-objection.ts";
import { byPair, resumePair } from "./match-pair.ts";
import { byMarkers } from "./match-place.ts";
import { byRecord } from "./match-recorded.ts";
import { bySamePlace } from "./match-same.ts";
import { leaveStopped } from "./resume.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** @throws BatonError BadConfiguration where markers are wanted and not described */
const finderOf = (run: StepRun, by: PlaceBy): PlaceFinder => {
	switch (by.way) {
		case "markers":
			return byMarkers(run.markers());
		case "pair":
			return byPair(by);
		case "same":
			return bySamePlace(by);
		case "back":
			return byBack;
		case "recorded":
			return byRecord;
	}
};

/** Starts what ran before; when it is seen to be as it was, the step has changed nothing. */
const startAsBefore = async (
	current: Match,
	was: Replication,
): Promise<void> => {
	if (!hasSource(was)) return;
	const { run, step, session } = current;
	const { startReceiver, startApplier, stopApplier } = session.dialect;
	// An applier that is to stop at a place would do so, were it not started anew.
	await stopBoth(current, { takesBack: true });
	const statements = [
		...(was.receiver > 0 ? [startReceiver(step.channel)] : []),
		// It was started to apply what was received.
		(was.applier > 0 ? startApplier : stopApplier)(step.channel),
	];
	for (const each of statements)
		await session.write(each, { deadlineMs: THREADS_MS, takesBack: true });
	const now = channelOf(
		await lookStarted(run, session, step.channel),
		step.channel,
	);
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
		...(await targetOf(run, session, { source }, channel)),
		position,
	});

/** Lays the channel back to where it was, unless something has been applied from the new source. */
const layBack = async (
	current: Match,
	was: Replication,
	{ left, at }: Found,
	failure: Finding,
): Promise<Finding> => {
	// Whoever takes the step back lets it forget a source that it has only got by it.
	if (!hasSource(was)) return failure;
	const { step, session } = current;
	const former = channelSource(was);
	const write = (statement: Statement) =>
		session.write(statement, { deadlineMs: THREADS_MS, takesBack: true });
	await stopBoth(current, { takesBack: true });
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
		`${failure.says}: it was put back below ${former}, at ${textOfCoordinates(place)}`,
	);
};

/** Where it is refused, or fails, before the channel is changed, what was stopped runs again. */
const find: PlaceFinder = async (current, was, seen) => {
	const { session, step, run } = current;
	try {
		const found = await finderOf(run, step.by)(current, was, seen);
		if ("why" in found) await startAsBefore(current, was);
		return found;
	} catch (error) {
		if (session.session.isOpen) await startAsBefore(current, was);
		throw error;
	}
};

/** What a search, or a server at rest, has told is kept for later. @returns why it could not be, to be said behind the rest */
const learn = async (
	{ run, step }: Match,
	was: Replication,
	{ left, at }: Found,
): Promise<string> => {
	const { way } = step.by;
	const server = channelSource(was);
	const isNew = way === "markers" || way === "pair";
	if (!isNew || server === undefined || server === step.source) return "";
	try {
		await run.equivalences.record(
			{ server, at: left.execCoordinates },
			{ server: step.source, at },
		);
		return "";
	} catch (error) {
		return `; that this is ${textOfCoordinates(left.execCoordinates)} of ${server} could not be recorded: ${errorText(error)}`;
	}
};

const match = async (
	current: Match,
	was: Replication,
	seen: Instance,
): Promise<Finding> => {
	const { run, step, session } = current;
	session.part("finding the place");
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
	if (!isGood(ran)) return layBack(current, was, found, ran);
	const from = `from ${textOfCoordinates(at)} on${await learn(current, was, found)}`;
	if (step.leaveStopped !== true)
		return finding("done", `${ran.says}, ${from}`);
	const { says } = await leaveStopped(run, session, step, await session.look());
	return finding("done", `${says}, ${from}`);
};

/** It points there already. */
const resume = async (
	{ run, step, session }: Match,
	channel: Replication,
	replica: Instance,
): Promise<Finding> => {
	if (step.leaveStopped === true)
		return leaveStopped(run, session, step, replica);
	if (
		channel.receiver === 1 &&
		channel.applier === 1 &&
		step.unsettled !== true
	)
		return finding(
			"already",
			`${step.on} replicates from ${step.source}${through(step.channel)}`,
		);
	await session.write(session.dialect.startReplica(step.channel), {
		deadlineMs: THREADS_MS,
	});
	return awaitRunning(run, session, step);
};

/** A try that was cut off may have left threads stopping, or to stop at a place. */
const settleBefore = async (current: Match): Promise<void> => {
	const { run, step, session } = current;
	if (!hasSource(await readChannel(session, step.channel))) return;
	await endStopping(run, session, step);
	await stopBoth(current);
};

/** And a server at rest. @returns why that does not run again; empty when it does */
const resumeRest = async (
	run: StepRun,
	{ by, unsettled }: StepOf<"matchBelow">,
): Promise<string> => {
	if (unsettled !== true || by.way !== "pair") return "";
	try {
		await resumePair(run, by);
		return "";
	} catch (error) {
		if (isSuperseded(error)) throw error;
		return `the applier of ${by.of} may be left stopped (${errorText(error)})`;
	}
};

/** The threads that it has stopped itself are taken for what they were before. */
const asBefore = ({ run, step }: Match, channel: Replication): Replication => {
	if (step.unsettled !== true) return channel;
	const known = channelOf(run.known(step.on), step.channel);
	if (!hasSource(known)) return channel;
	return { ...channel, receiver: known.receiver, applier: known.applier };
};

const begin = async (current: Match): Promise<Finding> => {
	const { step, session, source } = current;
	if (step.unsettled === true) await settleBefore(current);
	const [replica, seen] = await Promise.all([session.look(), source.look()]);
	const channel = asBefore(current, channelOf(replica, step.channel));
	const hasCredential = current.run.credential.get() !== undefined;
	const why = matchObjection({
		step,
		replica,
		channel,
		source: seen,
		hasCredential,
	});
	if (why !== "") {
		if (step.unsettled === true) await startAsBefore(current, channel);
		return finding("refused", why);
	}
	return channelSource(channel) === step.source && step.anew !== true
		? resume(current, channel, replica)
		: match(current, channel, seen);
};

/** Changes a channel's source by file and position, at the place that {@link PlaceBy} tells how to find. */
export const matchBelow = async (
	run: StepRun,
	step: StepOf<"matchBelow">,
): Promise<Finding> => {
	// What the configuration does not say is said before anything is touched.
	finderOf(run, step.by);
	const left = await resumeRest(run, step);
	const matching = sideBySide(
		(work) => run.session(step.on, work),
		(work) => run.reader(step.source, work),
		(session: StepSession, source: Reader) =>
			begin({ run, step, session, source }),
	);
	if (left === "") return matching;
	// Whatever comes of the replica: the server at rest is told of.
	const found = await matching.catch((error: unknown) => {
		if (isSuperseded(error)) throw error;
		return finding(
			"failed",
			`could not ${stepText(step)}: ${errorText(error)}`,
		);
	});
	return finding(
		isGood(found) ? "failed" : found.outcome,
		`${found.says}; ${left}`,
	);
};

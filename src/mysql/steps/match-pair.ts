import { isGood, type PlaceBy } from "../../planning/step.ts";
import {
	compareCoordinates,
	sameBinlogBasename,
} from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import type { StepSession } from "../step-session.ts";
import { THREADS_MS } from "./change-channel.ts";
import { channelOf, channelSource, readChannel, through } from "./channel.ts";
import { awaitPosition } from "./drain-received.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import {
	atRest,
	type Match,
	type PlaceFinder,
	type Unknown,
} from "./match-at-rest.ts";
import type { StepRun } from "./step-context.ts";

type ByPair = Extract<PlaceBy, { way: "pair" }>;

/** One place in two logs: what a server has executed of its source's, and where its own stood then. */
interface Pair {
	readonly above: Coordinates;
	readonly own: Coordinates;
}

/** Starts the applier of the server at rest, over another session where the one that stopped it is lost. */
const startAgain = async (
	run: StepRun,
	{ of, ofChannel }: ByPair,
	stopped: StepSession,
): Promise<void> => {
	const start = async (session: StepSession) => {
		await session.write(session.dialect.startApplier(ofChannel), {
			deadlineMs: THREADS_MS,
			takesBack: true,
		});
		await session.look();
	};
	try {
		await start(stopped).catch((error: unknown) => {
			if (stopped.session.isOpen) throw error;
			return run.session(of, start);
		});
		run.settle(of, "unchanged");
	} catch (error) {
		// Whoever takes the step back starts it.
		run.settle(of, "unknown");
		throw error;
	}
};

/** What a try that was cut off may have left stopped runs again. */
export const resumePair = (run: StepRun, by: ByPair): Promise<void> =>
	run.session(by.of, async (session) => {
		const { applier } = await readChannel(session, by.ofChannel);
		if (by.applies && applier === 0) await startAgain(run, by, session);
	});

const pairOf = (
	server: Instance,
	{ of, ofChannel }: ByPair,
): Pair | Unknown => {
	const { applier, execCoordinates } = channelOf(server, ofChannel);
	if (applier > 0) return { why: `the applier of ${of} was started meanwhile` };
	return { above: execCoordinates, own: server.selfCoordinates };
};

/** Why the server does not tell the place; empty when it does. */
const whyNoPair = (
	{ of, ofChannel, applies }: ByPair,
	channel: Replication,
	above: InstanceName | undefined,
): string => {
	const { receiver, applier, lastApplierError, usingMariadbGtid } = channel;
	const source = channelSource(channel);
	if (source === undefined || source !== above)
		return `${of} replicates from ${source ?? "nobody"}${through(ofChannel)}, not from ${above ?? "anybody"}`;
	if (usingMariadbGtid && receiver === 0 && applier > 0)
		return `the receiver of ${of} is stopped${through(ofChannel)}: with its applier stopped too, what it has received and not applied would be lost`;
	if (!applies || applier > 0) return "";
	return `the applier of ${of} ${lastApplierError === "" ? "was stopped" : `is broken: ${lastApplierError.slice(0, 300)}`}${through(ofChannel)}`;
};

/** Stops the applier of a server for as long as it takes to read where it stands. @param above its source */
const takePair = (
	run: StepRun,
	by: ByPair,
	above: InstanceName | undefined,
): Promise<Pair | Unknown> =>
	run.session(by.of, async (session) => {
		const channel = await readChannel(session, by.ofChannel);
		const why = whyNoPair(by, channel, above);
		if (why !== "") return { why };
		if (channel.applier === 0) return pairOf(await session.look(), by);
		try {
			await stopToItsEnd(
				run,
				session,
				session.dialect.stopApplier(by.ofChannel),
			);
			return pairOf(await session.look(), by);
		} finally {
			await startAgain(run, by, session);
		}
	});

/** Lets the replica, which is at rest, run up to a place in its source's log. @returns its channel, at rest there */
const runUntil = async (
	current: Match,
	goal: Coordinates,
): Promise<Replication | Unknown> => {
	const { run, step, session } = current;
	const { on, channel: name } = step;
	const rest = channelOf(await session.look(), name);
	const stands = `${on} stands at ${textOfCoordinates(rest.execCoordinates)}`;
	if (!sameBinlogBasename(rest.execCoordinates, goal))
		return {
			why: `${stands}, which is not of the logs of ${textOfCoordinates(goal)}`,
		};
	const order = compareCoordinates(rest.execCoordinates, goal);
	if (order > 0)
		return { why: `${stands}, ahead of ${textOfCoordinates(goal)}` };
	if (order === 0) return rest;
	await session.write(session.dialect.startUntil(name, goal), {
		deadlineMs: THREADS_MS,
	});
	const ran = await awaitPosition(
		run,
		session,
		name,
		({ execCoordinates }) => compareCoordinates(execCoordinates, goal) >= 0,
		`${on} has applied up to ${textOfCoordinates(goal)}`,
	);
	if (!isGood(ran)) return { why: ran.says };
	const now = channelOf(await atRest(current), name);
	return compareCoordinates(now.execCoordinates, goal) === 0
		? now
		: {
				why: `${on} stopped at ${textOfCoordinates(now.execCoordinates)} and not at ${textOfCoordinates(goal)}`,
			};
};

/** Waits until the sibling is as far as the replica. @returns why it does not come to that; empty when it is */
const awaitSibling = async (
	{ run, session, source }: Match,
	{ ofChannel }: ByPair,
	isThere: (channel: Replication) => boolean,
): Promise<string> => {
	const waited = await awaitPosition(
		run,
		{ ...source, goOn: session.goOn },
		ofChannel,
		isThere,
		"",
	);
	return isGood(waited) ? "" : waited.says;
};

/** Below a sibling: the replica runs up to what that has executed, and goes on behind where it logged that. */
const belowSibling =
	(by: ByPair): PlaceFinder =>
	async (current, was) => {
		const { run, step } = current;
		const rest = channelOf(await atRest(current), step.channel);
		const isAhead = await awaitSibling(
			current,
			by,
			({ execCoordinates }) =>
				compareCoordinates(execCoordinates, rest.execCoordinates) >= 0,
		);
		if (isAhead !== "")
			return { why: `${isAhead}, and lacks what ${step.on} has applied` };
		const pair = await takePair(run, by, channelSource(was));
		if ("why" in pair) return pair;
		const left = await runUntil(current, pair.above);
		if ("why" in left) return left;
		// What it received beyond that is thrown away with its relay logs.
		const lacks = await awaitSibling(
			current,
			by,
			({ readCoordinates }) =>
				compareCoordinates(readCoordinates, left.readCoordinates) >= 0,
		);
		return lacks === ""
			? { left, at: pair.own }
			: { why: `${lacks}, and lacks what ${step.on} has received` };
	};

/** Up through its source: the replica runs up to where that stands, and goes on where it stood in the log above. */
const throughSource =
	(by: ByPair): PlaceFinder =>
	async (current, was) => {
		const { run, step } = current;
		const from = channelSource(was);
		if (from !== by.of)
			return {
				why: `${step.on} replicates from ${from ?? "nobody"}, not from ${by.of}`,
			};
		await atRest(current);
		const pair = await takePair(run, by, step.source);
		if ("why" in pair) return pair;
		const left = await runUntil(current, pair.own);
		return "why" in left ? left : { left, at: pair.above };
	};

/** By the place at which one server is in two logs: that of its source, and its own. */
export const byPair =
	(by: ByPair): PlaceFinder =>
	(current, was, seen) =>
		(by.of === current.step.source ? belowSibling : throughSource)(by)(
			current,
			was,
			seen,
		);

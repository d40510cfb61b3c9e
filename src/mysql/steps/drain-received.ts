import { setTimeout as delay } from "node:timers/promises";
import type { StepOf } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { hasReadAll } from "./applier-progress.ts";
import { applyAll } from "./apply-received.ts";
import {
	channelOf,
	hasSource,
	isByGtid,
	readChannel,
	through,
} from "./channel.ts";
import { hasUnapplied, receivedOn } from "./received.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Whether the channel has received what is not applied, however it is positioned. */
export const hasPending = (
	instance: Instance,
	channel: Replication,
): boolean =>
	isByGtid(instance, channel)
		? hasUnapplied(instance, channel)
		: compareCoordinates(channel.execCoordinates, channel.readCoordinates) !==
			0;

/**
 * Waits until the channel is at a place. By file and position nothing but these tells what is applied; it is given up on when they stand
 * still, or the applier does.
 * @param goOn throws when the step has been cancelled
 */
export const awaitPosition = async (
	run: StepRun,
	{ goOn, ...session }: Reader & Pick<StepSession, "goOn">,
	name: string,
	isThere: (channel: Replication) => boolean | Promise<boolean>,
	all: string,
): Promise<Finding> => {
	const { server } = session;
	let mark = "";
	let movedMs = run.nowMs();
	let beatMs = movedMs;
	for (;;) {
		goOn();
		const channel = await readChannel(session, name);
		const { applier, execCoordinates, lastApplierError } = channel;
		if (await isThere(channel)) {
			await session.look();
			return finding("done", all);
		}
		const at = `${execCoordinates.file}:${execCoordinates.position}`;
		if (applier === 0)
			return finding(
				"failed",
				`the applier of ${server} ${lastApplierError === "" ? "was stopped" : `is broken: ${lastApplierError.slice(0, 300)}`}${through(name)}; it stands at ${at}`,
			);
		const nowMs = run.nowMs();
		if (at !== mark) movedMs = nowMs;
		mark = at;
		if (nowMs - movedMs > run.stallMs)
			return finding(
				"failed",
				`${server} applied nothing for ${Math.round(run.stallMs / 1000)} s${through(name)}; it stands at ${at}`,
			);
		if (nowMs - beatMs >= 1_000) {
			run.beat(`${server} has applied up to ${at}`);
			beatMs = nowMs;
		}
		await delay(50);
	}
};

/** An applier with several workers tells its place each 300 ms. Milliseconds. */
const STANDS_MS = 1_000;

/**
 * All that is whole is applied: what was received may end in the middle of a transaction, where the applier waits for more and its place
 * stands still.
 */
const drainedBy = (run: StepRun, session: StepSession) => {
	let stood: { readonly at: Coordinates; readonly sinceMs: number } | undefined;
	return async ({
		execCoordinates: at,
		readCoordinates,
	}: Replication): Promise<boolean> => {
		if (compareCoordinates(at, readCoordinates) === 0) return true;
		const stands =
			stood !== undefined &&
			compareCoordinates(at, stood.at) === 0 &&
			(await hasReadAll(session));
		if (!stands || stood === undefined) stood = { at, sinceMs: run.nowMs() };
		return run.nowMs() - stood.sinceMs >= STANDS_MS;
	};
};

/** Lets the server apply what the channel has received, whose receiver is stopped. */
export const drain = async (
	run: StepRun,
	session: StepSession,
	name: string,
): Promise<Finding> => {
	const { server: on } = session;
	const before = await session.look();
	const channel = channelOf(before, name);
	if (!hasSource(channel))
		return finding("already", `${on} replicates from nobody${through(name)}`);
	const all = `${on} has applied all that it received${through(name)}`;
	if (!hasPending(before, channel)) {
		if (channel.applier !== 0) return finding("already", all);
		await session.write(session.dialect.startApplier(name));
		await session.look();
		return finding("done", `${all}, and its applier runs`);
	}
	if (isByGtid(before, channel))
		return applyAll(run, session, before, {
			channel: name,
			goal: receivedOn(before, channel),
		});
	if (channel.applier === 0)
		await session.write(session.dialect.startApplier(name));
	return awaitPosition(run, session, name, drainedBy(run, session), all);
};

export const drainReceived = (
	run: StepRun,
	{ on, channel }: StepOf<"drainReceived">,
): Promise<Finding> =>
	run.session(on, (session) => drain(run, session, channel));

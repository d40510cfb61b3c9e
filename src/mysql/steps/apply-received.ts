import type { StepOf } from "../../planning/step.ts";
import {
	contains,
	familyOf,
	missing,
	union,
} from "../../topology/gtid/gtid.ts";
import { withoutErrant } from "../../topology/gtid/without-errant.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { StepSession } from "../step-session.ts";
import { lockWait, progressMark } from "./applier-progress.ts";
import { channelOf, hasSource, isByGtid, through } from "./channel.ts";
import { errantOf } from "./errant-of.ts";
import { lookingWhether } from "./in-the-way.ts";
import { receivedOnAll } from "./received.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { keepsWhatItReceived } from "./stop-receiver.ts";

/** One look at the applier lasts so long when it does not get there. Seconds. */
const SLICE_S = 0.2;

/** Nobody waits for the look at the server whose place somebody is to take. Milliseconds. */
const BACK_WITHIN_MS = 3_000;

/** All that the server itself has received, and those of `of` as the operation's picture has them. */
const goalOf = (
	run: StepRun,
	seen: Instance,
	of: readonly InstanceName[],
): string =>
	of
		.filter((name) => name !== seen.name)
		.map((name) =>
			withoutErrant({ ...run.known(name), errantGtid: errantOf(run, name) }),
		)
		.reduce(
			(all, each) => union(familyOf(seen), all, each),
			receivedOnAll(seen),
		);

export interface ToApply {
	readonly channel: string;
	readonly goal: string;
	/** Whose place somebody is to take. */
	readonly inPlaceOf?: InstanceName | undefined;
}

/** Why waiting for the channel's applier is in vain; empty when it is not. */
const hopeless = (
	run: StepRun,
	session: StepSession,
	seen: Instance,
	channelName: string,
): string => {
	const { server } = session;
	const channel = channelOf(seen, channelName);
	if (!hasSource(channel))
		return `${server} has no channel${through(channelName)} that would apply it`;
	if (!isByGtid(seen, channel))
		return `${server} replicates without GTID${through(channelName)}: what of the received is applied is not known`;
	if (channel.sqlDelaySeconds * 1000 > run.stallMs)
		return `the applier of ${server} is delayed by ${channel.sqlDelaySeconds} s${through(channelName)}: take the delay off first`;
	if (channel.receiver === 0 && !keepsWhatItReceived(session, seen, channel))
		return `both threads of ${server} are stopped${through(channelName)}, and starting one would throw away what it has received: start the receiver and the applier of it together while its source is there`;
	return "";
};

const stalled = async (
	session: StepSession,
	left: string,
	stallMs: number,
): Promise<string> => {
	const waits = await lockWait(session);
	return `${session.server} applied nothing for ${Math.round(stallMs / 1000)} s${waits === "" ? "" : `; ${waits}`}; it still lacks ${left.slice(0, 200)}`;
};

/**
 * Starts the channel's applier where it does not run and waits until all of the goal is applied. Gives up when the applier is
 * broken, and when nothing moves for as long as the context says: a large transaction that is being applied does move.
 */
export const applyAll = async (
	run: StepRun,
	session: StepSession,
	before: Instance,
	{ channel: name, goal, inPlaceOf }: ToApply,
): Promise<Finding> => {
	const { server, dialect } = session;
	const family = familyOf(before);
	const all = `${server} has applied all that was received${through(name)}`;
	if (goal !== "" && contains(family, before.executedGtid, goal))
		return finding("already", all);
	const vain = hopeless(run, session, before, name);
	if (vain !== "") return finding("refused", vain);
	if (channelOf(before, name).applier === 0)
		await session.write(dialect.startApplier(name));
	const back = lookingWhether(run, inPlaceOf, BACK_WITHIN_MS);
	let mark = "";
	let movedMs = run.nowMs();
	let beatMs = movedMs;
	for (;;) {
		session.goOn();
		const inTheWay = back.found();
		if (inTheWay !== undefined) return inTheWay;
		await session.read(dialect.waitApplied(goal, SLICE_S), 5_000);
		const seen = await session.look();
		if (contains(family, seen.executedGtid, goal)) return finding("done", all);
		const left = missing(family, seen.executedGtid, goal);
		const { applier, lastApplierError } = channelOf(seen, name);
		if (applier === 0)
			return finding(
				"failed",
				`the applier of ${server} ${lastApplierError === "" ? "was stopped" : `is broken: ${lastApplierError.slice(0, 300)}`}${through(name)}; it still lacks ${left.slice(0, 200)}`,
			);
		const now = await progressMark(session, seen, name);
		const nowMs = run.nowMs();
		if (now !== mark) movedMs = nowMs;
		mark = now;
		if (nowMs - movedMs > run.stallMs)
			return finding("failed", await stalled(session, left, run.stallMs));
		if (nowMs - beatMs >= 1_000) {
			run.beat(`${server} still has to apply ${left.slice(0, 200)}`);
			beatMs = nowMs;
			back.look();
		}
	}
};

export const applyReceived = (
	run: StepRun,
	{ on, channel, of, inPlaceOf }: StepOf<"applyReceived">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		return applyAll(run, session, before, {
			channel,
			goal: goalOf(run, before, of),
			inPlaceOf,
		});
	});

import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { Done } from "./plan.ts";
import { isGood, mayOpen, type SemiSyncPolicy } from "./step.ts";

// Invariant: everything here follows from what was done alone, so that a failover that is planned anew, by whichever process, goes
// on where it stood.

export const PHASES = {
	close: "close",
	undelay: "take the delay off",
	stop: "stop receivers",
	catchUp: "catch up",
	apply: "apply",
	promote: "promote",
	follow: "follow",
} as const;

/** How far a failover has come. */
export interface FailoverProgress {
	readonly hasBegun: boolean;
	readonly isClosed: boolean;
	/** The server that was opened. */
	readonly opened: InstanceName | undefined;
	/** How semi-sync was set on it; undefined where its own settings stayed. */
	readonly openedWith: SemiSyncPolicy | undefined;
	/** Servers that failed on the way to a promotion, of themselves or of another, with what was said. */
	readonly fallen: ReadonlyMap<InstanceName, string>;
	/** Servers whose receiver could not be stopped, with what was said. */
	readonly unstopped: ReadonlyMap<InstanceName, string>;
	/** Whether the channel's receiver was stopped, or that was tried in vain, and it has not been started by a move since. */
	readonly isSettled: (server: InstanceName, channel: string) => boolean;
	/** Whose receivers were stopped, in this failover or by a person before. */
	readonly stopped: readonly InstanceName[];
	/** The receiver was found stopped. */
	readonly wasStoppedBefore: (server: InstanceName) => boolean;
	/** Follows the server that was opened, or was asked to as often as is useful: with what was said when it does not. */
	readonly followed: ReadonlyMap<InstanceName, { readonly says: string }>;
	readonly hasForgotten: boolean;
	/** Its acknowledgements were compared with those that its commits wait for. */
	readonly isFitted: boolean;
	/** The promoted server has changed places with a better placed one, or that was tried. */
	readonly hasReplaced: boolean;
}

const isPromotion = ({ phase, step }: Done): boolean =>
	phase === PHASES.promote && mayOpen(step);

/** Steps whose failure rules the server out, by the phases in which they stand. */
const fells = (done: Done): boolean =>
	!isGood(done.answer) &&
	done.answer.inTheWay === undefined &&
	(done.phase.startsWith(PHASES.catchUp) ||
		done.phase === PHASES.apply ||
		done.phase === PHASES.undelay ||
		isPromotion(done));

const keyOf = (server: InstanceName, channel: string): string =>
	`${server}/${channel}`;

/** Stops and moves of receivers, replayed. */
const receiversOf = (done: readonly Done[]) => {
	const settled = new Set<string>();
	const unstopped = new Map<InstanceName, string>();
	const first = new Map<InstanceName, Done>();
	for (const each of done) {
		const { step, answer } = each;
		if (step.do === "stopReceiver") {
			settled.add(keyOf(step.on, step.channel));
			if (!isGood(answer)) unstopped.set(step.on, answer.says);
			if (!first.has(step.on)) first.set(step.on, each);
		}
		if (step.do === "moveBelow" && answer.effect !== "unchanged")
			settled.delete(keyOf(step.on, step.channel));
	}
	return { settled, unstopped, first };
};

/** Moves below the server that was opened. One that failed is tried once more, when clients are served again. */
const followedOf = (
	done: readonly Done[],
	opened: InstanceName | undefined,
): Map<InstanceName, { says: string }> => {
	const followed = new Map<InstanceName, { says: string }>();
	for (const { phase, step, answer } of done) {
		if (step.do !== "moveBelow" || step.source !== opened) continue;
		if (isGood(answer)) followed.set(step.on, { says: "" });
		else if (phase === PHASES.follow || answer.outcome === "refused")
			followed.set(step.on, { says: answer.says });
	}
	return followed;
};

/** @param receiving what received when the operation began; undefined where nobody has noted that */
export const failoverProgress = (
	all: readonly Done[],
	receiving?: Snapshot["receiving"],
): FailoverProgress => {
	const done = all.filter((each) => each.isUndo !== true);
	const opening = done.find((each) => isPromotion(each) && isGood(each.answer));
	const { settled, unstopped, first } = receiversOf(done);
	const opened = opening?.step.on;
	return {
		hasBegun: done.length > 0,
		isClosed: done.some(
			({ step, answer }) => step.do === "close" && isGood(answer),
		),
		opened,
		openedWith: opening?.step.do === "open" ? opening.step.semiSync : undefined,
		fallen: new Map(
			done.filter(fells).map(({ step, answer }) => [step.on, answer.says]),
		),
		unstopped,
		isSettled: (server, channel) => settled.has(keyOf(server, channel)),
		stopped: [...first.keys()],
		// By the answers alone what an attempt that was lost has stopped looks like what a person had.
		wasStoppedBefore: (server) =>
			receiving === undefined
				? first.get(server)?.answer.outcome === "already"
				: first.has(server) && !receiving.some(({ on }) => on === server),
		followed: followedOf(done, opened),
		hasForgotten: done.some(({ step }) => step.do === "forgetSource"),
		isFitted: done.some(({ step }) => step.do === "fitSemiSync"),
		hasReplaced: done.some(({ step }) => step.do === "findCredential"),
	};
};

import { errors, errorText } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import { type Instance, isLastCheckValid } from "../../topology/instance.ts";
import { ServerFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { blockWrites } from "./block-writes.ts";
import { type HandOver, inGap } from "./hand.ts";
import { endOfLog, type Goal, goalOf } from "./hand-over-goal.ts";
import { takeBackHandOver } from "./hand-over-undo.ts";
import { letGo, stopReceiving } from "./let-go.ts";
import { openTheServer } from "./open.ts";
import { awaitOpenWork } from "./open-work.ts";
import {
	readSemiSync,
	type SemiSyncChange,
	semiSyncChange,
} from "./semi-sync.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";
import { createWriteGap } from "./write-gap.ts";

/** How long something may take, and how long of it is left. Milliseconds. */
interface Time {
	readonly ms: number;
	leftMs(): number;
}

/** An answer takes its way: less would end a session that is well. Milliseconds. */
const ANSWER_MS = 200;

/**
 * Waits until the one server has applied what the other has at this moment.
 * @throws BatonError OperationFailed when the time is over
 */
const awaitAll = async (hand: HandOver, time: Time): Promise<Goal> => {
	const { run, step, to } = hand;
	const deadlineMs = () => Math.max(0, time.leftMs()) + ANSWER_MS;
	const goal = await goalOf(hand, deadlineMs());
	for (;;) {
		to.goOn();
		const lacks = await goal.lacking(time.leftMs(), deadlineMs());
		if (lacks === "") return goal;
		if (time.leftMs() <= 0)
			throw errors.notCaughtUp({
				server: to.server,
				source: step.from,
				ms: time.ms,
				gtids: lacks,
			});
		run.beat(`${to.server} still has to apply ${lacks}`);
	}
};

/** Where the old primary can go on below the new one, as long as that has written nothing of its own: nobody can find it out later. */
const recordPlace = async (
	{ run, step, to }: HandOver,
	{ place }: Goal,
	deadlineMs: number,
): Promise<void> => {
	if (place === undefined) return;
	await run.equivalences.record(
		{ server: step.from, at: place },
		{ server: step.on, at: await endOfLog(to, deadlineMs) },
	);
};

/** A wait as short as this leaves no more to be applied than what comes in the meantime. Milliseconds. */
const CLOSE_BEHIND_MS = 50;
const CATCH_UP_ROUNDS = 5;

/**
 * With writes still open, so that only the last of them remains when they are blocked. One that is never that close is not waited for,
 * unless it would not be through in time then.
 */
const catchUp = async (hand: HandOver): Promise<void> => {
	const { run, step, to, gap } = hand;
	const endMs = run.nowMs() + step.catchUpMs;
	const time: Time = {
		ms: step.catchUpMs,
		leftMs: () => endMs - run.nowMs(),
	};
	to.part("catching up");
	for (let round = 1; ; round++) {
		const startedMs = run.nowMs();
		await awaitAll(hand, time);
		const tookMs = run.nowMs() - startedMs;
		if (tookMs < CLOSE_BEHIND_MS) return;
		if (round >= CATCH_UP_ROUNDS && tookMs < gap.forwardMs / 2) return;
	}
};

/** From here on clients wait: only what must be is done. */
const change = async (hand: HandOver): Promise<void> => {
	const { from, to, semiSync, begun, gap } = hand;
	await blockWrites(hand);
	const goal = await awaitAll(hand, {
		ms: gap.forwardMs,
		leftMs: gap.leftMs,
	});
	await recordPlace(hand, goal, inGap(hand, gap.forwardMs));
	if (begun.holding && !from.session.isOpen)
		throw new ServerFault(
			"lost",
			`the session that held up the writes on ${from.server} was lost`,
		);
	inGap(hand, gap.forwardMs);
	begun.opening = true;
	await openTheServer(to, semiSync, gap.wholeLeftMs());
};

/** An attempt before this one has blocked writes, and they still are. */
const isBlockedAlready = (
	{ run, step }: Pick<HandOver, "run" | "step">,
	{ readOnly }: Instance,
): boolean => {
	const known = run.known(step.from);
	return readOnly && isLastCheckValid(known) && !known.readOnly;
};

/** While writes go on. @returns what a person should know of it */
const waitForClients = async (hand: HandOver): Promise<readonly string[]> => {
	if (isBlockedAlready(hand, hand.fromBefore)) {
		hand.begun.blocking = true;
		hand.gap.begin();
		return [];
	}
	const told = await awaitOpenWork(
		hand.run,
		hand.from,
		hand.step.transactionsMs,
	);
	await catchUp(hand);
	return told;
};

const prepare = async (
	run: StepRun,
	step: StepOf<"handOver">,
	from: StepSession,
	to: StepSession,
): Promise<HandOver | Finding> => {
	const [fromBefore, toBefore] = await Promise.all([from.look(), to.look()]);
	const wanted =
		step.semiSync && semiSyncChange(await readSemiSync(to), step.semiSync);
	const hand = (semiSync: SemiSyncChange | undefined): HandOver => ({
		run,
		step,
		from,
		to,
		fromBefore,
		toBefore,
		semiSync,
		gap: createWriteGap(step.gapMs, run.nowMs),
		begun: {
			blocking: false,
			blocked: false,
			holding: false,
			opening: false,
		},
	});
	if (!toBefore.readOnly) {
		if (!fromBefore.readOnly)
			return finding(
				"refused",
				`both ${step.from} and ${step.on} take writes: a person must say which one is right`,
			);
		return finding(
			"already",
			`${step.on} is writable, ${step.from} is read-only${await letGo(hand(undefined), stopReceiving)}`,
		);
	}
	if (typeof wanted === "string")
		return finding("refused", `${step.on} is not opened: ${wanted}`);
	const ready = hand(wanted);
	// It may wait for two locks one after the other.
	const lockWaitS = Math.max(1, Math.floor(ready.gap.forwardMs / 2_000));
	await from.read(`SET SESSION lock_wait_timeout = ${lockWaitS}`);
	return ready;
};

const opened = async (
	hand: HandOver,
	gapMs: number,
	tells: readonly string[],
): Promise<Finding> => {
	const { run, to, step } = hand;
	to.part("opened");
	const note = await letGo(hand, stopReceiving);
	const look = await to.look().then(
		() => "",
		(error: unknown) =>
			`; ${step.on} was not seen afterwards (${errorText(error)})`,
	);
	// Both switches were answered: a session that was lost since takes nothing away from that.
	run.settle(step.from, "changed");
	run.settle(step.on, "changed");
	return {
		...finding(
			"done",
			`${step.from} is read-only, ${step.on} has all of it and is writable; writes were blocked for ${gapMs} ms${note}${look}`,
		),
		...(tells.length === 0 ? {} : { tells }),
	};
};

/**
 * The part of a takeover that clients feel: the old primary read-only, the last of it applied, the new one writable. Before the
 * new one is open, any failure makes the old one writable again; after that it only goes forward.
 */
export const handOver = (
	run: StepRun,
	step: StepOf<"handOver">,
): Promise<Finding> =>
	sideBySide(
		(work) => run.session(step.from, work),
		(work) => run.session(step.on, work),
		async (from: StepSession, to: StepSession) => {
			const hand = await prepare(run, step, from, to);
			if ("outcome" in hand) return hand;
			let tells: readonly string[];
			try {
				tells = await waitForClients(hand);
				await change(hand);
			} catch (error) {
				return takeBackHandOver(hand, error);
			}
			return opened(hand, hand.gap.lastsMs(), tells);
		},
	);

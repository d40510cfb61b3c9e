import { errors, errorText } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import { contains, familyOf, missing } from "../../topology/gtid/gtid.ts";
import { ServerFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { blockWrites } from "./block-writes.ts";
import { type HandOver, positionOf } from "./hand.ts";
import { takeBackHandOver } from "./hand-over-undo.ts";
import { letGo, stopReceiving } from "./let-go.ts";
import { openTheServer } from "./open.ts";
import {
	readSemiSync,
	type SemiSyncChange,
	semiSyncChange,
} from "./semi-sync.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Waits until the one server has applied what the other has at this moment. @throws BatonError OperationFailed after catchUpMs */
const awaitAll = async ({
	run,
	step,
	from,
	to,
	toBefore,
}: HandOver): Promise<void> => {
	const family = familyOf(toBefore);
	const goal = await positionOf(from);
	const endMs = run.nowMs() + step.catchUpMs;
	for (;;) {
		to.goOn();
		const leftS = Math.max(0.05, (endMs - run.nowMs()) / 1000);
		const [row] = await to.read(
			to.dialect.waitApplied(goal, Math.min(1, leftS)),
			3_000,
		);
		// MariaDB looks at numbers only, and not at whose they are: there the positions are compared.
		if (family === "mysql" && Number(row?.["waited"]) === 0) return;
		const has = await positionOf(to);
		if (contains(family, has, goal)) return;
		const lacks = missing(family, has, goal).slice(0, 200);
		if (run.nowMs() >= endMs)
			throw errors.notCaughtUp({
				server: to.server,
				source: from.server,
				ms: step.catchUpMs,
				gtids: lacks,
			});
		run.beat(`${to.server} still has to apply ${lacks}`);
	}
};

/** A wait as short as this leaves no more to be applied than what comes in the meantime. Milliseconds. */
const CLOSE_BEHIND_MS = 50;
const CATCH_UP_ROUNDS = 5;

/** With writes still open, so that only the last of them remains when they are blocked. */
const catchUp = async (hand: HandOver): Promise<void> => {
	hand.to.part("catching up");
	for (let round = 0; round < CATCH_UP_ROUNDS; round++) {
		const startedMs = hand.run.nowMs();
		await awaitAll(hand);
		if (hand.run.nowMs() - startedMs < CLOSE_BEHIND_MS) return;
	}
};

/** From here on clients wait: only what must be is done. */
const change = async (hand: HandOver): Promise<void> => {
	const { from, to, semiSync, begun } = hand;
	await blockWrites(hand);
	await awaitAll(hand);
	if (begun.holding && !from.session.isOpen)
		throw new ServerFault(
			"lost",
			`the session that held up the writes on ${from.server} was lost`,
		);
	begun.opening = true;
	await openTheServer(to, semiSync);
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
		begun: { blocking: false, holding: false, opening: false },
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
	await from.read("SET SESSION lock_wait_timeout = 2");
	return hand(wanted);
};

const opened = async (hand: HandOver): Promise<Finding> => {
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
	return finding(
		"done",
		`${step.from} is read-only, ${step.on} has all of it and is writable${note}${look}`,
	);
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
			try {
				await catchUp(hand);
				await change(hand);
			} catch (error) {
				return takeBackHandOver(hand, error);
			}
			return opened(hand);
		},
	);

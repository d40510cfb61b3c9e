import { errorText } from "../../errors.ts";
import type { Instance } from "../../topology/instance.ts";
import { isSuperseded, type StepSession } from "../step-session.ts";
import { lockWait } from "./applier-progress.ts";
import type { HandOver } from "./hand.ts";
import { letGo } from "./let-go.ts";
import { heldUpBy } from "./open-work.ts";
import { type Finding, finding } from "./step-context.ts";

/** As the old primary was. An attempt before this one may have closed it already: then it was as the operation's picture has it. */
const asItWas = ({ run, step, fromBefore }: HandOver): Instance => {
	const known = run.known(step.from);
	return known.check.outcome === "ok" && !known.readOnly ? known : fromBefore;
};

/** A session that says nothing for so long is given up for a new one: clients wait. Milliseconds. */
const ANSWER_MS = 1_000;

/** Over the session that there is, else over a new one: that one's lock ends whatever may still be pending in the old one. */
const reopen = async (hand: HandOver): Promise<void> => {
	const { run, step, from, begun } = hand;
	const was = asItWas(hand);
	const back = { takesBack: true, deadlineMs: ANSWER_MS } as const;
	const over = async (session: StepSession): Promise<void> => {
		const { setReadOnly, releaseWrites } = session.dialect;
		await session.write(setReadOnly(was), back);
		if (begun.holding && session === from)
			await session.write(releaseWrites, { ...back, isFleeting: true });
		const now = await session.look();
		const isAsBefore =
			now.readOnly === was.readOnly && now.superReadOnly === was.superReadOnly;
		if (isAsBefore) run.settle(step.from, "unchanged");
	};
	if (from.session.isOpen)
		try {
			return await over(from);
		} catch (error) {
			if (isSuperseded(error) || from.session.isOpen) throw error;
		}
	await run.session(step.from, over);
};

/** What stood in the way, as far as the servers tell: asked when clients need not wait any more. */
const whatHeldUp = async ({
	run,
	step,
	to,
	begun,
}: HandOver): Promise<string> => {
	try {
		if (!begun.blocked)
			return begun.blocking ? await run.reader(step.from, heldUpBy) : "";
		const waits = to.session.isOpen ? await lockWait(to) : "";
		return waits === "" ? "" : `; ${step.on}: ${waits}`;
	} catch {
		// Why it failed is known; who was in the way is more than that.
		return "";
	}
};

/** @returns why it could not be done; empty when it was. @throws BatonError Superseded */
const tried = async (work: Promise<void>): Promise<string> => {
	try {
		await work;
		return "";
	} catch (error) {
		if (isSuperseded(error)) throw error;
		return errorText(error);
	}
};

/**
 * Before the new primary was opened everything is taken back, the old one first: clients wait for it. Whether it was opened is not
 * known when the session was lost while it was: then the old one stays closed, since two open ones would be worse than none.
 */
export const takeBackHandOver = async (
	hand: HandOver,
	cause: unknown,
): Promise<Finding> => {
	const { step, to, begun, gap } = hand;
	const why = errorText(cause);
	if (begun.opening && to.trace.effect === "unknown")
		return finding(
			"failed",
			`${why}: it is not known whether ${step.on} was opened, and ${step.from} stays read-only${await letGo(hand)}`,
		);
	const was = asItWas(hand).readOnly ? "read-only as it was" : "writable again";
	const closed = begun.blocking ? await tried(reopen(hand)) : "";
	const gapMs = gap.lastsMs();
	if (isSuperseded(cause)) throw cause;
	const note = !begun.blocking
		? `writes on ${step.from} were not blocked`
		: closed === ""
			? `${step.from} is ${was}, after ${gapMs} ms`
			: `${step.from} could NOT be made ${was} (${closed}): do it by hand`;
	return finding("failed", `${why}; ${note}${await whatHeldUp(hand)}`);
};

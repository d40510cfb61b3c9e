import { errorText } from "../../errors.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { isSuperseded, type StepSession } from "../step-session.ts";
import { letGo } from "./block-writes.ts";
import type { HandOver } from "./hand.ts";
import { SEMI_SYNC_OFF_MS } from "./semi-sync.ts";
import { type Finding, finding } from "./step-context.ts";

/** As the old primary was. An attempt before this one may have closed it already: then it was as the operation's picture has it. */
const asItWas = ({ run, step, fromBefore }: HandOver): Instance => {
	const known = run.known(step.from);
	return known.check.outcome === "ok" && !known.readOnly ? known : fromBefore;
};

/** Over the session that there is, else over a new one: that one's lock ends whatever may still be pending in the old one. */
const over = (
	{ run }: HandOver,
	server: InstanceName,
	session: StepSession,
	work: (session: StepSession) => Promise<void>,
): Promise<void> =>
	session.session.isOpen ? work(session) : run.session(server, work);

const reopen = async (hand: HandOver): Promise<void> => {
	const { run, step, from, begun } = hand;
	const was = asItWas(hand);
	await over(hand, step.from, from, async (session) => {
		await session.write(session.dialect.setReadOnly(was), { takesBack: true });
		if (begun.holding && session === from)
			await session.write(session.dialect.releaseWrites, {
				isFleeting: true,
				takesBack: true,
			});
		const now = await session.look();
		if (
			now.readOnly === was.readOnly &&
			now.superReadOnly === was.superReadOnly
		)
			run.settle(step.from, "unchanged");
	});
};

/** A replica whose source side is on waits for acknowledgements of what it applies. */
const endSemiSyncAgain = async (hand: HandOver): Promise<void> => {
	const { run, step, to, semiSync } = hand;
	if (semiSync === undefined) return;
	await over(hand, step.on, to, async (session) => {
		await session.write(semiSync.takeBack, {
			deadlineMs: SEMI_SYNC_OFF_MS,
			takesBack: true,
		});
		await session.look();
		run.settle(step.on, "unchanged");
	});
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
	const { step, to, begun } = hand;
	const why = errorText(cause);
	if (begun.opening && to.trace.effect === "unknown")
		return finding(
			"failed",
			`${why}: it is not known whether ${step.on} was opened, and ${step.from} stays read-only${await letGo(hand)}`,
		);
	const was = asItWas(hand).readOnly ? "read-only as it was" : "writable again";
	const closed = begun.blocking ? await tried(reopen(hand)) : "";
	const waiting = begun.semiSync ? await tried(endSemiSyncAgain(hand)) : "";
	if (isSuperseded(cause)) throw cause;
	const notes = [
		!begun.blocking
			? `; writes on ${step.from} were not blocked`
			: closed === ""
				? `; ${step.from} is ${was}`
				: `; ${step.from} could NOT be made ${was} (${closed}): do it by hand`,
		waiting === ""
			? ""
			: `; ${step.on} still waits for semi-sync acknowledgements of what it applies (${waiting})`,
	];
	return finding("failed", `${why}${notes.join("")}`);
};

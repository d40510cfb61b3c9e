import { setTimeout as delay } from "node:timers/promises";
import { BatonError, errorText } from "../../errors.ts";
import { serverFault } from "../driver-error.ts";
import { isSuperseded, type StepSession } from "../step-session.ts";
import { clientsOf, endClients } from "./clients.ts";
import { type HandOver, positionOf } from "./hand.ts";
import { disabled, readSemiSync, SEMI_SYNC_OFF_MS } from "./semi-sync.ts";

const BLOCK_MS = 5_000;

/** The account may not hold up the writes of others: it lacks RELOAD. */
const MAY_NOT = 1227;

/** Between two looks at a position that shall stand still. Milliseconds. */
const STILL_MS = 20;

/**
 * Where the writes of privileged accounts cannot be held up, their sessions are ended and the position must stand still.
 * @throws BatonError OperationFailed when it does not within catchUpMs
 */
const standStill = async ({ run, step, from }: HandOver): Promise<void> => {
	const endMs = run.nowMs() + step.catchUpMs;
	for (;;) {
		await endClients(from);
		const before = await positionOf(from);
		await delay(STILL_MS);
		if ((await positionOf(from)) === before) return;
		if (run.nowMs() > endMs)
			throw new BatonError(
				"OperationFailed",
				`${step.from} is read-only, but accounts that read-only does not hold up write on; grant RELOAD to Baton's account, so that it can hold them up`,
			);
	}
};

/** Makes the old primary read-only, for accounts that read-only does not hold up too. */
export const blockWrites = async (hand: HandOver): Promise<void> => {
	const { from, begun } = hand;
	const { holdWrites } = from.dialect;
	from.part("blocking writes");
	begun.blocking = true;
	await from.write(
		from.dialect.setReadOnly({ readOnly: true, superReadOnly: true }),
		{ deadlineMs: BLOCK_MS },
	);
	if (holdWrites !== "")
		try {
			await from.write(holdWrites, { deadlineMs: BLOCK_MS, isFleeting: true });
			begun.holding = true;
		} catch (error) {
			if (serverFault(error).errno !== MAY_NOT) throw error;
			await standStill(hand);
		}
	from.part("writes blocked");
};

/** How long ended clients may take to go. Milliseconds. */
const GONE_MS = 500;

/** Whoever still waits to write when the hold ends would write to a server that is no primary any more. */
const release = async (
	from: StepSession,
	nowMs: () => number,
): Promise<void> => {
	const endMs = nowMs() + GONE_MS;
	while ((await clientsOf(from)).length > 0 && nowMs() < endMs) {
		await endClients(from);
		await delay(5);
	}
	await from.write(from.dialect.releaseWrites, { isFleeting: true });
};

/**
 * While replicas are still connected that acknowledge: MySQL takes a second for it when none is. No commit waits any more, since
 * the switch to read-only has come back.
 */
const endSemiSyncHere = async (from: StepSession): Promise<void> => {
	const off = disabled(await readSemiSync(from));
	if (off !== undefined)
		await from.write(off.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
};

/**
 * The old primary lets go of its clients. It may be gone by now, and the new one is open whatever comes of this.
 * @returns what a person should know, as the end of a sentence
 */
export const letGo = async (hand: HandOver): Promise<string> => {
	const { from, begun, run, step } = hand;
	try {
		const position = begun.holding ? await positionOf(from) : "";
		const { refusals } = await endClients(from);
		await endSemiSyncHere(from);
		if (begun.holding) await release(from, run.nowMs);
		await from.look();
		const later = begun.holding ? await positionOf(from) : "";
		return [
			refusals.length > 0
				? `; ${refusals.length} sessions of ${step.from} could not be ended (${refusals[0]?.message ?? ""})`
				: "",
			later === position
				? ""
				: `; ${step.from} was written to after that by an account that read-only does not hold up: ${later.slice(0, 200)}`,
		].join("");
	} catch (error) {
		if (isSuperseded(error)) throw error;
		return `; the sessions of ${step.from} were not ended (${errorText(error)})`;
	}
};

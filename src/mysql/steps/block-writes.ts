import { setTimeout as delay } from "node:timers/promises";
import { errors } from "../../errors.ts";
import { serverFault } from "../driver-error.ts";
import { endClients } from "./clients.ts";
import { type HandOver, inGap, positionOf } from "./hand.ts";

const BLOCK_MS = 5_000;

/** The account may not hold up the writes of others: it lacks RELOAD. */
const MAY_NOT = 1227;

/** Between two looks at a position that shall stand still. Milliseconds. */
const STILL_MS = 20;

/**
 * Where the writes of privileged accounts cannot be held up, their sessions are ended and the position must stand still.
 * @throws BatonError OperationFailed when it does not in time
 */
const standStill = async ({ step, from, gap }: HandOver): Promise<void> => {
	for (;;) {
		await endClients(from);
		const before = await positionOf(from);
		await delay(STILL_MS);
		if ((await positionOf(from)) === before) return;
		if (gap.leftMs() <= 0) throw errors.writesNotHeldUp({ server: step.from });
	}
};

/** Makes the old primary read-only, for accounts that read-only does not hold up too. */
export const blockWrites = async (hand: HandOver): Promise<void> => {
	const { from, begun, gap } = hand;
	const { holdWrites } = from.dialect;
	from.part("blocking writes");
	begun.blocking = true;
	gap.begin();
	await from.write(
		from.dialect.setReadOnly({ readOnly: true, superReadOnly: true }),
		{ deadlineMs: inGap(hand, BLOCK_MS) },
	);
	if (holdWrites !== "")
		try {
			await from.write(holdWrites, {
				deadlineMs: inGap(hand, BLOCK_MS),
				isFleeting: true,
			});
			begun.holding = true;
		} catch (error) {
			if (serverFault(error).errno !== MAY_NOT) throw error;
			await standStill(hand);
		}
	begun.blocked = true;
	from.part("writes blocked");
};

import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../../errors.ts";
import { isSuperseded, type StepSession } from "../step-session.ts";
import { channelSource, channelsIn } from "./channel.ts";
import { clientsOf, endClients } from "./clients.ts";
import { type HandOver, positionOf } from "./hand.ts";
import { disabled, readSemiSync, SEMI_SYNC_OFF_MS } from "./semi-sync.ts";
import { stopTheReceiver } from "./stop-receiver.ts";

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

/** How the new primary leaves the old one. @returns what a person should know, as the end of a sentence */
type Leave = (hand: HandOver) => Promise<string>;

const stays: Leave = async () => "";

/** Once the new primary is open it receives from nobody. @returns why it still does, as the end of a sentence */
export const stopReceiving: Leave = async ({ run, step, to, toBefore }) => {
	const channel = channelsIn(toBefore).find(
		(each) => channelSource(each) === step.from,
	);
	if (channel === undefined || channel.receiver === 0) return "";
	try {
		await stopTheReceiver(run, to, channel);
		return "";
	} catch (error) {
		if (isSuperseded(error)) throw error;
		return `; the receiver of ${step.on} was not stopped (${errorText(error)})`;
	}
};

/**
 * No commit waits any more, since the switch to read-only has come back. The thread of MySQL that takes acknowledgements ends at
 * the next packet or when a replica leaves, else after a second: so the new primary leaves at that moment.
 */
const partSemiSync = async (hand: HandOver, leave: Leave): Promise<string> => {
	const off = disabled(await readSemiSync(hand.from));
	const switchedOff =
		off && hand.from.write(off.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
	const [note] = await Promise.all([leave(hand), switchedOff]);
	return note;
};

/**
 * The old primary lets go of its clients and of the new one. It may be gone by now, and the new one is open whatever comes of this.
 * @param leave only where the new one is known to be open
 * @returns what a person should know, as the end of a sentence
 */
export const letGo = async (
	hand: HandOver,
	leave: Leave = stays,
): Promise<string> => {
	const { from, begun, run, step } = hand;
	try {
		const position = begun.holding ? await positionOf(from) : "";
		const { refusals } = await endClients(from);
		const received = await partSemiSync(hand, leave);
		if (begun.holding) await release(from, run.nowMs);
		await from.look();
		const later = begun.holding ? await positionOf(from) : "";
		return [
			received,
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

// The fastest that a hung primary can be told from a busy one: its heartbeats stay out.

import { setTimeout as delay } from "node:timers/promises";
import type { FloorSession } from "./session.ts";

/** Three heartbeats of half a second. */
const SILENCE_MS = 1_500;
const PAUSE_MS = 20;

/** Resolves when no replica has heard of its source for so long. Ends without when the signal is given. */
export const heardNothing = async (
	replicas: readonly FloorSession[],
	signal: AbortSignal,
): Promise<void> => {
	const signs = new Map<FloorSession, string>();
	let lastMs = performance.now();
	while (performance.now() - lastMs < SILENCE_MS) {
		await delay(PAUSE_MS, undefined, { signal });
		// Of the time before the question: what came later is another sign.
		const askedMs = performance.now();
		for (const [replica, sign] of await Promise.all(replicas.map(signOf))) {
			if (signs.get(replica) !== sign) lastMs = askedMs;
			signs.set(replica, sign);
		}
	}
};

const signOf = async (
	session: FloorSession,
): Promise<readonly [FloorSession, string]> => {
	const { channel, signsOfLife } = session.words;
	const row = await session.ask(channel);
	return [session, signsOfLife.map((column) => row[column]).join(" ")];
};

// The parts that a failover and a takeover without a manager have in common.

import { setTimeout as delay } from "node:timers/promises";
import type { LabServer } from "../../test/lab/server.ts";
import type { FloorSession } from "./session.ts";

const FOLLOWS_WITHIN_MS = 20_000;
const PAUSE_MS = 5;

/** @throws when the server did not apply it in time */
export const waitApplied = async (
	session: FloorSession,
	gtids: string,
): Promise<void> => {
	const { waited } = await session.ask(session.words.waitApplied(gtids));
	if (Number(waited) !== 0)
		throw new Error(`${session.server.name} did not apply ${gtids} in time`);
};

/** Answers when the replica receives from the new primary and applies. */
export const pointTo = async (
	session: FloorSession,
	source: LabServer,
): Promise<void> => {
	await session.ask(session.words.pointReplica(source));
	await waitFollowing(session);
};

/** @throws with what the server says of its channel */
export const waitFollowing = async (session: FloorSession): Promise<void> => {
	const { replicaStatus, threads } = session.words;
	const untilMs = performance.now() + FOLLOWS_WITHIN_MS;
	for (;;) {
		const status = await session.ask(replicaStatus);
		if (threads.every((thread) => status[thread] === "Yes")) return;
		if (performance.now() > untilMs)
			throw new Error(
				`${session.server.name} does not replicate: ${JSON.stringify(status)}`,
			);
		await delay(PAUSE_MS);
	}
};

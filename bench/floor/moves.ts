// The parts that a failover and a takeover without a manager have in common.

import { setTimeout as delay } from "node:timers/promises";
import type { Row } from "../../test/lab/connection.ts";
import type { LabServer } from "../../test/lab/server.ts";
import type { FloorSession } from "./session.ts";

const FOLLOWS_WITHIN_MS = 20_000;
const PAUSE_MS = 5;
/** In the words of both flavours. */
const RECEIVING =
	/^(Waiting for (source|master) to send event|Queueing (source|master) event)/;

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

/** Answers when both threads are said to run, which is what Baton waits for. */
export const waitFollowing = (session: FloorSession): Promise<void> =>
	waitForStatus(session, (status) =>
		session.words.threads.every((thread) => status[thread] === "Yes"),
	);

/** Answers when the source has begun to send: a receiver is said to run a little before, and acknowledges nothing yet. */
export const waitReceiving = (session: FloorSession): Promise<void> =>
	waitForStatus(session, (status) =>
		RECEIVING.test(String(status[session.words.receiverState])),
	);

/** @throws with what the server says of its channel */
const waitForStatus = async (
	session: FloorSession,
	isReached: (status: Row) => boolean,
): Promise<void> => {
	const untilMs = performance.now() + FOLLOWS_WITHIN_MS;
	for (;;) {
		const status = await session.ask(session.words.replicaStatus);
		if (isReached(status)) return;
		if (performance.now() > untilMs)
			throw new Error(
				`${session.server.name} does not replicate: ${JSON.stringify(status)}`,
			);
		await delay(PAUSE_MS);
	}
};

import { setTimeout as delay } from "node:timers/promises";
import {
	acknowledgements,
	loweredNote,
	loweredTo,
} from "../../planning/semi-sync-for.ts";
import type { StepOf } from "../../planning/step.ts";
import { numberOf } from "../cell.ts";
import type { StepSession } from "../step-session.ts";
import {
	readSemiSync,
	SEMI_SYNC_OFF_MS,
	type SemiSyncSource,
	semiSyncChange,
} from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** A replica is counted when it asks for events, some moments after its receiver has connected. Milliseconds. */
const COUNTED_MS = 1_000;

/** How many servers acknowledge; it waits a little for those that are still missing. */
const clientsOf = async (
	run: StepRun,
	session: StepSession,
	{ variables, policy }: SemiSyncSource,
): Promise<number> => {
	const endMs = run.nowMs() + COUNTED_MS;
	for (;;) {
		const [row] = await session.read({
			sql: "SHOW GLOBAL STATUS LIKE ?",
			values: [variables.clients],
		});
		const clients = row === undefined ? 0 : numberOf(row, "Value");
		if (clients >= policy.waitForReplicaCount || run.nowMs() > endMs)
			return clients;
		session.goOn();
		await delay(20);
	}
};

/** Compares what a new primary's commits wait for with the servers that do acknowledge, when all that would follow has followed. */
export const fitSemiSync = (
	run: StepRun,
	{ on, lowers }: StepOf<"fitSemiSync">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const now = await readSemiSync(session);
		if (now === undefined || !now.policy.sourceEnabled)
			return finding("already", `${on} waits for no acknowledgements`);
		const waited = now.policy.waitForReplicaCount;
		const clients = await clientsOf(run, session, now);
		if (clients >= waited)
			return finding(
				"already",
				`${on} waits for ${acknowledgements(waited)}, and has ${clients === 1 ? "1 server that acknowledges" : `${clients} servers that acknowledge`}`,
			);
		if (!lowers)
			return finding(
				"refused",
				`commits on ${on} wait for ${acknowledgements(waited)}, and ${clients} of its replicas acknowledge; BatonMode is lossless, so that stays: let more replicas follow, or lower the count`,
			);
		const change = semiSyncChange(now, loweredTo(now.policy, clients));
		if (change === undefined || typeof change === "string")
			return finding("failed", `${on}: ${change ?? "nothing to lower"}`);
		await session.write(change.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
		await session.look();
		return finding("done", loweredNote(on, waited, clients));
	});

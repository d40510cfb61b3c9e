// A takeover by bare SQL: what no manager can be faster than. The siblings are
// moved first, so that there is who acknowledges the new primary's first write,
// and what can be applied before writes are blocked is.

import type { Topology } from "../../test/lab/laying.ts";
import type { LabServer } from "../../test/lab/server.ts";
import type { Switcher } from "../takeover-run.ts";
import { columnsSince, type FloorRecord, type Moments } from "./moments.ts";
import { pointTo, waitApplied, waitFollowing, waitReceiving } from "./moves.ts";
import { type FloorSession, openSession } from "./session.ts";

export interface FloorSwitcher extends Switcher<FloorRecord> {
	close(): void;
}

interface Parties {
	readonly old: FloorSession;
	/** A second session of the old primary: semi-sync is switched off beside its change of source. */
	readonly beside: FloorSession;
	readonly next: FloorSession;
	readonly others: readonly FloorSession[];
}

/** To the first replica, over connections that are open when it answers. */
export const createFloorSwitcher = async (
	{ primary, replicas }: Topology,
	options: { readonly semiSync: boolean },
): Promise<FloorSwitcher> => {
	const sessions = await Promise.all(
		[primary, primary, ...replicas].map(openSession),
	);
	const [old, beside, next, ...others] = sessions;
	if (old === undefined || beside === undefined || next === undefined)
		throw new Error("a takeover needs a replica");
	let moments: Moments = {};
	return {
		switchOver: async () => {
			moments = await exchange({ old, beside, next, others }, options.semiSync);
		},
		record: async (asked) => columnsSince(moments, asked),
		close: () => {
			for (const session of sessions) session.close();
		},
	};
};

const exchange = async (
	{ old, beside, next, others }: Parties,
	semiSync: boolean,
): Promise<Moments> => {
	await Promise.all(others.map((each) => moveBelow(each, next.server)));
	const moved_ms = performance.now();
	// With writes still open, so that only the last of them remains when they are blocked.
	await waitApplied(next, await executedAfter(old, []));
	const caught_up_ms = performance.now();
	const goal = await executedAfter(old, old.words.block);
	const blocked_ms = performance.now();
	await waitApplied(next, goal);
	const applied_ms = performance.now();
	await next.ask(next.words.open(semiSync));
	const opened_ms = performance.now();
	const [followers_ms, forgot_ms, semi_sync_off_ms] = await Promise.all([
		timed(follow(old, next.server, goal)),
		timed(next.ask(next.words.forgetSource)),
		timed(semiSync ? beside.ask(beside.words.endSemiSyncSource) : undefined),
	]);
	return {
		moved_ms,
		caught_up_ms,
		blocked_ms,
		applied_ms,
		opened_ms,
		followers_ms,
		forgot_ms,
		semi_sync_off_ms,
	};
};

/** All that the server has executed once those statements are done. */
const executedAfter = async (
	{ ask, words }: FloorSession,
	statements: readonly string[],
): Promise<string> => {
	const { executed } = await ask([...statements, ...words.executed]);
	return String(executed).replaceAll("\n", "");
};

const moveBelow = async (
	session: FloorSession,
	source: LabServer,
): Promise<void> => {
	await pointTo(session, source);
	await waitReceiving(session);
};

const timed = async (work: Promise<unknown> | undefined): Promise<number> => {
	await work;
	return performance.now();
};

/** The former primary, the last of the followers. */
const follow = async (
	old: FloorSession,
	source: LabServer,
	executed: string,
): Promise<void> => {
	await old.ask(old.words.pointFormer(source, executed));
	await waitFollowing(old);
};

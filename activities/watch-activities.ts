import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import type { WatchedClusters } from "../src/watching/watched-clusters.ts";
import {
	createWatcher,
	type Watcher,
	type WatcherDeps,
} from "../src/watching/watcher.ts";
import { translated } from "./failure.ts";
import { createGroupWatches, type Group } from "./group-watches.ts";
import { beating } from "./heartbeat.ts";

/** Which group watches a cluster: the same on every node. */
export const groupOf = (identity: string, groups: number): number => {
	// FNV-1a, 32 bits.
	let hash = 0x811c9dc5;
	for (const character of identity) {
		hash ^= character.codePointAt(0) ?? 0;
		hash = Math.imul(hash, 0x01000193) >>> 0;
	}
	return hash % groups;
};

/** Below the activity's start-to-close time-out (one hour and five minutes), so that it ends by itself. */
const ROUND_MS = 3_600_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
	delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

const stopOf = async (signal: AbortSignal): Promise<void> => {
	if (!signal.aborted) await once(signal, "abort");
};

/** What the watcher of one group needs, whatever the group. */
type WatchDeps = Omit<
	WatcherDeps,
	"isMine" | "onStoreTrouble" | "onServers"
> & {
	/** Asked once by each watcher: tells what keeps it from the store; empty when nothing does any more. */
	readonly storeTroubleTeller: () => (trouble: string) => void;
	/** Told when Temporal gives this node a group; what it returns is called when that order is over. */
	readonly onHolding: (group: number) => () => void;
	/** Operations look through its connections. */
	readonly watched: WatchedClusters;
	readonly isTemporalReachable: () => Promise<boolean>;
	/** The end of this node. */
	readonly signal: AbortSignal;
};

const watching =
	(deps: WatchDeps) =>
	async ({ group, groups }: Group, signal: AbortSignal): Promise<void> => {
		const onStoreTrouble = deps.storeTroubleTeller();
		const watcher: Watcher = createWatcher({
			...deps,
			onServers: (names) => deps.watched.watches(watcher, names),
			isMine: (identity) => groupOf(identity, groups) === group,
			onStoreTrouble,
		});
		deps.watched.began(watcher);
		try {
			await watcher.run(signal);
		} finally {
			deps.watched.ended(watcher);
			onStoreTrouble("");
		}
	};

export const createWatchActivities = (deps: WatchDeps) => {
	const watches = createGroupWatches({
		run: watching(deps),
		isReachable: deps.isTemporalReachable,
		signal: deps.signal,
		pause,
		log: deps.log,
	});
	return translated({
		watch: async (input: Group): Promise<void> => {
			const context = Context.current();
			const watch = watches.take(input);
			const isOver = deps.onHolding(input.group);
			try {
				await beating(() =>
					Promise.race([
						watch.ended,
						stopOf(
							AbortSignal.any([
								context.cancellationSignal,
								AbortSignal.timeout(ROUND_MS),
							]),
						),
					]),
				);
			} finally {
				isOver();
				if (context.cancellationDetails?.timedOut === true)
					watches.leave(input, watch);
				else {
					watch.stop();
					await watch.ended;
				}
			}
		},
	});
};

export type WatchActivities = ReturnType<typeof createWatchActivities>;

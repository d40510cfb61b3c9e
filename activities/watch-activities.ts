import { Context } from "@temporalio/activity";
import type { AnalysisChange } from "../src/analysis/finding.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { WatchedClusters } from "../src/watching/watched-clusters.ts";
import {
	createWatcher,
	type Watcher,
	type WatcherDeps,
} from "../src/watching/watcher.ts";
import { translated } from "./failure.ts";
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

export const createWatchActivities = (
	deps: Omit<
		WatcherDeps,
		"isMine" | "tell" | "tellReturned" | "onStoreTrouble" | "onServers"
	> & {
		readonly tell: (identity: string, change: AnalysisChange) => Promise<void>;
		readonly tellReturned: (
			identity: string,
			instance: InstanceName,
		) => Promise<void>;
		/** What keeps this node's watcher of a group from the store; empty when nothing does any more. */
		readonly onStoreTrouble: (group: number, trouble: string) => void;
		/** Told when this node takes up or lays down a group. */
		readonly onHolding: (group: number, holds: boolean) => void;
		/** Operations look through its connections. */
		readonly watched: WatchedClusters;
	},
) =>
	translated({
		watch: async (input: { group: number; groups: number }): Promise<void> => {
			const { cancellationSignal } = Context.current();
			const watcher: Watcher = createWatcher({
				...deps,
				onServers: (names) => deps.watched.watches(watcher, names),
				isMine: (identity) => groupOf(identity, input.groups) === input.group,
				onStoreTrouble: (trouble) => deps.onStoreTrouble(input.group, trouble),
			});
			deps.onHolding(input.group, true);
			deps.watched.began(watcher);
			try {
				await beating(() =>
					watcher.run(
						AbortSignal.any([
							cancellationSignal,
							AbortSignal.timeout(ROUND_MS),
						]),
					),
				);
			} finally {
				deps.watched.ended(watcher);
				deps.onHolding(input.group, false);
				deps.onStoreTrouble(input.group, "");
			}
		},
	});

export type WatchActivities = ReturnType<typeof createWatchActivities>;

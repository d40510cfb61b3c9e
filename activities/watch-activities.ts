import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { errors } from "../src/errors.ts";
import type { WatchedClusters } from "../src/watching/watched-clusters.ts";
import {
	createWatcher,
	type Watcher,
	type WatcherDeps,
} from "../src/watching/watcher.ts";
import { translated } from "./failure.ts";
import { createGroupWatches, type Group } from "./group-watches.ts";
import { beating } from "./heartbeat.ts";
import { createOfferedGroups } from "./offered-groups.ts";

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
	readonly isStoreThere: () => Promise<boolean>;
	/** The end of this node. */
	readonly signal: AbortSignal;
};

const watching =
	(deps: WatchDeps) =>
	async (
		{ group, groups }: Group,
		signal: AbortSignal,
		onStoreTrouble: (trouble: string) => void,
	): Promise<void> => {
		const tellStoreTrouble = deps.storeTroubleTeller();
		const watcher: Watcher = createWatcher({
			...deps,
			onServers: (names) => deps.watched.watches(watcher, names),
			isMine: (identity) => groupOf(identity, groups) === group,
			onStoreTrouble: (trouble) => {
				onStoreTrouble(trouble);
				tellStoreTrouble(trouble);
			},
		});
		deps.watched.began(watcher);
		try {
			await watcher.run(signal);
		} finally {
			deps.watched.ended(watcher);
			onStoreTrouble("");
		}
	};

/** What became of an order to watch a group. */
type End = "over" | "offered" | "silence";

export const createWatchActivities = (deps: WatchDeps) => {
	const watches = createGroupWatches({
		run: watching(deps),
		isReachable: deps.isTemporalReachable,
		signal: deps.signal,
		pause,
		log: deps.log,
	});
	const offered = createOfferedGroups({ ...deps, pause });

	const hold = async (
		input: Group,
		watch: ReturnType<typeof watches.take>,
		cancelled: AbortSignal,
	): Promise<End> => {
		const over = new AbortController();
		const signal = AbortSignal.any([
			cancelled,
			AbortSignal.timeout(ROUND_MS),
			over.signal,
		]);
		const isOver = deps.onHolding(input.group);
		try {
			return await Promise.race([
				watch.ended.then((): End => "over"),
				stopOf(signal).then((): End => "over"),
				offered
					.untilOffered(input, watch.trouble, signal)
					.then((isOffered): End => (isOffered ? "offered" : "over")),
			]);
		} finally {
			over.abort();
			isOver();
		}
	};

	/** What has begun to watch without its store watches on: whoever begins anew does not know whom. */
	const end = async (
		input: Group,
		watch: ReturnType<typeof watches.take>,
		how: End,
	): Promise<void> => {
		const isOver = how === "over" && watch.trouble() === "";
		if (!isOver && !deps.signal.aborted) watches.leave(input, watch);
		else {
			watch.stop();
			await watch.ended;
		}
	};

	return translated({
		watch: (input: Group): Promise<void> => {
			const context = Context.current();
			return beating(async () => {
				const trouble = watches.ask(input);
				const { cancellationSignal: signal } = context;
				if (!(await offered.isForThis(input, trouble, signal)))
					throw errors.storeNotSeen({ why: trouble ?? "it says nothing" });
				const watch = watches.take(input);
				const how = await hold(input, watch, signal);
				const isSilent = context.cancellationDetails?.timedOut === true;
				if (isSilent)
					deps.log.warn(
						`blind: Temporal does not answer; group ${input.group + 1} of ${input.groups} is watched on without it`,
					);
				await end(input, watch, isSilent ? "silence" : how);
				if (how === "offered")
					throw errors.storeNotSeen({ why: watch.trouble() });
			});
		},
	});
};

export type WatchActivities = ReturnType<typeof createWatchActivities>;

import { AsyncLocalStorage } from "node:async_hooks";
import { errorText } from "../src/errors.ts";

/** One group of clusters, counted from 0, of so many. */
export interface Group {
	readonly group: number;
	readonly groups: number;
}

/** A watcher of a group that runs, whoever has given it the order. */
interface RunningWatch {
	readonly ended: Promise<void>;
	stop(): void;
	/** What keeps it from the store; empty when nothing does. */
	readonly trouble: () => string;
}

interface GroupWatchesDeps {
	/** Runs a watcher of the group until the signal says stop. */
	readonly run: (
		group: Group,
		signal: AbortSignal,
		onStoreTrouble: (trouble: string) => void,
	) => Promise<void>;
	/** Whether Temporal answers now. */
	readonly isReachable: () => Promise<boolean>;
	/** The end of this node, and of whatever watches without an order. */
	readonly signal: AbortSignal;
	/** Sooner when the signal is aborted. */
	readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly log: { warn(text: string): void; info(text: string): void };
}

const ASK_EVERY_MS = 1_000;
/** Temporal has given the group to another node when it has answered for so long and not asked this one again. Milliseconds. */
const ANSWERS_FOR_MS = 5_000;

/**
 * The watchers of this process. Who watches is Temporal's to say, but a Temporal that says nothing is no reason to look away: a
 * watcher whose order has run out for want of an answer watches on, and the next order for its group takes it up as it is. It ends
 * when Temporal answers again and asks somebody else. Until then two nodes may look at the same servers, which changes nothing on them.
 */
export const createGroupWatches = (deps: GroupWatchesDeps) => {
	const { log } = deps;
	const adrift = new Map<string, RunningWatch>();
	/** Groups that this node was asked to watch since it was looked. */
	const asked = new Set<string>();
	// What an activity asks of Temporal ends with the activity: a watcher that outlives one must not run inside of it.
	const outside = AsyncLocalStorage.snapshot();

	const begin = (group: Group): RunningWatch => {
		const stopped = new AbortController();
		let trouble = "";
		return {
			ended: outside(deps.run, group, stopped.signal, (text) => {
				trouble = text;
			}),
			stop: () => stopped.abort(),
			trouble: () => trouble,
		};
	};

	const keyOf = ({ group, groups }: Group): string => `${group}/${groups}`;

	/** Waits until it is taken up, has ended, or another node has it for sure. */
	const untilSettled = async (key: string, watch: RunningWatch) => {
		let answers = 0;
		while (answers * ASK_EVERY_MS < ANSWERS_FOR_MS) {
			await deps.pause(ASK_EVERY_MS, deps.signal);
			if (adrift.get(key) !== watch || deps.signal.aborted) return;
			const isThere = await deps.isReachable().catch(() => false);
			answers = isThere && !asked.delete(key) ? answers + 1 : 0;
		}
	};

	const letGo = (key: string, watch: RunningWatch): boolean =>
		adrift.get(key) === watch && adrift.delete(key);

	const drift = async (key: string, watch: RunningWatch): Promise<void> => {
		await untilSettled(key, watch);
		if (!letGo(key, watch)) return;
		watch.stop();
		if (!deps.signal.aborted)
			log.info(`group ${key} is watched by another node`);
	};

	return {
		/**
		 * Temporal asks this node to watch the group.
		 * @returns what keeps the watcher that watches on without an order from the store; undefined when there is none
		 */
		ask: (group: Group): string | undefined => {
			asked.add(keyOf(group));
			return adrift.get(keyOf(group))?.trouble();
		},

		/** The watcher of the group that watches on without an order, else a new one. */
		take: (group: Group): RunningWatch => {
			const key = keyOf(group);
			const known = adrift.get(key);
			if (known === undefined) return begin(group);
			adrift.delete(key);
			log.info(
				`group ${group.group + 1} of ${group.groups} is given to this node again, and was watched all the time`,
			);
			return known;
		},

		/** The order is lost, or given back: the watcher goes on until another node has the group for sure. */
		leave: (group: Group, watch: RunningWatch): void => {
			const key = keyOf(group);
			asked.delete(key);
			adrift.set(key, watch);
			void drift(key, watch);
			watch.ended
				.catch((error: unknown) =>
					log.warn(
						`blind: the watch of group ${group.group + 1} of ${group.groups} has ended: ${errorText(error)}`,
					),
				)
				.finally(() => letGo(key, watch));
		},
	};
};

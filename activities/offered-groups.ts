import type { Group } from "./group-watches.ts";

interface OfferedGroupsDeps {
	/** Whether this node reaches its store now. */
	readonly isStoreThere: () => Promise<boolean>;
	readonly nowMs: () => number;
	/** Sooner when the signal is aborted. */
	readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly log: { warn(text: string): void };
}

const ASK_EVERY_MS = 1_000;
/** A store that restarts, or is switched over, is back by then. Milliseconds. */
const OFFERED_AFTER_MS = 10_000;
/** The same when nobody has taken the group the last time. */
const OFFERED_AGAIN_MS = 60_000;
/** Another node that is there takes what is offered within so long. Milliseconds. */
const TAKEN_WITHIN_MS = 2_000;
/** A node that could only watch blindly asks so often whether its store is back. Milliseconds. */
const BLIND_PAUSE_MS = 250;

const nameOf = ({ group, groups }: Group): string =>
	`group ${group + 1} of ${groups}`;

/**
 * A node that is cut off from its store offers the groups that it watches to the others, since it can neither record nor decide what it finds.
 * 1. It watches on meanwhile, and until another node has taken the group for sure.
 * 2. When nobody takes it, it goes on: alone it is all there is.
 * 3. A node without its store never begins to watch: it would not know whom.
 */
export const createOfferedGroups = (deps: OfferedGroupsDeps) => {
	/** When it was offered to others first, since it was taken up last. */
	const offeredAtMs = new Map<number, number>();
	const takenBack = new Set<number>();

	return {
		/** Ends with the signal, or when the group is to be offered. @returns whether it is */
		untilOffered: async (
			group: Group,
			trouble: () => string,
			signal: AbortSignal,
		): Promise<boolean> => {
			let sinceMs = deps.nowMs();
			while (!signal.aborted) {
				await deps.pause(ASK_EVERY_MS, signal);
				if (trouble() === "") {
					sinceMs = deps.nowMs();
					takenBack.delete(group.group);
					continue;
				}
				const forMs = takenBack.has(group.group)
					? OFFERED_AGAIN_MS
					: OFFERED_AFTER_MS;
				if (deps.nowMs() - sinceMs < forMs) continue;
				offeredAtMs.set(group.group, deps.nowMs());
				deps.log.warn(
					`${nameOf(group)} is offered to other nodes: for ${Math.round(forMs / 1000)} s this one ${trouble()}; it watches on until another one does`,
				);
				return true;
			}
			return false;
		},

		/**
		 * Whether this node is the one to watch the group, which it is asked to.
		 * @param trouble what keeps the watcher that it has from the store; undefined when it has none
		 */
		isForThis: async (
			group: Group,
			trouble: string | undefined,
			signal: AbortSignal,
		): Promise<boolean> => {
			if (trouble === "") return true;
			if (trouble === undefined) {
				if (await deps.isStoreThere()) return true;
				await deps.pause(BLIND_PAUSE_MS, signal);
				return false;
			}
			const sinceMs = offeredAtMs.get(group.group) ?? deps.nowMs();
			offeredAtMs.set(group.group, sinceMs);
			if (deps.nowMs() - sinceMs < TAKEN_WITHIN_MS) return false;
			offeredAtMs.delete(group.group);
			takenBack.add(group.group);
			deps.log.warn(
				`no other node takes ${nameOf(group)}: this one watches on without its store`,
			);
			return true;
		},
	};
};

import type { Fence } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** A deposed primary is told of again so soon; one that is read-only from the third time on twice as late each time, up to the most. */
const TELL_AGAIN_MS = 5_000;
const SOON_TIMES = 3;
const TELL_AGAIN_AT_MOST_MS = 300_000;

export interface FenceTellingsDeps {
	readonly tellReturned: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	readonly nowMs: () => number;
	readonly onFailed: (instance: InstanceName, error: unknown) => void;
}

interface Told {
	readonly atMs: number;
	/** How often in a row, without that anything came of it. */
	readonly times: number;
	/** Of which fence: a new one is told of at once. */
	readonly of: string;
}

const waitMsAfter = (times: number): number =>
	Math.min(
		TELL_AGAIN_MS * 2 ** Math.max(0, times - SOON_TIMES),
		TELL_AGAIN_AT_MOST_MS,
	);

const keyOf = ({ identity, state, sinceMs }: Fence): string =>
	`${identity} ${state} ${sinceMs}`;

/** When it is told that a server on which there is a fence is back. */
export const createFenceTellings = (deps: FenceTellingsDeps) => {
	const told = new Map<InstanceName, Told>();

	return {
		tell: (fence: Fence, readOnly: boolean): void => {
			const { instance: name } = fence;
			const nowMs = deps.nowMs();
			const of = keyOf(fence);
			const last = told.get(name);
			const isAgain = last?.of === of;
			const waitMs = readOnly ? waitMsAfter(last?.times ?? 0) : TELL_AGAIN_MS;
			if (isAgain && nowMs < last.atMs + waitMs) return;
			told.set(name, { atMs: nowMs, times: isAgain ? last.times + 1 : 1, of });
			deps.tellReturned(fence.identity, name).catch((error: unknown) => {
				told.delete(name);
				deps.onFailed(name, error);
			});
		},
		/** Something has come of it, or the server went away: the next return is as good as the first. */
		settle: (name: InstanceName): void => {
			const last = told.get(name);
			if (last !== undefined) told.set(name, { ...last, times: 0 });
		},
		forget: (name: InstanceName): void => {
			told.delete(name);
		},
	};
};

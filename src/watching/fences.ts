import type { Fence } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** A deposed primary is told of again so soon; one that is read-only from the third time on twice as late each time, up to the most. */
const TELL_AGAIN_MS = 5_000;
const SOON_TIMES = 3;
const TELL_AGAIN_AT_MOST_MS = 60_000;

interface FencesDeps {
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

/**
 * Deposed primaries, and servers that an operation may have opened: those whose return is waited for, whatever they are then, and those
 * that were fenced and have to stay read-only.
 */
export const createFenceWatch = (deps: FencesDeps) => {
	let open = new Map<InstanceName, Fence>();
	const told = new Map<InstanceName, Told>();

	const tell = (
		name: InstanceName,
		fence: Fence,
		{ readOnly }: Instance,
	): void => {
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
	};

	/** Something has come of it, or the server went away: the next return is as good as the first. */
	const settle = (name: InstanceName): void => {
		const last = told.get(name);
		if (last !== undefined) told.set(name, { ...last, times: 0 });
	};

	return {
		update: (fences: readonly Fence[]): void => {
			open = new Map(fences.map((each) => [each.instance, each]));
		},
		/** It is looked at more often than others. */
		has: (name: InstanceName): boolean => open.has(name),
		/** After each check: is a deposed primary back, or one that was fenced takes writes again? */
		checked: ({
			name,
			latest,
		}: Pick<KeptInstance, "name" | "latest">): void => {
			const fence = open.get(name);
			if (fence === undefined) told.delete(name);
			else if (!isLastCheckValid(latest)) settle(name);
			else if (fence.state !== "fenced" || !latest.readOnly)
				tell(name, fence, latest);
			else settle(name);
		},
	};
};

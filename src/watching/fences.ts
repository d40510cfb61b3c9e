import type { Fence } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { KeptInstance } from "./kept-instance.ts";

const TELL_AGAIN_MS = 5_000;

interface FencesDeps {
	readonly tellReturned: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	readonly nowMs: () => number;
	readonly onFailed: (instance: InstanceName, error: unknown) => void;
}

/**
 * Deposed primaries, and servers that an operation may have opened: those whose return is waited for, whatever they are then, and those
 * that were fenced and have to stay read-only.
 */
export const createFenceWatch = (deps: FencesDeps) => {
	let waiting = new Map<InstanceName, string>();
	let fenced = new Map<InstanceName, string>();
	const toldAtMs = new Map<InstanceName, number>();

	const tell = (name: InstanceName, identity: string): void => {
		const nowMs = deps.nowMs();
		if (nowMs - (toldAtMs.get(name) ?? 0) < TELL_AGAIN_MS) return;
		toldAtMs.set(name, nowMs);
		deps.tellReturned(identity, name).catch((error: unknown) => {
			toldAtMs.delete(name);
			deps.onFailed(name, error);
		});
	};

	const among = (fences: readonly Fence[], isWaiting: boolean) =>
		new Map(
			fences
				.filter(({ state }) => (state !== "fenced") === isWaiting)
				.map(({ instance, identity }) => [instance, identity]),
		);

	return {
		update: (fences: readonly Fence[]): void => {
			waiting = among(fences, true);
			fenced = among(fences, false);
		},
		/** It is looked at more often than others. */
		has: (name: InstanceName): boolean => waiting.has(name) || fenced.has(name),
		/** A good check: is a deposed primary back, or one that was fenced takes writes again? */
		checked: ({ name, latest }: KeptInstance): void => {
			const identity =
				waiting.get(name) ?? (latest.readOnly ? undefined : fenced.get(name));
			if (identity !== undefined) tell(name, identity);
		},
	};
};

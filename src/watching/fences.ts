import type { Shut } from "../mysql/shut.ts";
import type { Fence } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { KeptInstance } from "./kept-instance.ts";

const TELL_AGAIN_MS = 5_000;

/** A server that is started again by its host comes back soon: it is dialled so often for a while, and then more calmly. Milliseconds. */
const DIAL_MS = 20;
const DIAL_CALMLY_MS = 200;
const SOON_MS = 300_000;
/** It has answered: polls look at it now. */
const ANSWERED_MS = 2_000;

interface FencesDeps {
	readonly tellReturned: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	/** Closes it if it answers, and must not take writes; undefined where it does not answer. */
	readonly shut: (
		identity: string,
		instance: InstanceName,
		serverUuid: string,
	) => Promise<Shut | undefined>;
	/** What is known of it now. */
	readonly latest: (instance: InstanceName) => Instance | undefined;
	/** Looks at it now: an operation goes by what was seen. */
	readonly look: (instance: InstanceName) => Promise<unknown>;
	readonly nowMs: () => number;
	readonly onFailed: (instance: InstanceName, error: unknown) => void;
}

/**
 * Deposed primaries, and servers that an operation may have opened.
 * 1. One whose return is waited for, or that may be open, is told of when it is seen, whatever it is then; one that was fenced when it
 *    takes writes again.
 * 2. A deposed one is closed at the first contact, before anybody is told. One that may rightly be open is not.
 */
export const createFenceWatch = (deps: FencesDeps) => {
	let fences = new Map<InstanceName, Fence>();
	const toldAtMs = new Map<InstanceName, number>();
	const nextDialMs = new Map<InstanceName, number>();

	const tell = (name: InstanceName, identity: string): void => {
		const nowMs = deps.nowMs();
		if (nowMs - (toldAtMs.get(name) ?? 0) < TELL_AGAIN_MS) return;
		toldAtMs.set(name, nowMs);
		deps.tellReturned(identity, name).catch((error: unknown) => {
			toldAtMs.delete(name);
			deps.onFailed(name, error);
		});
	};

	const dial = async (
		{ instance, identity, sinceMs, state }: Fence,
		known: Instance,
	): Promise<void> => {
		nextDialMs.set(instance, Number.POSITIVE_INFINITY);
		const found = await deps.shut(identity, instance, known.serverUuid);
		const isSoon = deps.nowMs() - sinceMs < SOON_MS;
		const pauseMs =
			found === undefined ? (isSoon ? DIAL_MS : DIAL_CALMLY_MS) : ANSWERED_MS;
		if (found !== undefined) await deps.look(instance);
		nextDialMs.set(instance, deps.nowMs() + pauseMs);
		// One that was held back, and was open, has something new to be compared.
		if (state === "fenced" && found === "closed now") tell(instance, identity);
	};

	return {
		update: (all: readonly Fence[]): void => {
			fences = new Map(all.map((each) => [each.instance, each]));
		},
		/** It is looked at more often than others. */
		has: (name: InstanceName): boolean => fences.has(name),
		/** Tries those that could not be seen; nobody waits for them. */
		dial: (): void => {
			for (const fence of fences.values()) {
				const known = deps.latest(fence.instance);
				const isDue =
					(nextDialMs.get(fence.instance) ?? 0) <= deps.nowMs() &&
					fence.state !== "unaccounted" &&
					known !== undefined &&
					!isLastCheckValid(known);
				if (isDue) void dial(fence, known);
			}
		},
		/** A good check. */
		checked: ({ name, latest }: KeptInstance): void => {
			const fence = fences.get(name);
			if (fence !== undefined && (fence.state !== "fenced" || !latest.readOnly))
				tell(name, fence.identity);
		},
	};
};

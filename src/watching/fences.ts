import type { Shut } from "../mysql/shut.ts";
import type { Fence } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { hasYielded } from "../topology/role-disputes.ts";
import { isAnotherNow } from "../topology/server-mark.ts";
import { laidElsewhere } from "./fence-places.ts";
import {
	createFenceTellings,
	type FenceTellingsDeps,
} from "./fence-tellings.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** A server that is started again by its host comes back soon: it is dialled so often for a while, and then more calmly. Milliseconds. */
const DIAL_MS = 30;
const DIAL_CALMLY_MS = 200;
const SOON_MS = 120_000;
/** It has answered: polls look at it now. */
const ANSWERED_MS = 2_000;

interface FencesDeps extends FenceTellingsDeps {
	/** Closes it if it answers, and must not take writes; undefined where it does not answer. */
	readonly shut: (fence: Fence) => Promise<Shut | undefined>;
	/** Another server than the one that is fenced answers at its address. */
	readonly onStranger: (fence: Fence, now: Instance) => void;
	/** Others replicate from it. */
	readonly isFollowed: (instance: InstanceName) => boolean;
	/** What is known of it now. */
	readonly latest: (instance: InstanceName) => Instance | undefined;
	/** The cluster that it belongs to. */
	readonly identityOf: (instance: InstanceName) => string | undefined;
	/** The fence is found by that name in the store from then on. @returns what holds there; undefined where nothing is new */
	readonly layAt: (
		fence: Fence,
		name: InstanceName,
	) => Promise<Fence | undefined>;
	/** Looks at it now: an operation goes by what was seen. */
	readonly look: (instance: InstanceName) => Promise<unknown>;
}

/** It was replaced. One that may rightly be open is none of these. */
const isDeposed = ({ state }: Fence): boolean =>
	state === "waiting" || state === "fenced";

/**
 * Deposed primaries, and servers that an operation may have opened.
 * 1. One whose return is waited for, or that may be open, is told of when it is seen, whatever it is then; one that was fenced when it
 *    takes writes again.
 * 2. A deposed one is closed at the first contact, before anybody is told; not one that its own successor follows now.
 * 3. Another server at its address is none of the fence's business.
 * 4. Names may move: a fence is laid at whatever name of the cluster its server answers by.
 */
export const createFenceWatch = (deps: FencesDeps) => {
	let fences = new Map<InstanceName, Fence>();
	const tellings = createFenceTellings(deps);
	const nextDialMs = new Map<InstanceName, number>();
	const moving = new Set<InstanceName>();

	/** @returns how long it can be left alone then */
	const dialled = async (fence: Fence): Promise<number> => {
		const { instance, sinceMs, state } = fence;
		const found = await deps.shut(fence);
		if (found === undefined)
			return deps.nowMs() - sinceMs < SOON_MS ? DIAL_MS : DIAL_CALMLY_MS;
		await deps.look(instance);
		// One that was held back, and was open, has something new to be compared.
		if (state === "fenced" && found === "closed now")
			tellings.tell(fence, false);
		return ANSWERED_MS;
	};

	const dial = async (fence: Fence): Promise<void> => {
		const { instance } = fence;
		let pauseMs = ANSWERED_MS;
		nextDialMs.set(instance, Number.POSITIVE_INFINITY);
		try {
			pauseMs = await dialled(fence);
		} catch (error) {
			deps.onFailed(instance, error);
		} finally {
			nextDialMs.set(instance, deps.nowMs() + pauseMs);
		}
	};

	/** Its successor was made to follow it: somebody has decided otherwise on the servers. */
	const isVoid = ({ instance, successor }: Fence): boolean => {
		if (successor === "") return false;
		const primary = deps.latest(successor);
		const replaced = deps.latest(instance);
		return (
			primary !== undefined &&
			replaced !== undefined &&
			hasYielded(primary, replaced, deps.isFollowed(successor))
		);
	};

	const mayBeClosed = (fence: Fence): boolean =>
		isDeposed(fence) && !isVoid(fence);

	const isDue = (name: InstanceName): boolean =>
		(nextDialMs.get(name) ?? 0) <= deps.nowMs();

	const layAt = async (fence: Fence, latest: Instance): Promise<void> => {
		const { name } = latest;
		if (moving.has(name)) return;
		moving.add(name);
		try {
			const held = await deps.layAt(fence, name);
			// One that has rejoined is back already, whatever waits at its other name.
			if (held === undefined || held.state === "rejoined") return;
			fences.set(name, held);
			checked({ name, latest });
		} catch (error) {
			deps.onFailed(name, error);
		} finally {
			moving.delete(name);
		}
	};

	/** After each check: is a deposed primary back, or one that was fenced takes writes again? */
	const checked = ({
		name,
		latest,
	}: Pick<KeptInstance, "name" | "latest">): void => {
		const fence = fences.get(name);
		if (fence === undefined || isAnotherNow(fence.server, latest)) {
			const elsewhere = laidElsewhere([...fences.values()], latest, deps);
			if (elsewhere !== undefined) void layAt(elsewhere, latest);
			else if (fence === undefined) tellings.forget(name);
			else deps.onStranger(fence, latest);
		} else if (!isLastCheckValid(latest)) tellings.settle(name);
		// An ordinary poll has met it first. It is looked at again when it is closed, and told of then.
		else if (!latest.readOnly && mayBeClosed(fence) && isDue(name))
			void dial(fence);
		else if (fence.state !== "fenced" || !latest.readOnly)
			tellings.tell(fence, latest.readOnly);
		else tellings.settle(name);
	};

	return {
		update: (all: readonly Fence[]): void => {
			fences = new Map(all.map((each) => [each.instance, each]));
		},
		/** It is looked at more often than others. */
		has: (name: InstanceName): boolean => fences.has(name),
		of: (name: InstanceName): Fence | undefined => fences.get(name),
		/** Tries those that could not be seen; nobody waits for them. */
		dial: (): void => {
			for (const fence of fences.values()) {
				const known = deps.latest(fence.instance);
				if (
					mayBeClosed(fence) &&
					isDue(fence.instance) &&
					known !== undefined &&
					!isLastCheckValid(known)
				)
					void dial(fence);
			}
		},
		checked,
	};
};

import type { Fence, Store } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { areOfOne, isAnother, markOf } from "../topology/server-mark.ts";

interface InView {
	/** The cluster that it belongs to. */
	readonly identityOf: (name: InstanceName) => string | undefined;
	/** What is known of it now. */
	readonly latest: (name: InstanceName) => Instance | undefined;
}

/** The fence of that very server in its cluster, under a name by which it does not answer. */
export const laidElsewhere = (
	fences: readonly Fence[],
	found: Instance,
	{ identityOf, latest }: InView,
): Fence | undefined => {
	if (!isLastCheckValid(found)) return undefined;
	const isThere = ({ instance, server }: Fence): boolean => {
		const there = latest(instance);
		return (
			there !== undefined &&
			isLastCheckValid(there) &&
			!isAnother(server, there)
		);
	};
	return fences.find(
		(each) =>
			each.instance !== found.name &&
			each.identity === identityOf(found.name) &&
			areOfOne(each.server, markOf(found)) &&
			!isThere(each),
	);
};

interface FencePlacesDeps extends InView {
	readonly store: Pick<Store, "fences">;
	readonly log: { warn(text: string): void };
}

/** The name is nobody's own any more, or another server's: nobody can come back by it. */
const isDeserted = (
	{ identityOf, latest }: FencePlacesDeps,
	{ instance, server }: Fence,
): boolean => {
	const there = latest(instance);
	return there === undefined
		? identityOf(instance) === undefined
		: isLastCheckValid(there) && isAnother(server, there);
};

/**
 * Lays a fence at the name by which its server answers. It stays at the other name as long as the server may answer by that, too: who
 * answers here may be a copy of it.
 * @returns what holds at that name then; undefined where nothing is new
 */
export const createFencePlaces = (deps: FencePlacesDeps) => {
	/** What has ended there is not asked for again and again. */
	const ended = new Set<string>();
	return async (
		fence: Fence,
		name: InstanceName,
	): Promise<Fence | undefined> => {
		const { instance, sinceMs } = fence;
		const isLeft = isDeserted(deps, fence);
		const key = `${instance} ${name} ${sinceMs} ${isLeft}`;
		if (ended.has(key)) return undefined;
		const held = await deps.store.fences.lay(fence, name, isLeft);
		if (held?.state === "rejoined") ended.add(key);
		else if (held !== undefined)
			deps.log.warn(
				`${name} is the server that was replaced as ${instance}: it goes by this name, and so does what is done when it returns`,
			);
		return held;
	};
};

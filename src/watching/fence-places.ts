import type { Fence, Store } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { areOfTwo, isAnother } from "../topology/server-mark.ts";

interface FencePlacesDeps {
	readonly store: Pick<Store, "fences">;
	readonly identityOf: (name: InstanceName) => string | undefined;
	readonly latest: (name: InstanceName) => Instance | undefined;
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

/** It is about another server. */
const isMistaken = (held: Fence, fence: Fence): boolean =>
	held.identity !== fence.identity || areOfTwo(held.server, fence.server);

/** Lays a fence at the name by which its server answers. It stays at the other name as long as the server may answer by that, too. */
export const createFencePlaces =
	(deps: FencePlacesDeps) =>
	async (fence: Fence, name: InstanceName): Promise<void> => {
		const { fences } = deps.store;
		const { instance } = fence;
		// Of two that hold for one server the one at its name counts.
		const held = await fences.get(name);
		if (
			held === undefined ||
			held.state === "rejoined" ||
			isMistaken(held, fence)
		)
			await fences.put({ ...fence, instance: name });
		if (isDeserted(deps, fence)) await fences.remove(instance);
		deps.log.warn(
			`${name} is the server that was replaced as ${instance}: it goes by this name, and so does what is done when it returns`,
		);
	};

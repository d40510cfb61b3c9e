import type { Fence } from "../store/contract.ts";
import type { Opening } from "../topology/opening.ts";

/** The operation that made the cluster's recorded primary what it is: it left a fence on whom it replaced. */
export const openingAmong = (
	fences: readonly Fence[],
	{
		identity,
		clusterName,
	}: { readonly identity: string; readonly clusterName: string },
): Opening | undefined => {
	const own = fences.filter(
		(each) => each.identity === identity && each.successor === clusterName,
	);
	const [first] = own;
	return first === undefined || first.successor === ""
		? undefined
		: {
				instance: first.successor,
				atMs: Math.max(...own.map(({ sinceMs }) => sinceMs)),
				inPlaceOf: own
					.filter(({ state }) => state !== "rejoined")
					.map(({ instance }) => instance),
			};
};

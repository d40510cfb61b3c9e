import type { Store } from "../src/store/contract.ts";

/** A node that has not been heard of for so long does not run. */
const NODE_ALIVE_MS = 5_000;

/** Whether a node runs that does the work of operations. */
export const hasNode = async (store: Pick<Store, "nodes">): Promise<boolean> =>
	(await store.nodes.seenSince(Date.now() - NODE_ALIVE_MS)).some(
		({ command }) => command === "http" || command === "continuous",
	);

import type { Store } from "../../src/store/contract.ts";

/** For tests: all that commands and calls change of a store, to be compared with itself. */
export const storePicture = async (store: Store) => ({
	names: await store.inventory.names(),
	all: await store.inventory.all(),
	clusters: await store.clusters.all(),
	downtimes: await store.downtimes.active(0),
	maintenances: await store.maintenances.active(0),
	tags: await store.tags.all(),
	pools: await store.pools.members(0),
	rules: await store.candidates.since(0),
	virtual: await store.hostnames.unresolves(),
	resolved: await store.hostnames.resolves(),
	disabled: await store.recoveries.isGloballyDisabled(),
	nodes: await store.nodes.seenSince(0),
	audit: await store.audit.page({ page: 0 }),
	keys: [...(await store.keyValues.below(""))],
	recorded: await store.topologySnapshots.times(),
});

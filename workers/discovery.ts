import type { Configuration } from "../src/config/keys.ts";
import { createDiscovery as create } from "../src/discovery/discovery.ts";
import { createForgotten } from "../src/discovery/forgotten.ts";
import type { Log } from "../src/log.ts";
import type { Discovery } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { createHostnameMemory, createServerPort } from "./deps.ts";

/** Discovery for one command: over connections of its own. */
export const createDiscovery = async ({
	config,
	store,
	log,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: Log;
}): Promise<{ discovery: Discovery; close(): Promise<void> }> => {
	const hostnames = createHostnameMemory(() => config, store);
	await hostnames.load();
	return {
		discovery: create({
			store,
			servers: createServerPort(() => config, hostnames),
			hostnames,
			forgotten: createForgotten(Date.now),
			config: () => config,
			log: { warn: (text) => log.warning(text) },
		}),
		close: async () => undefined,
	};
};

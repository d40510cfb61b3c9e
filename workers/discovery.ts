import type { Configuration } from "../src/config/keys.ts";
import { createDiscovery as create } from "../src/discovery/discovery.ts";
import type { Discovery } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { createServerPort } from "./deps.ts";

/** Discovery for one command: over connections of its own. */
export const createDiscovery = async ({
	config,
	store,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: unknown;
}): Promise<{ discovery: Discovery; close(): Promise<void> }> => ({
	discovery: create({
		store,
		servers: createServerPort(() => config),
		config: () => config,
	}),
	close: async () => undefined,
});

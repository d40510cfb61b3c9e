import type { Configuration } from "../src/config/keys.ts";
import { createDiscovery as create } from "../src/discovery/discovery.ts";
import { createForgotten } from "../src/discovery/forgotten.ts";
import type { Log } from "../src/log.ts";
import type { Discovery } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { createIdentification, createServerPort, loadNaming } from "./deps.ts";

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
	const naming = await loadNaming(config, store);
	const servers = createServerPort(() => config, naming);
	return {
		discovery: create({
			store,
			servers,
			hostnames: naming.hostnames,
			...createIdentification({
				store,
				config: () => config,
				servers,
				aliases: naming.aliases,
				log: {
					warn: (text) => log.warning(text),
					info: (text) => log.info(text),
				},
			}),
			forgotten: createForgotten(Date.now),
			config: () => config,
			log: { warn: (text) => log.warning(text) },
		}),
		close: async () => undefined,
	};
};

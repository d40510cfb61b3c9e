import type { Watched } from "../activities/dependencies.ts";
import type { Configuration } from "../src/config/keys.ts";
import {
	createDiscovery as create,
	type DiscoveryAgain,
} from "../src/discovery/discovery.ts";
import { createForgotten } from "../src/discovery/forgotten.ts";
import { errorText } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { Store } from "../src/store/contract.ts";
import { createIdentification, createServerPort, loadNaming } from "./deps.ts";

/**
 * What a process that watches nothing does for its operations: no watcher sees what they have changed, so it looks at the cluster once
 * when one has ended, before the command answers and the next one goes by the inventory.
 */
export const createLookAtTheEnd = (
	{ lookAgain }: Pick<DiscoveryAgain, "lookAgain">,
	log: Pick<Log, "warning">,
): Watched => ({
	lookNow: async () => undefined,
	settle: async (identity) => {
		try {
			await lookAgain(identity);
		} catch (error) {
			// The operation stands, whatever is known of it.
			log.warning(
				`the inventory has its servers as they were before (${errorText(error)}); look at them with discover`,
			);
		}
	},
});

/** Discovery for one command: over connections of its own. */
export const createDiscovery = async ({
	config,
	store,
	log,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: Log;
}): Promise<{ discovery: DiscoveryAgain; close(): Promise<void> }> => {
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

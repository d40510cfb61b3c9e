import type { Configuration } from "../src/config/keys.ts";
import { refuseSeparateNodes } from "../src/config/raft-nodes.ts";
import type { Log } from "../src/log.ts";
import type { Operator } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { prepareNamespace } from "../temporal/boot.ts";
import { createOperationAccess } from "../temporal/operation-access.ts";
import {
	createIdentityOf,
	createOperator,
	createRunCheck,
} from "../temporal/operator.ts";
import { createBreakGlass } from "./break-glass.ts";
import {
	createActivityDeps,
	createCommandLogger,
	createServerPort,
	loadNaming,
	textLog,
} from "./deps.ts";
import { createDiscovery, createLookAtTheEnd } from "./discovery.ts";
import { hasNode } from "./has-node.ts";
import { createRowWork } from "./rows.ts";
import { installRuntime } from "./runtime.ts";
import { openTemporal, siteAddress } from "./temporal.ts";
import { createWorkers } from "./workers.ts";

/**
 * For one command: the operator over the Temporal that runs, or over an embedded one for the command's own duration. When no
 * node is there to do the work, this process does it.
 */
export const connectOperator = async ({
	config,
	store,
	log,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: Log;
}): Promise<{
	operator: Operator;
	/** No node is there: with this process the work would end. */
	doesTheWork: boolean;
	close(): Promise<void>;
}> => {
	refuseSeparateNodes(config, siteAddress(config));
	const logger = createCommandLogger(log);
	// What a library takes for an error is for whoever asks for more: what fails is told by what it was asked for.
	installRuntime(
		createCommandLogger({ error: log.warning, warning: log.warning }),
	);
	const token = `cli-${process.pid}`;
	const temporal = await openTemporal({
		config,
		identity: `baton-cli@${config.BatonNode}`,
		log: { info: (text) => log.info(text), warn: (text) => log.warning(text) },
		shared: true,
	});
	const operator = createOperator({
		client: temporal.client,
		store,
		namespace: temporal.namespace,
		defaultPort: config.DefaultInstancePort,
		uiAddress: temporal.uiAddress,
		// It tells of what is waited for.
		log: { warn: (text) => log.notice(text) },
	});
	if (await hasNode(store))
		return { operator, doesTheWork: false, close: temporal.close };
	log.notice("no node is running: this command does the work itself");
	await prepareNamespace(
		temporal.client,
		temporal.namespace,
		config.BatonTemporalRetentionDays,
		{ warn: (text) => log.warning(text) },
	);
	const naming = await loadNaming(config, store);
	const servers = createServerPort(() => config, naming);
	const { discovery } = await createDiscovery({ config, store, log });
	const node = { hostname: config.BatonNode, token };
	const workers = await createWorkers({
		connection: temporal.connection,
		namespace: temporal.namespace,
		identity: `baton-cli@${config.BatonNode}`,
		deps: createActivityDeps({
			isRunning: createRunCheck(temporal.client),
			store,
			config: () => config,
			log: logger,
			node,
			servers,
			watched: createLookAtTheEnd(discovery, log),
		}),
		operator: () => operator,
		access: createOperationAccess(temporal.client),
		rows: createRowWork({
			store,
			config: () => config,
			node,
			discovery,
			client: temporal.client,
			log: textLog(logger),
		}),
	});
	return {
		operator,
		doesTheWork: true,
		close: async () => {
			workers.shutdown();
			await workers.done;
			await temporal.close();
		},
	};
};

/** For one command while Temporal is away: operations run in this very process, see {@link createBreakGlass}. */
export const connectBreakGlass = async ({
	config,
	store,
	log,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: Log;
}): Promise<{ operator: Operator; close(): Promise<void> }> => {
	refuseSeparateNodes(config, siteAddress(config));
	const logger = createCommandLogger(log);
	const naming = await loadNaming(config, store);
	const { discovery } = await createDiscovery({ config, store, log });
	log.warning(
		"break-glass: this operation runs without Temporal; whatever held the cluster before is superseded",
	);
	return {
		operator: createBreakGlass(
			createActivityDeps({
				store,
				config: () => config,
				log: logger,
				node: { hostname: config.BatonNode, token: `cli-${process.pid}` },
				servers: createServerPort(() => config, naming),
				watched: createLookAtTheEnd(discovery, log),
				// Nobody can say; the epoch keeps it from writing.
				isRunning: async () => false,
			}),
			createIdentityOf(store, config.DefaultInstancePort),
			log,
		),
		close: async () => undefined,
	};
};

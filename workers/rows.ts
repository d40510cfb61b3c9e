import type { Client } from "@temporalio/client";
import type { RowWork } from "../activities/command-activities.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import type { Configuration } from "../src/config/keys.ts";
import { resolveHostname } from "../src/discovery/hostnames.ts";
import { errorText } from "../src/errors.ts";
import { createNames } from "../src/naming/names.ts";
import type { Discovery } from "../src/planning/operation.ts";
import { analysisOfStore } from "../src/reading/analysis-of-store.ts";
import type { Store } from "../src/store/contract.ts";
import { lookAt } from "./look.ts";
import { rollingOver } from "./rolling.ts";

interface RowWorkDeps {
	readonly store: Store;
	readonly config: () => Configuration;
	readonly node: { readonly hostname: string; readonly token: string };
	readonly discovery: Discovery;
	readonly client: Client;
	readonly log: { warn(text: string): void; info(text: string): void };
}

/** What the rows of the two tables of changes work with, for commands that are given to Temporal. */
export const createRowWork = ({
	store,
	config,
	node,
	discovery,
	client,
	log,
}: RowWorkDeps): RowWork => ({
	context: () => ({
		store,
		configuration: config(),
		nowMs: Date.now(),
		node,
		discovery: async () => discovery,
		crawlOn: (name) => {
			discovery
				.crawl(name)
				.catch((error: unknown) =>
					log.warn(`discovery from ${name} stopped early: ${errorText(error)}`),
				);
		},
		analyse: (clusterName) =>
			analysisOfStore(
				store,
				analysisSettings(config()),
				Date.now(),
				clusterName,
			),
		lookAt: (name) => lookAt(config(), name),
		rolling: async () => rollingOver(client, config, store),
	}),
	names: createNames({
		store: async () => store,
		resolveHost: ({ host }) => resolveHostname(config(), host),
		defaultPort: () => config().DefaultInstancePort,
	}),
	audit: createAuditTrail(store, config, log),
});

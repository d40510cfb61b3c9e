import { answerOf as answer } from "../src/api/reading-routes.ts";
import type { Json } from "../src/compat/json/go-json.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import type { Configuration } from "../src/config/keys.ts";
import { resolveHostname } from "../src/discovery/hostnames.ts";
import type { Log } from "../src/log.ts";
import { analysisOfStore } from "../src/reading/analysis-of-store.ts";
import type { Store } from "../src/store/contract.ts";
import { binaryLogStarts, lookAt, withLogs } from "./look.ts";

/** A person waits for it at a command line, and can end it. */
const LOG_SEARCH_MS = 3_600_000;

/** What a reading route answers, asked in the process of one command. @throws BatonError as the route does */
export const answerOf = ({
	config,
	store,
	path,
	input,
	log,
	node,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly path: string;
	readonly input: Readonly<Record<string, string>>;
	readonly log: Log;
	readonly node: { readonly hostname: string; readonly token: string };
}): Promise<Json> =>
	answer(
		{
			store,
			config: () => config,
			analyse: (clusterName) =>
				analysisOfStore(
					store,
					analysisSettings(config),
					Date.now(),
					clusterName,
				),
			nowMs: Date.now,
			node,
			log: { warn: (text) => log.warning(text) },
			resolveHost: ({ host }) => resolveHostname(config, host),
			lookAt: (name) => lookAt(config, name),
			binaryLogStarts: (name) => binaryLogStarts(config, name),
			withLogs: (name, work) =>
				withLogs(
					config,
					name,
					{ budgetMs: LOG_SEARCH_MS, onProgress: (text) => log.info(text) },
					work,
				),
		},
		path,
		input,
	);

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import manifest from "../package.json" with { type: "json" };
import type { createChangeBus } from "../src/api/events.ts";
import {
	isOpenListener,
	openListenerWarning,
} from "../src/api/open-listener.ts";
import { createApi } from "../src/api/server.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import type { Configuration } from "../src/config/keys.ts";
import { resolveHostname } from "../src/discovery/hostnames.ts";
import type { Discovery, Operator } from "../src/planning/operation.ts";
import { analysisOfStore } from "../src/reading/analysis-of-store.ts";
import type { Rolling } from "../src/rolling/port.ts";
import type { Store } from "../src/store/contract.ts";
import { planOf } from "./explain.ts";
import { binaryLogStarts, lookAt, withLogs } from "./look.ts";

const pagesDirectory = (): string => {
	for (const place of ["./web", "../web", "../dist/web"]) {
		const directory = fileURLToPath(new URL(place, import.meta.url));
		if (
			existsSync(`${directory}/index.html`) &&
			!existsSync(`${directory}/vite.config.ts`)
		)
			return directory;
	}
	return fileURLToPath(new URL("../dist/web", import.meta.url));
};

/** Asked often, answered from the last answer for a while; a failure counts as no. */
const cached = (
	ask: () => Promise<boolean>,
	forMs: number,
): (() => Promise<boolean>) => {
	let atMs = 0;
	let last: Promise<boolean> = Promise.resolve(false);
	return () => {
		if (Date.now() - atMs > forMs) {
			atMs = Date.now();
			last = ask().catch(() => false);
		}
		return last;
	};
};

/** Nobody waits longer for the answer to a call. */
const LOG_SEARCH_MS = 60_000;

export interface ListeningDeps {
	readonly config: () => Configuration;
	readonly log: Logger;
	readonly node: { readonly hostname: string; readonly token: string };
	readonly store: Store;
	readonly operator: Operator;
	readonly rolling: Rolling;
	readonly discovery: Discovery;
	readonly events: ReturnType<typeof createChangeBus>;
	readonly isLeader: () => boolean;
	readonly storeTrouble: () => string;
	readonly uiAddress: string;
}

/** Serves the API and the pages until it is closed. @throws when the address cannot be had */
export const listen = async ({
	uiAddress,
	...deps
}: ListeningDeps): Promise<{ close(): Promise<void> }> => {
	const { config, log, node, store, operator } = deps;
	if (isOpenListener(config())) log.warn(openListenerWarning(config()));
	const api = createApi({
		...deps,
		analyse: (clusterName) =>
			analysisOfStore(
				store,
				analysisSettings(config()),
				Date.now(),
				clusterName,
			),
		node: { ...node, startedAtMs: Date.now(), version: manifest.version },
		temporal: { reachable: cached(operator.isReachable, 1_000), uiAddress },
		nowMs: Date.now,
		audit: createAuditTrail(store, config, log),
		resolveHost: (target) => resolveHostname(config(), target.host),
		lookAt: (name) => lookAt(config(), name),
		planOf: (request) => planOf({ config: config(), store, request }),
		binaryLogStarts: (name) => binaryLogStarts(config(), name),
		withLogs: (name, work) =>
			withLogs(
				config(),
				name,
				{ budgetMs: LOG_SEARCH_MS, onProgress: (text) => log.info(text) },
				work,
			),
		pagesDirectory: pagesDirectory(),
	});
	const listening = await api.listen();
	log.info(`listening on ${listening.address}`);
	return {
		close: async () => {
			api.close();
			await listening.close();
		},
	};
};

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import manifest from "../package.json" with { type: "json" };
import { type AnalysisEntry, analyse } from "../src/analysis/analysis.ts";
import { snapshotsOfStore } from "../src/analysis/from-store.ts";
import { createChangeBus } from "../src/api/events.ts";
import {
	isOpenListener,
	openListenerWarning,
} from "../src/api/open-listener.ts";
import { createApi } from "../src/api/server.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import type { Log } from "../src/cli/log.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import { createHostNameFilter } from "../src/config/filters.ts";
import type { Configuration } from "../src/config/keys.ts";
import type { LiveConfiguration } from "../src/config/reload.ts";
import { aliasesByName } from "../src/discovery/aliases.ts";
import { createDiscovery } from "../src/discovery/discovery.ts";
import {
	createForgotten,
	type Forgotten,
	rememberingForgets,
} from "../src/discovery/forgotten.ts";
import { resolveHostname } from "../src/discovery/hostnames.ts";
import { ignoring } from "../src/discovery/ignoring.ts";
import { createScheduledDiscovery } from "../src/discovery/scheduled.ts";
import { errorText } from "../src/errors.ts";
import { remembered } from "../src/mysql/settings.ts";
import type { Operator } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { openStore } from "../src/store/open-store.ts";
import { storeOptionsOf } from "../src/store/store-options.ts";
import type { WatchSettings } from "../src/watching/watcher.ts";
import { ensureWatches, prepareNamespace } from "../temporal/boot.ts";
import {
	createOperator,
	createRunCheck,
	createTeller,
} from "../temporal/operator.ts";
import { createRehearser } from "../temporal/rehearse.ts";
import { createRunRemover, ensureSchedules } from "../temporal/schedules.ts";
import {
	createActivityDeps,
	createHostnameMemory,
	createLogger,
	createServerPort,
} from "./deps.ts";
import { installRuntime } from "./runtime.ts";
import { openTemporal, type TemporalSession } from "./temporal.ts";
import { createWorkers } from "./workers.ts";

export interface NodeOptions {
	readonly config: Configuration;
	readonly live: LiveConfiguration;
	readonly files: readonly string[];
	readonly warnings: readonly string[];
	readonly log: Log;
	/** Ends the node. */
	readonly signal: AbortSignal;
	readonly http: boolean;
	readonly discovery: boolean;
	readonly onReloadRequest: (listener: () => void) => void;
}

const watchSettings = (config: Configuration): WatchSettings => ({
	...analysisSettings(config),
	connectMs: config.MySQLConnectTimeoutSeconds * 1000,
	queryMs: config.MySQLDiscoveryReadTimeoutSeconds * 1000,
	ping: {
		everyMs: config.BatonPingMilliseconds,
		deadlineMs: config.BatonPingDeadlineMilliseconds,
	},
	ignores: ignoring(config),
	isSetAside: createHostNameFilter(config.RecoveryIgnoreHostnameFilters),
	candidateExpiryMs: config.CandidateInstanceExpireMinutes * 60_000,
	aliasByName: aliasesByName(config.ClusterNameToAlias),
	takesRules: config.DetectPromotionRuleQuery !== "",
	mostPolls: config.DiscoveryMaxConcurrency,
	mostWaiting: config.DiscoveryQueueCapacity,
	flushMs: config.BufferInstanceWrites
		? config.InstanceFlushIntervalMilliseconds
		: FLUSH_MS,
	rowsAWrite:
		config.InstanceWriteBufferSize > 0 ? config.InstanceWriteBufferSize : 100,
});

/** What is seen is in the store so soon, when BufferInstanceWrites does not ask for longer. */
const FLUSH_MS = 100;

const HEARTBEAT_MS = 1_000;

/** A running node: store, Temporal, workers, watching, API and pages, until the signal says stop (architecture.md §2). */
export const runNode = async (options: NodeOptions): Promise<void> => {
	const { config } = options;
	const log = createLogger(config.Debug);
	installRuntime(log);
	for (const warning of options.warnings) log.warn(warning);
	const node = {
		hostname: config.BatonNode || hostname(),
		token: randomBytes(32).toString("hex"),
	};
	const live = () => options.live.current();
	const forgotten = createForgotten(Date.now);
	const store = rememberingForgets(
		await openStore({
			...storeOptionsOf(config, live),
			node,
			log: (text) => log.info(text),
		}),
		forgotten,
	);
	options.onReloadRequest(() => reload(options.live, log));
	const temporal = await openTemporal({
		config,
		identity: `baton@${node.hostname}`,
		log: { info: (text) => log.info(text), warn: (text) => log.warn(text) },
	});
	await prepareNamespace(
		temporal.client,
		temporal.namespace,
		config.BatonTemporalRetentionDays,
		{ warn: (text) => log.warn(text) },
	);
	const running = await serve({
		options,
		config: live,
		log,
		node,
		store,
		forgotten,
		temporal,
	});
	log.info(
		{
			temporal: temporal.address,
			ui: temporal.uiAddress,
			store: store.description,
			files: options.files,
		},
		"ready",
	);
	await running.untilStopped(options.signal);
	await temporal.close();
	await store.close();
};

const reload = (live: LiveConfiguration, log: Logger): void => {
	try {
		const { changed } = live.reload();
		log.info({ changed }, "configuration read again");
	} catch (error) {
		log.error(
			`the configuration was not read again, the old one stays in force: ${errorText(error)}`,
		);
	}
};

interface Parts {
	readonly options: NodeOptions;
	readonly config: () => Configuration;
	readonly log: Logger;
	readonly node: { readonly hostname: string; readonly token: string };
	readonly store: Store;
	readonly forgotten: Forgotten;
	readonly temporal: TemporalSession;
}

const serve = async (parts: Parts) => {
	const { options, config, log, node, store, forgotten, temporal } = parts;
	const hostnames = createHostnameMemory(config, store);
	const servers = createServerPort(config, hostnames);
	const events = createChangeBus();
	const logging = {
		warn: (text: string) => log.warn(text),
		info: (text: string) => log.info(text),
	};
	const discovery = createDiscovery({
		store,
		servers,
		hostnames,
		forgotten,
		config,
		log: logging,
	});
	const scheduled = createScheduledDiscovery({
		discovery,
		store,
		servers,
		hostnames,
		config,
		nowMs: Date.now,
		log: logging,
	});
	const watches = () =>
		ensureWatches(temporal.client, config().BatonWatchGroups);
	const operator = createOperator({
		client: temporal.client,
		store,
		namespace: temporal.namespace,
		defaultPort: config().DefaultInstancePort,
		uiAddress: temporal.uiAddress,
	});
	const held = new Set<number>();
	/** What keeps the watcher of a group from the store. */
	const troubles = new Map<number, string>();
	const teller = createTeller(temporal.client);
	const rehearse = createRehearser(temporal.client, {
		warn: (text) => log.warn(text),
	});
	const workers = options.discovery
		? await createWorkers({
				connection: temporal.connection,
				namespace: temporal.namespace,
				identity: `baton@${node.hostname}`,
				deps: createActivityDeps({
					isRunning: createRunCheck(temporal.client),
					store,
					config,
					log,
					node,
					servers,
				}),
				operator: () => operator,
				watch: {
					servers,
					store,
					hostnames,
					forgotten,
					settings: remembered(config, watchSettings),
					nowMs: Date.now,
					log: logging,
					tell: teller.analysisChanged,
					tellReturned: teller.instanceReturned,
					onComplete: (identity, instances) => {
						teller.ensureEntity(identity).then(
							() => {
								if (instances <= MOST_REHEARSED) rehearse(identity);
							},
							(error: unknown) =>
								log.warn(
									`blind: the entity of ${identity} could not be started: ${errorText(error)}`,
								),
						);
					},
					onStored: events.announce,
					onStoreTrouble: (group, trouble) => {
						if (trouble === "") troubles.delete(group);
						else troubles.set(group, trouble);
					},
					onHolding: (group, holds) => {
						if (holds) held.add(group);
						else held.delete(group);
					},
				},
				housekeeping: {
					store,
					config,
					nowMs: Date.now,
					ensureWatches: watches,
					removeOldRuns: createRunRemover(
						temporal.client,
						temporal.namespace,
						Date.now,
					),
					discovery: scheduled,
					log: logging,
				},
			})
		: undefined;
	const failed = workers?.done.catch((error: unknown) => {
		log.fatal(`a worker ended: ${errorText(error)}`);
		throw error;
	});
	if (options.discovery) {
		await hostnames.load();
		await scheduled.adoptRows();
		await watches();
		await ensureSchedules(temporal.client, logging);
		void trySeeds(scheduled.trySeeds, options.signal, logging);
	}
	const api = options.http
		? await listen(parts, {
				operator,
				discovery,
				events,
				isLeader: () => held.has(0),
				storeTrouble: () => [...new Set(troubles.values())].join("; "),
			})
		: undefined;
	const beat = setInterval(() => {
		store.nodes
			.beat({
				hostname: node.hostname,
				token: node.token,
				command: options.http ? "http" : "continuous",
				nowMs: Date.now(),
			})
			.catch((error: unknown) =>
				log.warn(
					`the store does not take this node's heartbeat: ${errorText(error)}`,
				),
			);
	}, HEARTBEAT_MS);
	return {
		untilStopped: async (signal: AbortSignal) => {
			const stopped = new Promise<void>((resolve) => {
				if (signal.aborted) resolve();
				signal.addEventListener("abort", () => resolve(), { once: true });
			});
			await Promise.race([stopped, ...(failed === undefined ? [] : [failed])]);
			log.info("stopping");
			clearInterval(beat);
			await api?.close();
			workers?.shutdown();
			await workers?.done;
		},
	};
};

/** A rehearsal looks at every server over a connection of its own and puts the picture into a history: not for clusters of hundreds. */
const MOST_REHEARSED = 100;

const SEEDS_AGAIN_MS = 10_000;

/** DiscoverySeeds, until each has answered once; what keeps one from it is said when it changes. */
const trySeeds = async (
	attempt: () => Promise<readonly string[]>,
	signal: AbortSignal,
	log: { warn(text: string): void },
): Promise<void> => {
	let said = "";
	while (!signal.aborted) {
		const failures = await attempt().catch((error: unknown) => [
			errorText(error),
		]);
		const text = failures.join("; ");
		if (text !== said && text !== "")
			log.warn(`seeds are tried until they answer: ${text}`);
		said = text;
		if (failures.length === 0) return;
		await delay(SEEDS_AGAIN_MS, undefined, { signal }).catch(() => undefined);
	}
};

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

const listen = async (
	{ options, config, log, node, store, temporal }: Parts,
	own: {
		readonly operator: Operator;
		readonly discovery: ReturnType<typeof createDiscovery>;
		readonly events: ReturnType<typeof createChangeBus>;
		readonly isLeader: () => boolean;
		readonly storeTrouble: () => string;
	},
) => {
	if (isOpenListener(config())) log.warn(openListenerWarning(config()));
	const reachable = cached(own.operator.isReachable, 1_000);
	const api = createApi({
		store,
		operator: own.operator,
		discovery: own.discovery,
		config,
		analyse: () => analyseStore(store, config()),
		events: own.events,
		node: { ...node, startedAtMs: Date.now(), version: manifest.version },
		isLeader: own.isLeader,
		storeTrouble: own.storeTrouble,
		temporal: { reachable, uiAddress: temporal.uiAddress },
		log,
		nowMs: Date.now,
		audit: createAuditTrail(store, config),
		resolveHost: (target) => resolveHostname(config(), target.host),
		pagesDirectory: pagesDirectory(),
	});
	const listening = await api.listen();
	log.info(`listening on ${listening.address}`);
	options.log.info("serving");
	return {
		close: async () => {
			api.close();
			await listening.close();
		},
	};
};

const analyseStore = async (
	store: Store,
	config: Configuration,
): Promise<AnalysisEntry[]> => {
	const settings = watchSettings(config);
	return (await snapshotsOfStore(store, Date.now())).flatMap((snapshot) =>
		analyse(snapshot, settings),
	);
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

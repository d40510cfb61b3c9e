import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { createChangeBus } from "../src/api/events.ts";
import {
	configurationReloaded,
	createNodeAudit,
	shutDown,
} from "../src/audit/node-events.ts";
import type { Configuration } from "../src/config/keys.ts";
import { refuseSeparateNodes } from "../src/config/raft-nodes.ts";
import type { LiveConfiguration } from "../src/config/reload.ts";
import { storeOptionsOf } from "../src/config/store-options.ts";
import { createDiscovery } from "../src/discovery/discovery.ts";
import {
	createForgotten,
	type Forgotten,
	rememberingForgets,
} from "../src/discovery/forgotten.ts";
import type { KnownAliases } from "../src/discovery/known-aliases.ts";
import { createTlsLedger } from "../src/discovery/tls-ledger.ts";
import { errorText } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { Store } from "../src/store/contract.ts";
import { openStore } from "../src/store/open-store.ts";
import { prepareNamespace } from "../temporal/boot.ts";
import { createOperator } from "../temporal/operator.ts";
import {
	createIdentification,
	createLogger,
	createNaming,
	createServerPort,
	textLog,
} from "./deps.ts";
import { createHeldGroups } from "./held-groups.ts";
import { listen } from "./listening.ts";
import { rollingOver } from "./rolling.ts";
import { installRuntime } from "./runtime.ts";
import { openTemporal, siteAddress, type TemporalSession } from "./temporal.ts";
import { toldOnce } from "./told-once.ts";
import { startWorking } from "./working.ts";

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

const HEARTBEAT_MS = 1_000;

/** A running node: store, Temporal, workers, watching, API and pages, until the signal says stop. */
export const runNode = async (options: NodeOptions): Promise<void> => {
	const { config } = options;
	refuseSeparateNodes(config, siteAddress(config));
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
	const tell = createNodeAudit({
		store,
		config: live,
		nowMs: Date.now,
		log: textLog(log),
	});
	options.onReloadRequest(() => {
		reload(options.live, log);
		void tell(configurationReloaded("SIGHUP"));
	});
	const temporal = await openTemporal({
		config,
		identity: `baton@${node.hostname}`,
		log: textLog(log),
	});
	await prepareNamespace(
		temporal.client,
		temporal.namespace,
		config.BatonTemporalRetentionDays,
		textLog(log),
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
	await tell(shutDown(String(options.signal.reason)));
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
	const { options, config, log, store, temporal } = parts;
	const naming = createNaming(config, store);
	await naming.aliases.load();
	const servers = createServerPort(config, naming, createTlsLedger(store));
	const finding = {
		...parts,
		log: textLog(log),
		...naming,
		servers,
		...createIdentification({
			store,
			config,
			servers,
			aliases: naming.aliases,
			log: textLog(log),
		}),
	};
	const discovery = createDiscovery(finding);
	const operator = createOperator({
		client: temporal.client,
		store,
		namespace: temporal.namespace,
		defaultPort: config().DefaultInstancePort,
		uiAddress: temporal.uiAddress,
		log: textLog(log),
	});
	const shared = {
		...finding,
		discovery,
		operator,
		events: createChangeBus(),
		groups: createHeldGroups(),
	};
	const working = options.discovery
		? await startWorking({ ...shared, log, signal: options.signal })
		: undefined;
	const failed = working?.done.catch((error: unknown) => {
		log.fatal(`a worker ended: ${errorText(error)}`);
		throw error;
	});
	const api = options.http
		? await listen({
				...shared,
				log,
				rolling: rollingOver(temporal.client, config, store),
				isLeader: shared.groups.isLeader,
				storeTrouble: shared.groups.storeTrouble,
				uiAddress: temporal.uiAddress,
			})
		: undefined;
	if (api !== undefined) options.log.info("serving");
	const beat = beating(parts, shared.groups.isLeader, naming.aliases);
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
			working?.shutdown();
			await working?.done;
		},
	};
};

const beating = (
	{ options, log, node, store }: Parts,
	isLeader: () => boolean,
	aliases: KnownAliases,
) => {
	const addresses = toldOnce(log, {
		fails: "the store does not tell further addresses",
		works: "the store tells further addresses again",
	});
	const heartbeat = toldOnce(log, {
		fails: "the store does not take this node's heartbeat",
		works: "the store takes this node's heartbeat again",
	});
	return setInterval(() => {
		void addresses(() => aliases.load());
		void heartbeat(() =>
			store.nodes.beat({
				hostname: node.hostname,
				token: node.token,
				command: options.http ? "http" : "continuous",
				nowMs: Date.now(),
				isActive: isLeader(),
			}),
		);
	}, HEARTBEAT_MS);
};

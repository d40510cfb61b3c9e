/**
 * The command line's dependencies, each behind a dynamic import: what a command does not use is not loaded. Reads must
 * answer in a fraction of a second, and loading Temporal alone takes longer than that.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import manifest from "../../package.json" with { type: "json" };
import { createEnvironment } from "../config/environment.ts";
import { loadConfiguration } from "../config/load.ts";
import { storeOptionsOf } from "../config/store-options.ts";
import type { CliDependencies, ServeRequest } from "./dependencies.ts";
import { heedInterruption } from "./interruption.ts";

/** Put in by the build; absent when the sources are run directly. */
declare const BATON_COMMIT: string | undefined;

/** A search in logs that takes longer was not meant. */
const LOG_SEARCH_MS = 3_600_000;

/** Whoever asks why does not wait for a server that is down. */
const WHY_LOOKS_MS = 1_000;

/** Serves until SIGTERM or SIGINT; SIGHUP reads the same files again. */
const serve = async ({ loaded, ...options }: ServeRequest): Promise<void> => {
	const { runNode } = await import("../../workers/node.ts");
	const { createLiveConfiguration } = await import("../config/reload.ts");
	const stop = new AbortController();
	process.once("SIGTERM", () => stop.abort("SIGTERM"));
	process.once("SIGINT", () => stop.abort("SIGINT"));
	await runNode({
		...options,
		config: loaded.config,
		live: createLiveConfiguration(loaded, createEnvironment()),
		files: loaded.files,
		warnings: loaded.warnings,
		signal: stop.signal,
		onReloadRequest: (listener: () => void) => {
			process.on("SIGHUP", listener);
		},
	});
};

/** Interruptions are heeded until it is closed. */
const heeded = (
	of: Parameters<typeof heedInterruption>[1],
	close: () => Promise<void>,
): (() => Promise<void>) => {
	const letGo = heedInterruption(process, of);
	return async () => {
		try {
			await close();
		} finally {
			letGo();
		}
	};
};

const currentUser = (): string => {
	try {
		return userInfo().username;
	} catch {
		// A user id without an entry in the password file has no name.
		return String(process.getuid?.() ?? "");
	}
};

export const createDependencies = (program: string): CliDependencies => {
	const processToken = randomBytes(32).toString("hex");
	return {
		loadConfiguration: (file) =>
			loadConfiguration({
				environment: createEnvironment(),
				...(file === "" ? {} : { file }),
			}),
		openStore: async (configuration, mayMake) => {
			const { openStore } = await import("../store/open-store.ts");
			const node = { hostname: configuration.BatonNode, token: processToken };
			const options = storeOptionsOf(configuration);
			const isThere =
				mayMake || options.mysql !== undefined || existsSync(options.file);
			return openStore({
				...(isThere ? options : { file: ":memory:" }),
				node,
			});
		},
		connectOperator: async (config, store, log) => {
			const { connectOperator } = await import("../../workers/operator.ts");
			const { operator, close, doesTheWork } = await connectOperator({
				config,
				store,
				log,
			});
			return {
				value: operator,
				close: heeded({ doesTheWork, log }, close),
			};
		},
		breakGlass: async (config, store, log) => {
			const { connectBreakGlass } = await import("../../workers/operator.ts");
			const { operator, close } = await connectBreakGlass({
				config,
				store,
				log,
			});
			return {
				value: operator,
				close: heeded({ doesTheWork: true, log }, close),
			};
		},
		connectRolling: async (config, store, log) => {
			const { connectRolling } = await import("../../workers/rolling.ts");
			const { rolling, close } = await connectRolling({ config, store, log });
			return { value: rolling, close };
		},
		connectDiscovery: async (config, store, log) => {
			const { createDiscovery } = await import("../../workers/discovery.ts");
			const { discovery, close } = await createDiscovery({
				config,
				store,
				log,
			});
			return { value: discovery, close };
		},
		explain: async (config, store, request) => {
			const { explain } = await import("../../workers/explain.ts");
			return explain({ config, store, request });
		},
		planOf: async (config, store, request) => {
			const { planOf } = await import("../../workers/explain.ts");
			return planOf({ config, store, request });
		},
		lookAtCluster: async (config, store, identity) => {
			const { lookAtCluster } = await import("../../workers/cluster-look.ts");
			const { snapshot } = await lookAtCluster(
				{ config, store, withinMs: WHY_LOOKS_MS },
				identity,
			);
			return snapshot;
		},
		answerOfApi: async (config, store, { path, input, log }) => {
			const { answerOf } = await import("../../workers/answer-of-api.ts");
			return answerOf({
				config,
				store,
				path,
				input,
				log,
				node: { hostname: hostname(), token: processToken },
			});
		},
		askTemporal: async (config) => {
			const { askTemporal } = await import("../../workers/ask-temporal.ts");
			return askTemporal(config);
		},
		lookAt: async (configuration, name) => {
			const { lookAt } = await import("../../workers/look.ts");
			return lookAt(configuration, name);
		},
		binaryLogStarts: async (configuration, name) => {
			const { binaryLogStarts } = await import("../../workers/look.ts");
			return binaryLogStarts(configuration, name);
		},
		withLogs: async (configuration, name, onProgress, work) => {
			const { withLogs } = await import("../../workers/look.ts");
			return withLogs(
				configuration,
				name,
				{ budgetMs: LOG_SEARCH_MS, onProgress },
				work,
			);
		},
		serve,
		resolveHost: async (configuration, { host }) => {
			const { resolveHostname } = await import("../discovery/hostnames.ts");
			return resolveHostname(configuration, host);
		},
		canonicalHost: async (configuration, target) => {
			const { canonicalHost } = await import("../naming/canonical-host.ts");
			const timeoutMs = configuration.MySQLConnectTimeoutSeconds * 1000;
			return canonicalHost(target, timeoutMs);
		},
		redeployStore: async (configuration) => {
			const { redeployStore } = await import("../store/open-store.ts");
			return redeployStore(storeOptionsOf(configuration));
		},
		lackingInStore: async (configuration) => {
			const { lackingInStore } = await import("../store/open-store.ts");
			return lackingInStore(storeOptionsOf(configuration));
		},
		nowMs: Date.now,
		localHostname: hostname,
		userName: currentUser,
		processToken,
		program,
		version: manifest.version,
		commit: typeof BATON_COMMIT === "string" ? BATON_COMMIT : "",
	};
};

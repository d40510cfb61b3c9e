import { join } from "node:path";
import { type Logger, pino } from "pino";
import type { ActivityDeps, Watched } from "../activities/dependencies.ts";
import { createStoreSight } from "../activities/store-sight.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { createEnvironment } from "../src/config/environment.ts";
import { createHostFilter } from "../src/config/filters.ts";
import type { Configuration } from "../src/config/keys.ts";
import { logChunkRows, markerRules } from "../src/config/pseudo-gtid-rules.ts";
import { createHostnames, type Hostnames } from "../src/discovery/hostnames.ts";
import { createIdentity, type Identity } from "../src/discovery/identity.ts";
import {
	createKnownAliases,
	type KnownAliases,
} from "../src/discovery/known-aliases.ts";
import { resolvingServers } from "../src/discovery/resolving-servers.ts";
import { createCredentials } from "../src/engine/credentials.ts";
import { createPictures } from "../src/engine/pictures.ts";
import { createStepRunner } from "../src/engine/run-steps.ts";
import { errorText } from "../src/errors.ts";
import { createLastingHooks } from "../src/hooks/lasting.ts";
import { createHookRunner } from "../src/hooks/run.ts";
import { createProveOne, type ProveOne } from "../src/mysql/one-process.ts";
import { createServers, type Servers } from "../src/mysql/servers.ts";
import { access, probeSettings, remembered } from "../src/mysql/settings.ts";
import type { Standby } from "../src/mysql/standby.ts";
import type { Store } from "../src/store/contract.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import { createRepeatedLines } from "./repeated-lines.ts";

/** A hook that takes longer has hung; nothing else of a failover waits that long. */
const HOOK_TIMEOUT_MS = 300_000;

/** How this process calls servers: names as the network and the servers give them, and further addresses, remembered in the store. */
export interface Naming {
	readonly hostnames: Hostnames;
	readonly aliases: KnownAliases;
}

export const createNaming = (
	config: () => Configuration,
	store: Store,
): Naming => ({
	hostnames: createHostnames({ config, store, nowMs: Date.now }),
	aliases: createKnownAliases(store),
});

/** The same with all that is known, for one command. */
export const loadNaming = async (
	config: Configuration,
	store: Store,
): Promise<Naming> => {
	const naming = createNaming(() => config, store);
	await naming.hostnames.load();
	await naming.aliases.load();
	return naming;
};

/**
 * @param naming how servers are called; without, names stay as the servers give them
 * @param onTlsNeed told which servers want TLS
 */
export const createServerPort = (
	config: () => Configuration,
	naming?: Naming,
	onTlsNeed?: (server: InstanceName, needsTls: boolean) => void,
): Servers => {
	const isAllowed = remembered(config, (now) =>
		now.BatonAllowedHosts.length === 0
			? () => true
			: createHostFilter(now.BatonAllowedHosts),
	);
	const servers = createServers({
		access: remembered(config, access),
		probeSettings: remembered(config, probeSettings),
		isAllowed: (name) => isAllowed()(splitName(name)),
		nowMs: Date.now,
		...(onTlsNeed !== undefined && { onTlsNeed }),
	});
	return naming === undefined
		? servers
		: resolvingServers(servers, naming.hostnames, naming.aliases);
};

/** What finds out which names are one server's. */
export const createIdentification = (options: {
	readonly store: Store;
	readonly config: () => Configuration;
	readonly servers: Servers;
	readonly aliases: KnownAliases;
	readonly log: { warn(text: string): void; info(text: string): void };
}): { readonly identity: Identity; readonly proveOne: ProveOne } => {
	const proveOne = createProveOne(options.servers);
	const trail = createAuditTrail(options.store, options.config, options.log);
	return {
		proveOne,
		identity: createIdentity({
			...options,
			proveOne,
			nowMs: Date.now,
			tell: (change) =>
				trail({ clusterName: "", ...change, atMs: Date.now() }).catch(
					(error: unknown) =>
						options.log.warn(
							`the audit could not be written: ${errorText(error)}`,
						),
				),
		}),
	};
};

/** What runs the steps of operations. */
const createEngine = (options: {
	readonly store: Store;
	readonly config: () => Configuration;
	readonly servers: Servers;
	readonly standby?: Standby;
}): Pick<ActivityDeps, "pictures" | "credentials" | "runSteps"> => {
	const pictures = createPictures(options.store.operations);
	const credentials = createCredentials();
	return {
		pictures,
		credentials,
		runSteps: createStepRunner({
			servers: options.servers,
			...(options.standby === undefined ? {} : { standby: options.standby }),
			pictures,
			credentials,
			equivalences: {
				of: (place) => options.store.equivalences.of(place),
				record: (one, other) =>
					options.store.equivalences.record(one, other, Date.now()),
			},
			settings: () => ({
				credentialsQuery: options.config().ReplicationCredentialsQuery,
				stallMs: options.config().BatonApplyWaitTimeoutSeconds * 1000,
				markers: () => markerRules(options.config()),
				logChunkRows: logChunkRows(options.config()),
			}),
			nowMs: Date.now,
		}),
	};
};

export const createActivityDeps = (options: {
	readonly store: Store;
	readonly config: () => Configuration;
	readonly log: Logger;
	readonly node: { readonly hostname: string; readonly token: string };
	readonly servers: Servers;
	readonly isRunning: ActivityDeps["isRunning"];
	readonly watched?: Watched;
	readonly standby?: Standby;
}): ActivityDeps => ({
	...options,
	...createEngine(options),
	hooks: createHookRunner({
		shell: () => options.config().ProcessesShellCommand,
		inherited: createEnvironment().inherited(),
		timeoutMs: HOOK_TIMEOUT_MS,
		nowMs: Date.now,
	}),
	lastingHooks: createLastingHooks({
		shell: () => options.config().ProcessesShellCommand,
		inherited: createEnvironment().inherited(),
		folder: () =>
			join(options.config().BatonDataDirectory, "rolling-maintenance"),
	}),
	sight: createStoreSight({
		ask: () => options.store.operations.current(""),
		nowMs: Date.now,
	}),
	nowMs: Date.now,
});

/** What is counted is told, though nothing else is said: milliseconds. */
const SETTLED_EACH_MS = 10_000;

/** Structured lines on stderr; stdout belongs to commands. */
export const createLogger = (debug: boolean): Logger => {
	const stderr = pino.destination(2);
	const lines = createRepeatedLines((line) => stderr.write(line), Date.now);
	setInterval(lines.settle, SETTLED_EACH_MS).unref();
	return pino(
		{
			level: debug ? "debug" : "info",
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
		},
		lines,
	);
};

const saysOf = (line: Readonly<Record<string, unknown>>): string => {
	const { msg, err, sdk } = line;
	const cause =
		typeof err === "object" && err !== null && "message" in err
			? err.message
			: sdk;
	return [msg, cause]
		.filter((each) => each !== undefined && each !== "")
		.join(": ");
};

/** Of pino's levels: an error. */
const ERROR_LEVEL = 50;

/** For a command that does the work itself: what a node writes as lines of JSON, told in the command's own form. */
export const createCommandLogger = (tell: {
	readonly error: (text: string) => void;
	readonly warning: (text: string) => void;
}): Logger =>
	pino(
		{ level: "warn", base: null },
		{
			write: (text: string) => {
				const line = JSON.parse(text);
				(line.level >= ERROR_LEVEL ? tell.error : tell.warning)(saysOf(line));
			},
		},
	);

/** The lines of whatever knows no more of a log than texts. */
export const textLog = (log: Logger) => ({
	warn: (text: string): void => log.warn(text),
	info: (text: string): void => log.info(text),
});

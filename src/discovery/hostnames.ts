import { lookup } from "node:dns/promises";
import type { Configuration } from "../config/keys.ts";
import { type BatonError, errors, errorText } from "../errors.ts";
import { canonicalName } from "../naming/canonical-host.ts";
import type { Store } from "../store/contract.ts";
import { foldHost } from "../topology/host.ts";
import { hostPattern } from "../topology/pattern.ts";

/** First IPv4 address, else IPv6. */
const address = async (host: string): Promise<string> => {
	const all = await lookup(host, { all: true });
	return (all.find(({ family }) => family === 4) ?? all[0])?.address ?? host;
};

/** Names that ask the name service; any other HostnameResolveMethod keeps the name. */
const NETWORK: Readonly<Record<string, (host: string) => Promise<string>>> = {
	cname: canonicalName,
	ip: address,
};

type HostnameKeys = Pick<
	Configuration,
	| "HostnameResolveMethod"
	| "RejectHostnameResolvePattern"
	| "ExpiryHostnameResolvesMinutes"
>;

export interface HostnamesDeps {
	readonly config: () => HostnameKeys;
	readonly nowMs: () => number;
	/** Where what servers call themselves is kept for other nodes and for the next start. Without one it is kept in memory alone. */
	readonly store?: Pick<Store, "hostnames">;
	/** For tests: in place of the name service. */
	readonly network?: typeof NETWORK;
}

/**
 * What hosts are called. Layer A asks the name service, layer B remembers what the servers call themselves.
 * 1. A name is asked for once in its lifetime; one that does not resolve is asked for again after a minute, and keeps its name until then.
 * 2. Of two names that point at each other only the newer stays.
 * 3. Nothing here fails a probe: a name that cannot be resolved is used as it is.
 */
export interface Hostnames {
	/** Layer A for a name that somebody gave. @throws BatonError BadInput when it is empty, holds a comma, or does not resolve */
	resolve(host: string): Promise<string>;
	/** Both layers for a name that a server gave; as it is when it does not resolve. */
	settle(host: string): Promise<string>;
	/** Both layers, as far as they are known now; undefined when the name service has to be asked. */
	known(host: string): string | undefined;
	/** Layer B: the server that is contacted as `host` calls itself `own`. */
	learn(host: string, own: string): Promise<void>;
	/** What other nodes, or an earlier run, have learnt. */
	load(): Promise<void>;
	/** Forgets what is in memory. */
	clear(): void;
}

const ERROR_MS = 60_000;
const LOOKUP_MS = 1_000;

interface Resolved {
	readonly name: string;
	readonly untilMs: number;
	/** Why it is only the name itself; empty when it resolved. */
	readonly error: string;
}

/** An empty pattern rejects nothing, though it is found everywhere. */
const isRejected = (pattern: string, resolved: string): boolean =>
	pattern !== "" && (hostPattern(pattern)?.test(resolved) ?? false);

const isNoHost = (host: string): boolean => host === "" || host.includes(",");

/** A name service that does not answer delays nobody for longer. */
const inTime = <T>(work: Promise<T>): Promise<T> => {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(
			() => reject(new Error(`no answer within ${LOOKUP_MS / 1000} s`)),
			LOOKUP_MS,
		);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

export const createHostnames = (deps: HostnamesDeps): Hostnames => {
	const asked = new Map<string, Resolved>();
	const learnt = new Map<string, { own: string; untilMs: number }>();

	const method = () => deps.config().HostnameResolveMethod.toLowerCase();
	const expiryMs = () =>
		Math.max(1, deps.config().ExpiryHostnameResolvesMinutes) * 60_000;
	const network = () => {
		const by = deps.network ?? NETWORK;
		return Object.hasOwn(by, method()) ? by[method()] : undefined;
	};

	const remember = (host: string, own: string, atMs: number): void => {
		if (learnt.get(own)?.own === host) learnt.delete(own);
		learnt.set(host, { own, untilMs: atMs + 2 * expiryMs() });
	};

	const ownNameOf = (host: string): string => {
		const found = learnt.get(host);
		if (found === undefined) return host;
		if (found.untilMs >= deps.nowMs()) return found.own;
		learnt.delete(host);
		return host;
	};

	const askNetwork = async (
		host: string,
		ask: (host: string) => Promise<string>,
	): Promise<Resolved> => {
		const nowMs = deps.nowMs();
		try {
			const name = foldHost(await inTime(ask(host)));
			// What is rejected is not kept.
			if (isRejected(deps.config().RejectHostnameResolvePattern, name))
				return { name: host, untilMs: 0, error: "" };
			const resolved = { name, untilMs: nowMs + expiryMs(), error: "" };
			asked.set(host, resolved);
			return resolved;
		} catch (error) {
			const failed = {
				name: host,
				untilMs: nowMs + ERROR_MS,
				error: errorText(error),
			};
			asked.set(host, failed);
			return failed;
		}
	};

	const layerA = (host: string): Resolved | Promise<Resolved> => {
		const ask = network();
		if (ask === undefined || host.startsWith("//") || isNoHost(host))
			return { name: host, untilMs: 0, error: "" };
		const found = asked.get(host);
		return found !== undefined && found.untilMs >= deps.nowMs()
			? found
			: askNetwork(host, ask);
	};

	return {
		resolve: async (host) => {
			if (isNoHost(host))
				throw unresolved(host, "it is empty or holds a comma");
			const resolved = await layerA(host);
			if (resolved.error !== "") throw unresolved(host, resolved.error);
			return resolved.name;
		},
		settle: async (host) => ownNameOf((await layerA(host)).name),
		known: (host) => {
			const ask = network();
			if (ask === undefined) return ownNameOf(host);
			const found = asked.get(host);
			if (host.startsWith("//") || isNoHost(host)) return host;
			return found !== undefined && found.untilMs >= deps.nowMs()
				? ownNameOf(found.name)
				: undefined;
		},
		learn: async (host, own) => {
			if (host === own || isNoHost(host) || isNoHost(own)) return;
			const nowMs = deps.nowMs();
			remember(host, own, nowMs);
			if (method() !== "none")
				await deps.store?.hostnames.saveResolve({
					hostname: host,
					resolved: own,
					atMs: nowMs,
				});
		},
		load: async () => {
			if (method() === "none") return;
			for (const {
				hostname,
				resolved,
				atMs,
			} of (await deps.store?.hostnames.resolves()) ?? [])
				if (hostname !== resolved) remember(hostname, resolved, atMs);
		},
		clear: () => {
			asked.clear();
			learnt.clear();
		},
	};
};

const unresolved = (host: string, why: string): BatonError =>
	errors.unresolvedHost({ host, why });

/**
 * HostnameResolveMethod applied to one host that a caller named, without any memory.
 * @throws BatonError BadInput when the name does not resolve
 */
export const resolveHostname = (
	configuration: HostnameKeys,
	host: string,
): Promise<string> =>
	createHostnames({ config: () => configuration, nowMs: Date.now }).resolve(
		host,
	);

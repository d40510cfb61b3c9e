import type { Configuration } from "../config/keys.ts";
import { BatonError, errors } from "../errors.ts";
import { unreachable } from "../mysql/driver-error.ts";
import type { ProveOne } from "../mysql/one-process.ts";
import type { Servers } from "../mysql/servers.ts";
import { remembered } from "../mysql/settings.ts";
import type { Discovery } from "../planning/operation.ts";
import type { Store } from "../store/contract.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { aliasesByName } from "./aliases.ts";
import { createCrawl } from "./crawl.ts";
import type { Forgotten } from "./forgotten.ts";
import type { Hostnames } from "./hostnames.ts";
import type { Identity } from "./identity.ts";
import { ignoring } from "./ignoring.ts";
import { settleOwnName } from "./own-name.ts";
import { createRecorder } from "./recorder.ts";

export interface DiscoveryDeps {
	readonly store: Store;
	readonly servers: Servers;
	readonly hostnames: Hostnames;
	readonly identity: Pick<Identity, "settle" | "leave">;
	readonly proveOne: ProveOne;
	readonly forgotten: Forgotten;
	readonly config: () => Configuration;
	readonly log: { warn(text: string): void };
}

/** Discovery, for a process that watches nothing. */
export interface DiscoveryAgain extends Discovery {
	/**
	 * Looks once more at the known servers of a cluster, all at once, and records them together: what is derived of one goes by the
	 * others. One that cannot be seen is recorded so.
	 */
	lookAgain(identity: string): Promise<void>;
}

/** A look at a server that hangs does not hold up the others. Milliseconds. */
const AGAIN_CONNECT_MS = 1_500;

/** How instances come into the inventory: looked at, given their name and their place, and followed to those that they name. */
export const createDiscovery = (deps: DiscoveryDeps): DiscoveryAgain => {
	const { store, servers } = deps;
	const ignores = remembered(deps.config, ignoring);
	const aliasByName = remembered(deps.config, (config) =>
		aliasesByName(config.ClusterNameToAlias),
	);
	const recorder = createRecorder({
		...deps,
		leave: deps.identity.leave,
		aliasByName: (name) => aliasByName()(name),
	});

	const named = async (
		contact: InstanceName,
		seen: Instance,
		isDecided: boolean,
	): Promise<Instance> => {
		const own = await settleOwnName(deps, contact, seen);
		if (own.finding !== undefined)
			deps.log.warn(`${contact}: ${own.finding.says}`);
		const { name, findings } = await deps.identity.settle(
			{ ...seen, name: own.name },
			isDecided,
		);
		return {
			...seen,
			...splitName(name),
			name,
			findings: [
				...seen.findings,
				...(own.finding === undefined ? [] : [own.finding]),
				...findings,
			],
		};
	};

	const look = async (
		name: InstanceName,
		{
			connectMs,
			isDecided = false,
		}: { readonly connectMs?: number; readonly isDecided?: boolean } = {},
	): Promise<Instance> => {
		if (ignores()(name, "any")) throw errors.neverProbed({ instance: name });
		const known = await store.inventory.get(name);
		const seen = await servers.look(name, known, connectMs);
		if (!isLastCheckValid(seen)) {
			if (known !== undefined)
				await store.inventory.save([seen], { onlyKnown: true });
			throw unreachable(name, seen.check);
		}
		return named(name, seen, isDecided);
	};

	const lookAgain = async (identity: string): Promise<void> => {
		const known = await store.inventory.ofIdentity(identity);
		const seen = await Promise.all(
			known.map(({ name }) =>
				look(name, { connectMs: AGAIN_CONNECT_MS }).catch((error: unknown) => {
					if (error instanceof BatonError) return undefined;
					throw error;
				}),
			),
		);
		await recorder.record(
			seen.filter((each) => each !== undefined),
			{ onlyKnown: true },
		);
	};

	/** By its name: it comes back, whatever process has forgotten it. */
	const askedFor = async (name: InstanceName): Promise<void> => {
		deps.forgotten.remove(name);
		await store.inventory.recall(name);
	};

	const crawl = async (start: InstanceName): Promise<void> => {
		await askedFor(start);
		const forgotten = await store.inventory.forgotten();
		await createCrawl({
			look: (name) => look(name),
			record: (found) => recorder.record(found),
			isForgotten: (name) => deps.forgotten.has(name) || forgotten.has(name),
			ignores,
			most: () => deps.config().DiscoveryMaxConcurrency,
		})(start);
	};

	return {
		lookAgain,
		discover: async (name, { decidesNames = false } = {}) => {
			await askedFor(name);
			const seen = await look(name, { isDecided: decidesNames });
			// It may go by another one.
			if (seen.name !== name) await askedFor(seen.name);
			const [recorded] = await recorder.record([seen]);
			if (recorded === undefined) throw errors.notRecorded({ server: name });
			return recorded;
		},
		crawl,
	};
};

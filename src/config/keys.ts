/** Every configuration key, as data: the one source of types, defaults, checks and the manual page. */
import {
	_default,
	object,
	type output,
	type ZodMiniDefault,
	type ZodMiniType,
} from "zod/mini";
import type { KeyDefinition } from "./key.ts";
import { agentKeys, metricsKeys } from "./keys-agents.ts";
import { backendKeys } from "./keys-backend.ts";
import { batonKeys } from "./keys-baton.ts";
import { classificationKeys, poolKeys } from "./keys-classification.ts";
import { discoveryKeys, resolveKeys } from "./keys-discovery.ts";
import { hookKeys } from "./keys-hooks.ts";
import { detectionKeys, recoveryKeys } from "./keys-recovery.ts";
import { pseudoGtidKeys, semiSyncKeys } from "./keys-replication.ts";
import {
	authenticationKeys,
	httpKeys,
	processKeys,
	tlsKeys,
} from "./keys-service.ts";
import { auditKeys, kvKeys, raftKeys } from "./keys-services.ts";
import { topologyKeys } from "./keys-topology.ts";
import { valueSchema } from "./value-schema.ts";

/** The 190 keys of orchestrator 3.2.6, under their exact names. */
export const ORCHESTRATOR_KEYS = {
	...processKeys,
	...httpKeys,
	...authenticationKeys,
	...tlsKeys,
	...backendKeys,
	...topologyKeys,
	...discoveryKeys,
	...resolveKeys,
	...classificationKeys,
	...poolKeys,
	...semiSyncKeys,
	...pseudoGtidKeys,
	...detectionKeys,
	...recoveryKeys,
	...hookKeys,
	...raftKeys,
	...kvKeys,
	...auditKeys,
	...metricsKeys,
	...agentKeys,
};

export const KEYS = { ...ORCHESTRATOR_KEYS, ...batonKeys };

export type KeyName = keyof typeof KEYS;

/** The keys in the order and under the headings of the manual. */
export const KEY_GROUPS: readonly {
	readonly title: string;
	readonly keys: Readonly<Record<string, KeyDefinition>>;
}[] = [
	{ title: "Baton", keys: batonKeys },
	{ title: "Process and logging", keys: processKeys },
	{ title: "HTTP listener and pages", keys: httpKeys },
	{ title: "Authentication", keys: authenticationKeys },
	{ title: "TLS of the pages and the API", keys: tlsKeys },
	{ title: "Store", keys: backendKeys },
	{ title: "Monitored servers: account and connections", keys: topologyKeys },
	{ title: "Discovery", keys: discoveryKeys },
	{ title: "Host name resolution", keys: resolveKeys },
	{ title: "Classification", keys: classificationKeys },
	{ title: "Pools, candidates, filters, bulk operations", keys: poolKeys },
	{ title: "Semi-sync", keys: semiSyncKeys },
	{ title: "Pseudo-GTID and binary logs", keys: pseudoGtidKeys },
	{ title: "Failure detection", keys: detectionKeys },
	{ title: "Recovery", keys: recoveryKeys },
	{ title: "Hooks", keys: hookKeys },
	{ title: "Raft", keys: raftKeys },
	{ title: "Key-value stores", keys: kvKeys },
	{ title: "Audit", keys: auditKeys },
	{ title: "Graphite", keys: metricsKeys },
	{ title: "Agents and seeding", keys: agentKeys },
];

export const KEY_NAMES = Object.keys(KEYS) as readonly KeyName[];

export const definitionOf = (name: KeyName): KeyDefinition => KEYS[name];

type KeySchemas = {
	readonly [K in KeyName]: ZodMiniDefault<
		ZodMiniType<(typeof KEYS)[K]["default"]>
	>;
};

/** The schema of a whole configuration: each key's values as a file writes them, and its default where there is none. */
export const configurationSchema = object(
	// The table's constructors tie the type of a key to that of its default.
	Object.fromEntries(
		KEY_NAMES.map((name) => {
			const definition = definitionOf(name);
			return [name, _default(valueSchema(definition), definition.default)];
		}),
	) as KeySchemas,
);

/** The effective value of every key. Never changed in place: a reload makes a new one. */
export type Configuration = Readonly<output<typeof configurationSchema>>;

const byLowerCase: ReadonlyMap<string, KeyName> = new Map(
	KEY_NAMES.map((name) => [name.toLowerCase(), name]),
);

/** The key of that name, in any case, or undefined. */
export const keyNamed = (name: string): KeyName | undefined =>
	byLowerCase.get(name.toLowerCase());

/** `base` with some values changed, frozen. */
export const withValues = (
	base: Configuration,
	values: Partial<Configuration>,
): Configuration => Object.freeze({ ...base, ...values });

/** Every key at its documented default; `BatonDataDirectory` and `BatonNode` are still empty. */
export const documentedDefaults = (): Configuration =>
	Object.freeze(configurationSchema.parse({}));

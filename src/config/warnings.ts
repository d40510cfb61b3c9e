/** What an operator should hear about a configuration that was accepted: doubtful values and keys without effect. */

import { compilePattern } from "../topology/pattern.ts";
import { clusterFilterPattern, isIpLiteral } from "./filters.ts";
import { type KeyValue, reasonOf } from "./key.ts";
import { type Configuration, definitionOf, type KeyName } from "./keys.ts";

const HOST_FILTERS = [
	"DiscoveryIgnoreReplicaHostnameFilters",
	"DiscoveryIgnoreMasterHostnameFilters",
	"DiscoveryIgnoreHostnameFilters",
	"PromotionIgnoreHostnameFilters",
	"OSCIgnoreHostnameFilters",
	"ProblemIgnoreHostnameFilters",
	"BatonAllowedHosts",
] as const satisfies readonly KeyName[];

const CLUSTER_FILTERS = [
	"RecoverMasterClusterFilters",
	"RecoverIntermediateMasterClusterFilters",
] as const satisfies readonly KeyName[];

/** Patterns whose first group is the answer. */
const GROUP_PATTERNS = [
	"DataCenterPattern",
	"RegionPattern",
	"PhysicalEnvironmentPattern",
] as const satisfies readonly KeyName[];

type KeyPattern = readonly [key: KeyName, pattern: string];

const patternsIn = (c: Configuration): readonly KeyPattern[] => [
	...HOST_FILTERS.flatMap((key) =>
		c[key]
			.filter((filter) => !isIpLiteral(filter))
			.map((filter): KeyPattern => [key, filter]),
	),
	...CLUSTER_FILTERS.flatMap((key) =>
		c[key]
			.map(clusterFilterPattern)
			.filter((pattern) => pattern !== undefined)
			.map((pattern): KeyPattern => [key, pattern]),
	),
	...c.RecoveryIgnoreHostnameFilters.map(
		(filter): KeyPattern => ["RecoveryIgnoreHostnameFilters", filter],
	),
	...Object.keys(c.ClusterNameToAlias).map(
		(pattern): KeyPattern => ["ClusterNameToAlias", pattern],
	),
	...[...GROUP_PATTERNS, "RejectHostnameResolvePattern" as const].map(
		(key): KeyPattern => [key, c[key]],
	),
];

/** Whether a pattern has a capturing group: an empty alternative lets the engine tell without any text. */
const hasGroup = ({ source, flags }: RegExp): boolean =>
	(new RegExp(`${source}|`, flags).exec("")?.length ?? 0) > 1;

const lacksGroup = (pattern: string): boolean => {
	const compiled = pattern === "" ? undefined : compilePattern(pattern);
	return compiled !== undefined && !hasGroup(compiled);
};

const patternWarnings = (c: Configuration): readonly string[] => [
	...patternsIn(c)
		.filter(([, pattern]) => compilePattern(pattern) === undefined)
		.map(
			([key, pattern]) =>
				`${key}: ${JSON.stringify(pattern)} is no valid regular expression and never matches`,
		),
	...GROUP_PATTERNS.filter((key) => lacksGroup(c[key])).map(
		(key) =>
			`${key}: the pattern has no group, so it gives no value; put what is wanted in ( )`,
	),
];

/** Words that orchestrator takes in silence, whatever they are, and what another word amounts to. */
const WORDS: readonly {
	readonly key: KeyName;
	readonly known: RegExp;
	readonly says: string;
}[] = [
	{
		key: "AuthenticationMethod",
		known: /^(?:basic|multi|proxy|token|oauth)?$/i,
		says: "is no known method and protects nothing; choose basic, multi or proxy",
	},
	{
		key: "AuthenticationMethod",
		known: /^(?!(?:token|oauth)$)/i,
		says: "is not part of this version; choose basic, multi or proxy",
	},
	{
		key: "BackendDB",
		known: /^(?:mysql)?$|sqlite/,
		says: "is no known store and is taken for mysql",
	},
	{
		key: "HostnameResolveMethod",
		known: /^(?:none|default|cname|ip)$/i,
		says: "is no known method and is taken for default",
	},
	{
		key: "MySQLHostnameResolveMethod",
		known: /^(?:(?:@@)?(?:hostname|report_host)|default|none)?$/i,
		says: "is no known method and is taken for none",
	},
];

const wordWarnings = (c: Configuration): readonly string[] =>
	WORDS.filter(({ key, known }) => !known.test(String(c[key]))).map(
		({ key, says }) => `${key}: ${JSON.stringify(c[key])} ${says}`,
	);

/** One line for each value that was taken and will not do what was meant. */
export const valueWarnings = (configuration: Configuration): string[] => [
	...wordWarnings(configuration),
	...patternWarnings(configuration),
];

/** What a file said of a key, before any adjustment. */
export interface WrittenValue {
	readonly file: string;
	readonly value: KeyValue;
}

/**
 * One line for each key that a file sets and that does nothing here, with the reason. Keys that only restate their
 * default ask for nothing, so they share one line at the end.
 */
export const effectWarnings = (
	written: ReadonlyMap<KeyName, WrittenValue>,
): string[] => {
	const lines: string[] = [];
	const restated: KeyName[] = [];
	for (const [name, { file, value }] of written) {
		const definition = definitionOf(name);
		if (definition.effect === "honoured") continue;
		if (JSON.stringify(value) === JSON.stringify(definition.default))
			restated.push(name);
		else
			lines.push(
				`${file}: ${name} is accepted, has no effect: ${reasonOf(definition)}`,
			);
	}
	if (restated.length > 0)
		lines.push(
			`accepted, have no effect, and restate their defaults: ${restated.join(", ")}`,
		);
	return lines;
};

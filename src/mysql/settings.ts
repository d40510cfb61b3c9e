import { readFileSync } from "node:fs";
import { createHostFilter } from "../config/filters.ts";
import type { Configuration } from "../config/keys.ts";
import { hostPattern } from "../topology/pattern.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import type { Access, TlsAccess } from "./session.ts";

const nameBy = (method: string): ProbeSettings["nameBy"] => {
	switch (method.toLowerCase()) {
		case "default":
		case "hostname":
		case "@@hostname":
			return "hostname";
		case "report_host":
		case "@@report_host":
			return "report_host";
		default:
			return "contact";
	}
};

const placePattern = (
	config: Configuration,
	key: "DataCenterPattern" | "RegionPattern" | "PhysicalEnvironmentPattern",
): ProbeSettings["dataCenter"] => ({
	key,
	pattern: config[key] === "" ? null : (hostPattern(config[key]) ?? null),
});

/** What a probe asks for, out of the configuration. */
export const probeSettings = (config: Configuration): ProbeSettings => ({
	queryDeadlineMs: config.MySQLDiscoveryReadTimeoutSeconds * 1000,
	byShowReplicas: config.DiscoverByShowSlaveHosts,
	ignoresReplica: createHostFilter(
		config.DiscoveryIgnoreReplicaHostnameFilters,
	),
	nameBy: nameBy(config.MySQLHostnameResolveMethod),
	checkMaxScale: !config.SkipMaxScaleCheck,
	queries: {
		lag: config.ReplicationLagQuery,
		alias: config.DetectClusterAliasQuery,
		domain: config.DetectClusterDomainQuery,
		dataCenter: config.DetectDataCenterQuery,
		region: config.DetectRegionQuery,
		environment: config.DetectPhysicalEnvironmentQuery,
		instanceAlias: config.DetectInstanceAliasQuery,
		promotionRule: config.DetectPromotionRuleQuery,
		semiSync: config.DetectSemiSyncEnforcedQuery,
		pseudoGtid: config.DetectPseudoGTIDQuery,
	},
	credentialsQuery: config.ReplicationCredentialsQuery,
	dataCenter: placePattern(config, "DataCenterPattern"),
	region: placePattern(config, "RegionPattern"),
	environment: placePattern(config, "PhysicalEnvironmentPattern"),
});

const file = (path: string): string | undefined =>
	path === "" ? undefined : readFileSync(path, "utf8");

/**
 * How to log in to the monitored servers.
 * @throws an error naming the file when a certificate cannot be read
 */
export const access = (config: Configuration): Access => {
	const login = {
		user: config.MySQLTopologyUser,
		password: config.MySQLTopologyPassword,
		connectTimeoutMs: config.MySQLConnectTimeoutSeconds * 1000,
		lifetimeMs: Math.max(0, config.MySQLConnectionLifetimeSeconds * 1000),
	};
	if (config.MySQLTopologyUseMutualTLS)
		return { ...login, tls: tlsAccess(config) };
	return config.MySQLTopologyUseMixedTLS
		? { ...login, tlsWhereNeeded: tlsAccess(config) }
		: login;
};

const tlsAccess = (config: Configuration): TlsAccess => {
	const skip = config.MySQLTopologySSLSkipVerify;
	const ca = file(config.MySQLTopologySSLCAFile);
	const cert = skip ? undefined : file(config.MySQLTopologySSLCertFile);
	const key = skip ? undefined : file(config.MySQLTopologySSLPrivateKeyFile);
	return {
		verify: !skip,
		...(ca === undefined ? {} : { ca }),
		...(cert === undefined ? {} : { cert }),
		...(key === undefined ? {} : { key }),
	};
};

/** Computed once for each configuration object: a reload gives a new one. */
export const remembered = <T>(
	config: () => Configuration,
	compute: (config: Configuration) => T,
): (() => T) => {
	let of: Configuration | undefined;
	let value: T;
	return () => {
		const now = config();
		if (now !== of) {
			value = compute(now);
			of = now;
		}
		return value;
	};
};

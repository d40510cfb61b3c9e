import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnectionOptions } from "@temporalio/worker";
import type { Environment } from "../src/config/environment.ts";
import type { Configuration } from "../src/config/keys.ts";

/** A Temporal server of the site's own. */
export interface TemporalTarget {
	readonly namespace: string;
	readonly options: NativeConnectionOptions & { readonly address: string };
}

/** Variables that name a server, as every Temporal client reads them. */
const NAMED_BY = ["TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"] as const;

/**
 * Which server the site has: BatonTemporalAddress, else the environment (TEMPORAL_ADDRESS, NAMESPACE, API_KEY, TLS …, or a
 * profile). Undefined: none, and the embedded one is used.
 */
export const siteTemporal = (
	config: Configuration,
	environment: Environment,
): TemporalTarget | undefined => {
	if (config.BatonTemporalAddress !== "")
		return targetAt(config, config.BatonTemporalAddress);
	if (!NAMED_BY.some((name) => (environment.variable(name) ?? "") !== ""))
		return undefined;
	const { connectionOptions, namespace } = loadClientConnectConfig({
		overrideEnvVars: environment.inherited(),
	});
	const { address, tls, apiKey } = connectionOptions;
	if (address === undefined || address === "") return undefined;
	return {
		namespace: namespace ?? config.BatonTemporalNamespace,
		options: {
			address,
			...(tls === undefined || tls === null ? {} : { tls }),
			...(typeof apiKey === "string" ? { apiKey } : {}),
		},
	};
};

/** The server at an address, with the configuration's namespace and credentials. */
export const targetAt = (
	config: Configuration,
	address: string,
): TemporalTarget => ({
	namespace: config.BatonTemporalNamespace,
	options: {
		address,
		...(config.BatonTemporalTLS || config.BatonTemporalApiKey !== ""
			? { tls: true }
			: {}),
		...(config.BatonTemporalApiKey === ""
			? {}
			: { apiKey: config.BatonTemporalApiKey }),
	},
});

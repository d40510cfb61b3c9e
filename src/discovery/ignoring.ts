import { createHostFilter } from "../config/filters.ts";
import type { Configuration } from "../config/keys.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";

/** Whom not to follow. Filters are compiled once: call it once a configuration. */
export const ignoring = (
	config: Pick<
		Configuration,
		| "DiscoveryIgnoreHostnameFilters"
		| "DiscoveryIgnoreReplicaHostnameFilters"
		| "DiscoveryIgnoreMasterHostnameFilters"
	>,
) => {
	const any = createHostFilter(config.DiscoveryIgnoreHostnameFilters);
	const replica = createHostFilter(
		config.DiscoveryIgnoreReplicaHostnameFilters,
	);
	const source = createHostFilter(config.DiscoveryIgnoreMasterHostnameFilters);
	return (name: InstanceName, as: "any" | "replica" | "source"): boolean => {
		const at = splitName(name);
		return (
			any(at) ||
			(as === "replica" && replica(at)) ||
			(as === "source" && source(at))
		);
	};
};

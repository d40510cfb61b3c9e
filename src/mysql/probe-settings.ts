import type { HostPort } from "../topology/instance-name.ts";
import type { ConfiguredQueries } from "./configured-queries.ts";

/** A pattern of the configuration whose first group is the attribute, by the key that sets it. */
interface HostPattern {
	readonly key: string;
	readonly pattern: RegExp | null;
}

/** What a probe asks for beyond the server's own facts; from the configuration. */
export interface ProbeSettings {
	readonly queryDeadlineMs: number;
	/** DiscoverByShowSlaveHosts: replicas by SHOW REPLICAS first, else only by the process list. */
	readonly byShowReplicas: boolean;
	/** DiscoveryIgnoreReplicaHostnameFilters: replicas that a server names and that are left out. */
	readonly ignoresReplica: (at: HostPort) => boolean;
	/** SkipMaxScaleCheck is off. */
	readonly checkMaxScale: boolean;
	/** MySQLHostnameResolveMethod. */
	readonly nameBy: "contact" | "hostname" | "report_host";
	readonly queries: ConfiguredQueries;
	readonly credentialsQuery: string;
	readonly dataCenter: HostPattern;
	readonly region: HostPattern;
	readonly environment: HostPattern;
}

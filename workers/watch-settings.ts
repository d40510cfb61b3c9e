import { analysisSettings } from "../src/config/analysis-settings.ts";
import {
	createHostNameFilter,
	matchesClusterFilters,
} from "../src/config/filters.ts";
import type { Configuration } from "../src/config/keys.ts";
import { aliasesByName } from "../src/discovery/aliases.ts";
import { ignoring } from "../src/discovery/ignoring.ts";
import type { WatchSettings } from "../src/watching/watcher.ts";

/** What is seen is in the store so soon, when BufferInstanceWrites does not ask for longer. */
const FLUSH_MS = 100;

/** What a watcher takes from the configuration. */
export const watchSettings = (config: Configuration): WatchSettings => ({
	...analysisSettings(config),
	connectMs: config.MySQLConnectTimeoutSeconds * 1000,
	queryMs: config.MySQLDiscoveryReadTimeoutSeconds * 1000,
	ping: {
		everyMs: config.BatonPingMilliseconds,
		deadlineMs: config.BatonPingDeadlineMilliseconds,
	},
	ignores: ignoring(config),
	isSetAside: createHostNameFilter(config.RecoveryIgnoreHostnameFilters),
	candidateExpiryMs: config.CandidateInstanceExpireMinutes * 60_000,
	aliasByName: aliasesByName(config.ClusterNameToAlias),
	isAutomatic: (cluster) =>
		matchesClusterFilters(config.RecoverMasterClusterFilters, cluster),
	blockPeriods: config,
	writesMarkers: config.AutoPseudoGTID,
	takesRules: config.DetectPromotionRuleQuery !== "",
	mostPolls: config.DiscoveryMaxConcurrency,
	mostWaiting: config.DiscoveryQueueCapacity,
	flushMs: config.BufferInstanceWrites
		? config.InstanceFlushIntervalMilliseconds
		: FLUSH_MS,
	rowsAWrite:
		config.InstanceWriteBufferSize > 0 ? config.InstanceWriteBufferSize : 100,
});

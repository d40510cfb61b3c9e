import { ANALYSIS_DEFAULTS, type AnalysisSettings } from "../analysis/facts.ts";
import type { ListingRules } from "../analysis/listing.ts";
import { createHostNameFilter } from "./filters.ts";
import type { Configuration } from "./keys.ts";

/** What the configuration says to the analysis. */
export const analysisSettings = (
	configuration: Pick<
		Configuration,
		| "InstancePollSeconds"
		| "ReasonableInstanceCheckSeconds"
		| "ReasonableReplicationLagSeconds"
		| "ReasonableLockedSemiSyncMasterSeconds"
		| "EnforceExactSemiSyncReplicas"
		| "RecoverNonWriteableMaster"
	>,
): AnalysisSettings => ({
	...ANALYSIS_DEFAULTS,
	pollSeconds: configuration.InstancePollSeconds,
	checkGraceSeconds: configuration.ReasonableInstanceCheckSeconds,
	reasonableLagSeconds: configuration.ReasonableReplicationLagSeconds,
	lockedSemiSyncSeconds:
		configuration.ReasonableLockedSemiSyncMasterSeconds ||
		configuration.ReasonableReplicationLagSeconds,
	enforceExactSemiSyncReplicas: configuration.EnforceExactSemiSyncReplicas,
	recoverNonWriteablePrimary: configuration.RecoverNonWriteableMaster,
});

/** What the configuration leaves out of every list of findings. */
export const listingRules = (
	configuration: Pick<
		Configuration,
		"RecoveryIgnoreHostnameFilters" | "ReduceReplicationAnalysisCount"
	>,
): ListingRules => ({
	isIgnored: createHostNameFilter(configuration.RecoveryIgnoreHostnameFilters),
	reduced: configuration.ReduceReplicationAnalysisCount,
});

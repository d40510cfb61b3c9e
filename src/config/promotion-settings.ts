import type { PromotionSettings } from "../planning/candidate.ts";
import type { PlanSettings } from "../planning/plan.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { createHostFilter } from "./filters.ts";
import type { Configuration } from "./keys.ts";
import { whyNoMarkers } from "./pseudo-gtid-rules.ts";

/** The configuration's word on promotions, as plain data for the planner. */
export const promotionSettings = (
	config: Configuration,
	instances: readonly InstanceName[],
): PromotionSettings => {
	const isBanned = createHostFilter(config.PromotionIgnoreHostnameFilters);
	return {
		banned: instances.filter((name) => isBanned(splitName(name))),
		preventCrossDataCenter: config.PreventCrossDataCenterMasterFailover,
		preventCrossRegion: config.PreventCrossRegionMasterFailover,
		maxLagMinutes: config.FailMasterPromotionOnLagMinutes,
		refuseUnapplied: config.FailMasterPromotionIfSQLThreadNotUpToDate,
		mode: config.BatonMode,
		verifyFilters: config.VerifyReplicationFilters,
		maxMaintenanceLagSeconds: config.ReasonableMaintenanceReplicationLagSeconds,
	};
};

/** All that plans go by. */
export const planSettings = (
	config: Configuration,
	instances: readonly InstanceName[],
): PlanSettings => ({
	...promotionSettings(config, instances),
	appliesPromotion: config.ApplyMySQLPromotionAfterMasterFailover,
	catchUpMs: config.ReasonableMaintenanceReplicationLagSeconds * 1000,
	transactionsMs: config.BatonTakeoverTransactionWaitSeconds * 1000,
	gapMs: Math.max(1, config.BatonTakeoverWriteGapSeconds) * 1000,
	checksLogin: config.BatonCheckReplicationLogin,
	exactSemiSync: config.EnforceExactSemiSyncReplicas,
	concurrentMoves: Math.max(1, config.MaxConcurrentReplicaOperations),
	noMarkers: whyNoMarkers(config),
});

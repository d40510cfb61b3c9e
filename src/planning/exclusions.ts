import { channelsText, isMultiSource } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	usesGtid,
} from "../topology/instance.ts";
import type { PromotionSettings } from "./candidate.ts";
import { hasUnapplied, isHeldByDelay, wouldDiscard } from "./holdings.ts";
import { cannot } from "./privileges.ts";

interface Considered {
	readonly candidate: Instance;
	/** The primary that it would replace. */
	readonly failed: Instance;
	readonly settings: PromotionSettings;
}

/** Why it is out, as what follows its name; undefined where this rule lets it pass. */
type Exclusion = (considered: Considered) => string | undefined;

const when = (isOut: boolean, says: string): string | undefined =>
	isOut ? says : undefined;

/** What keeps an instance from becoming a primary at all. The first that applies is told. */
const EXCLUSIONS: readonly Exclusion[] = [
	({ candidate }) =>
		when(
			!isLastCheckValid(candidate),
			`cannot be reached: ${candidate.check.error}`,
		),
	({ candidate: { promotionRule } }) =>
		when(promotionRule === "must_not", "its promotion rule is must_not"),
	({ candidate, settings }) =>
		when(
			settings.banned.includes(candidate.name),
			"PromotionIgnoreHostnameFilters name it",
		),
	({ candidate: { isBinlogServer } }) =>
		when(isBinlogServer, "it is a binlog server"),
	({ candidate: { logBin } }) => when(!logBin, "it has no binary log"),
	({ candidate: { logReplicaUpdates } }) =>
		when(!logReplicaUpdates, "it does not log the changes that it replicates"),
	({ candidate }) =>
		when(
			isMultiSource(candidate),
			`it replicates by several channels, which is not supported for a primary yet: ${channelsText(candidate)}`,
		),
	({ candidate }) =>
		when(!usesGtid(candidate), "it does not replicate by GTID"),
	({ candidate }) =>
		when(
			wouldDiscard(candidate),
			"both its threads are stopped, and starting them would discard what it has received and not applied",
		),
	({ candidate: { replication } }) =>
		when(
			replication.lastApplierError !== "",
			`its applier is broken: ${replication.lastApplierError.slice(0, 160)}`,
		),
	({ candidate, settings }) =>
		when(
			isHeldByDelay(candidate, settings),
			`it is delayed by ${candidate.replication.sqlDelaySeconds} s and has yet to apply what it received`,
		),
	({ candidate }) => cannot(candidate, "open"),
	({ candidate }) => cannot(candidate, "point"),
	({ candidate, failed, settings }) =>
		when(
			settings.mode === "lossless" &&
				failed.semiSync.sourceEnabled &&
				!candidate.semiSync.available,
			`BatonMode is lossless, and it could not wait for acknowledgements as ${failed.name} did: its semi-sync source plugin is not loaded`,
		),
	({ candidate: { dataCenter }, failed, settings }) =>
		when(
			settings.preventCrossDataCenter && dataCenter !== failed.dataCenter,
			`PreventCrossDataCenterMasterFailover: it is in data center '${dataCenter}', not '${failed.dataCenter}'`,
		),
	({ candidate: { region }, failed, settings }) =>
		when(
			settings.preventCrossRegion && region !== failed.region,
			`PreventCrossRegionMasterFailover: it is in region '${region}', not '${failed.region}'`,
		),
	({ candidate: { lagSeconds }, settings: { maxLagMinutes } }) =>
		when(
			maxLagMinutes > 0 && (lagSeconds ?? 0) >= maxLagMinutes * 60,
			`FailMasterPromotionOnLagMinutes: it lags ${lagSeconds} s`,
		),
	({ candidate, settings }) =>
		when(
			settings.refuseUnapplied && hasUnapplied(candidate),
			"FailMasterPromotionIfSQLThreadNotUpToDate: it has received transactions that it has not applied",
		),
];

/** Why the instance may not become a primary; undefined when it may. */
export const exclusionOf = (considered: Considered): string | undefined => {
	for (const rule of EXCLUSIONS) {
		const says = rule(considered);
		if (says !== undefined) return says;
	}
	return undefined;
};

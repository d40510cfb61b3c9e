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

interface Exclusion {
	/** Why it is out, as what follows its name; undefined where this rule lets it pass. */
	readonly says: (considered: Considered) => string | undefined;
	/** What would let it pass, where the reason does not say it. */
	readonly remedy?: string | ((considered: Considered) => string);
}

/** Why an instance may not become a primary, and what would let it. */
export interface Excluded {
	readonly reason: string;
	readonly remedy?: string;
}

const when = (isOut: boolean, says: string): string | undefined =>
	isOut ? says : undefined;

/** What keeps an instance from becoming a primary at all. The first that applies is told. */
const EXCLUSIONS: readonly Exclusion[] = [
	{
		says: ({ candidate }) =>
			when(
				!isLastCheckValid(candidate),
				`cannot be reached: ${candidate.check.error}`,
			),
	},
	{
		says: ({ candidate: { promotionRule } }) =>
			when(promotionRule === "must_not", "its promotion rule is must_not"),
		remedy: ({ candidate: { name } }) =>
			`give it another with register-candidate -i ${name} -promotion-rule neutral, and see that DetectPromotionRuleQuery does not set it anew`,
	},
	{
		says: ({ candidate, settings }) =>
			when(
				settings.banned.includes(candidate.name),
				"PromotionIgnoreHostnameFilters name it",
			),
		remedy: "take it out of that key",
	},
	{
		says: ({ candidate: { isBinlogServer } }) =>
			when(isBinlogServer, "it is a binlog server, which holds no data"),
	},
	{
		says: ({ candidate: { logBin } }) => when(!logBin, "it has no binary log"),
		remedy: "switch log_bin on",
	},
	{
		says: ({ candidate: { logReplicaUpdates } }) =>
			when(
				!logReplicaUpdates,
				"it does not log the changes that it replicates",
			),
		remedy: "switch log_replica_updates on",
	},
	{
		says: ({ candidate }) =>
			when(
				isMultiSource(candidate),
				`it replicates by several channels, which is not supported for a primary yet: ${channelsText(candidate)}`,
			),
		remedy: "leave it only the channel of its primary",
	},
	{
		says: ({ candidate, settings }) =>
			when(
				!usesGtid(candidate) && settings.withoutGtid !== true,
				"it does not replicate by GTID",
			),
		remedy: "let it replicate by GTID",
	},
	{
		says: ({ candidate }) =>
			when(
				wouldDiscard(candidate),
				"both its threads are stopped, and starting them would discard what it has received and not applied",
			),
		remedy: "start its applier alone, and let that come to its end",
	},
	{
		says: ({ candidate: { replication } }) =>
			when(
				replication.lastApplierError !== "",
				`its applier is broken: ${replication.lastApplierError.slice(0, 160)}`,
			),
		remedy: "mend what it stopped at",
	},
	{
		says: ({ candidate, settings }) =>
			when(
				isHeldByDelay(candidate, settings),
				`it is delayed by ${candidate.replication.sqlDelaySeconds} s and has yet to apply what it received`,
			),
		remedy: "take the delay off it",
	},
	// What of a privilege is missing says itself who is to be granted it.
	{ says: ({ candidate }) => cannot(candidate, "open") },
	{ says: ({ candidate }) => cannot(candidate, "point") },
	{
		says: ({ candidate, failed, settings }) =>
			when(
				settings.mode === "lossless" &&
					failed.semiSync.sourceEnabled &&
					!candidate.semiSync.available,
				`BatonMode is lossless, and it could not wait for acknowledgements as ${failed.name} did: its semi-sync source plugin is not loaded`,
			),
		remedy: "load it",
	},
	{
		says: ({ candidate: { dataCenter }, failed, settings }) =>
			when(
				settings.preventCrossDataCenter && dataCenter !== failed.dataCenter,
				`PreventCrossDataCenterMasterFailover: it is in data center '${dataCenter}', not '${failed.dataCenter}'`,
			),
		remedy: "set that key to false",
	},
	{
		says: ({ candidate: { region }, failed, settings }) =>
			when(
				settings.preventCrossRegion && region !== failed.region,
				`PreventCrossRegionMasterFailover: it is in region '${region}', not '${failed.region}'`,
			),
		remedy: "set that key to false",
	},
	{
		says: ({ candidate: { lagSeconds }, settings: { maxLagMinutes } }) =>
			when(
				maxLagMinutes > 0 && (lagSeconds ?? 0) >= maxLagMinutes * 60,
				`FailMasterPromotionOnLagMinutes: it lags ${lagSeconds} s`,
			),
		remedy: "wait until it has caught up, or raise that key",
	},
	{
		says: ({ candidate, settings }) =>
			when(
				settings.refuseUnapplied && hasUnapplied(candidate),
				"FailMasterPromotionIfSQLThreadNotUpToDate: it has received transactions that it has not applied",
			),
		remedy: "wait until it has applied them, or set that key to false",
	},
];

/** Why the instance may not become a primary; undefined when it may. */
export const exclusionOf = (considered: Considered): Excluded | undefined => {
	for (const { says, remedy } of EXCLUSIONS) {
		const reason = says(considered);
		if (reason === undefined) continue;
		return remedy === undefined
			? { reason }
			: {
					reason,
					remedy: typeof remedy === "string" ? remedy : remedy(considered),
				};
	}
	return undefined;
};

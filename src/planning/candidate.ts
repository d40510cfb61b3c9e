import {
	canReplicateFrom,
	type ReplicateOptions,
} from "../topology/can-replicate.ts";
import {
	compare,
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	usesGtid,
} from "../topology/instance.ts";
import { compareNames, type InstanceName } from "../topology/instance-name.ts";

/** What the configuration says about promotions. */
export interface PromotionSettings extends ReplicateOptions {
	/** Never promoted, whatever the rule: PromotionIgnoreHostnameFilters. */
	readonly banned: readonly InstanceName[];
	readonly preventCrossDataCenter: boolean;
	readonly preventCrossRegion: boolean;
	/** FailMasterPromotionOnLagMinutes; 0 = off. */
	readonly maxLagMinutes: number;
	/** FailMasterPromotionIfSQLThreadNotUpToDate. */
	readonly refuseUnapplied: boolean;
	readonly mode: "available" | "lossless";
}

interface RankedCandidate {
	readonly name: InstanceName;
	/** Why it stands where it stands. */
	readonly says: string;
	/** Has received everything that any reachable replica has. */
	readonly hasEverything: boolean;
}

export interface Candidacy {
	/** Best first. */
	readonly ranking: readonly RankedCandidate[];
	readonly excluded: readonly {
		readonly name: InstanceName;
		readonly reason: string;
	}[];
	readonly chosen: InstanceName | undefined;
	/** A reachable replica that has transactions the chosen one lacks, and from which it must fetch them first. */
	readonly catchUpFrom: InstanceName | undefined;
	/** Why nobody was chosen; empty when somebody was. */
	readonly refusal: string;
}

const RULE_ORDER = {
	must: 0,
	prefer: 0,
	neutral: 1,
	prefer_not: 2,
	must_not: 3,
};

/** Why an instance may not become a primary at all; undefined when it may. Pure rules of recovery.md §6.3, §8 and reliability.md. */
const exclusion = (
	candidate: Instance,
	failed: Instance,
	settings: PromotionSettings,
): string | undefined => {
	if (!isLastCheckValid(candidate))
		return `cannot be reached: ${candidate.check.error}`;
	if (candidate.promotionRule === "must_not")
		return "its promotion rule is must_not";
	if (settings.banned.includes(candidate.name))
		return "PromotionIgnoreHostnameFilters name it";
	if (candidate.isBinlogServer) return "it is a binlog server";
	if (!candidate.logBin) return "it has no binary log";
	if (!candidate.logReplicaUpdates)
		return "it does not log the changes that it replicates";
	if (!usesGtid(candidate)) return "it does not replicate by GTID";
	if (candidate.replication.hasFilters) return "it has replication filters";
	// MariaDB discards the relay log when a channel by GTID is started while both of its threads are stopped.
	if (
		candidate.flavor === "MariaDB" &&
		candidate.replication.receiver === 0 &&
		candidate.replication.applier === 0 &&
		hasUnapplied(candidate)
	)
		return "both its threads are stopped, and starting them would discard what it has received and not applied";
	if (candidate.replication.lastApplierError !== "")
		return `its applier is broken: ${candidate.replication.lastApplierError.slice(0, 160)}`;
	if (
		settings.preventCrossDataCenter &&
		candidate.dataCenter !== failed.dataCenter
	)
		return `PreventCrossDataCenterMasterFailover: it is in data center '${candidate.dataCenter}', not '${failed.dataCenter}'`;
	if (settings.preventCrossRegion && candidate.region !== failed.region)
		return `PreventCrossRegionMasterFailover: it is in region '${candidate.region}', not '${failed.region}'`;
	if (
		settings.maxLagMinutes > 0 &&
		(candidate.lagSeconds ?? 0) >= settings.maxLagMinutes * 60
	)
		return `FailMasterPromotionOnLagMinutes: it lags ${candidate.lagSeconds} s`;
	if (settings.refuseUnapplied && hasUnapplied(candidate))
		return "FailMasterPromotionIfSQLThreadNotUpToDate: it has received transactions that it has not applied";
	return undefined;
};

/** Transactions in the relay log that are not yet applied. */
export const hasUnapplied = (instance: Instance): boolean =>
	!contains(familyOf(instance), instance.executedGtid, received(instance));

interface Standing {
	readonly instance: Instance;
	readonly hasEverything: boolean;
	/** Has it, or can fetch it from another: promoting it loses nothing that is reachable. */
	readonly obtainsAll: boolean;
	/** How many of the other reachable replicas could not replicate from it, because of their version or binary log format. */
	readonly strands: number;
}

/** What loses nothing first, then the rule, then how many replicas it would leave behind, then nearness to the failed primary, then how little is left to fetch and to apply. */
const better =
	(failed: Instance) =>
	(a: Standing, b: Standing): number => {
		if (a.obtainsAll !== b.obtainsAll) return a.obtainsAll ? -1 : 1;
		const rule =
			RULE_ORDER[a.instance.promotionRule] -
			RULE_ORDER[b.instance.promotionRule];
		if (rule !== 0) return rule;
		if (a.strands !== b.strands) return a.strands - b.strands;
		const delayed =
			Number(a.instance.replication.sqlDelaySeconds > 0) -
			Number(b.instance.replication.sqlDelaySeconds > 0);
		if (delayed !== 0) return delayed;
		const far = (each: Standing) =>
			Number(each.instance.dataCenter !== failed.dataCenter) +
			Number(each.instance.environment !== failed.environment);
		if (far(a) !== far(b)) return far(a) - far(b);
		if (a.hasEverything !== b.hasEverything) return a.hasEverything ? -1 : 1;
		const errant =
			Number(a.instance.errantGtid !== "") -
			Number(b.instance.errantGtid !== "");
		if (errant !== 0) return errant;
		const family = familyOf(a.instance);
		const byReceived = compare(
			family,
			received(a.instance),
			received(b.instance),
		);
		if (byReceived === "ahead") return -1;
		if (byReceived === "behind") return 1;
		const byApplied = compare(
			family,
			a.instance.executedGtid,
			b.instance.executedGtid,
		);
		if (byApplied === "ahead") return -1;
		if (byApplied === "behind") return 1;
		return compareNames(a.instance.name, b.instance.name);
	};

/** Whether `one` has received everything that the others have. */
const receivedAllOf = (one: Instance, others: readonly Instance[]): boolean =>
	others.every((other) =>
		contains(familyOf(one), received(one), received(other)),
	);

const saysOf = (each: Standing, others: readonly Instance[]): string => {
	const { instance } = each;
	const lacks = others
		.filter(
			(other) =>
				!contains(familyOf(instance), received(instance), received(other)),
		)
		.map((other) => other.name);
	const parts = [
		each.hasEverything
			? "has received everything that any reachable replica has"
			: `lacks transactions of ${lacks.join(", ")}`,
		hasUnapplied(instance)
			? "still has to apply some of it"
			: "has applied all it received",
		`promotion rule ${instance.promotionRule}`,
		...(instance.replication.sqlDelaySeconds > 0
			? [`delayed by ${instance.replication.sqlDelaySeconds} s`]
			: []),
		...(instance.dataCenter === ""
			? []
			: [`data center ${instance.dataCenter}`]),
	];
	return parts.join(", ");
};

/**
 * Chooses the replica to promote, by received ∪ applied transactions: a semi-sync acknowledgement vouches for the relay log
 * only (reliability.md trap 1). A better-placed replica that lacks something is chosen all the same if a reachable one can
 * give it what is missing.
 * @param replicas direct replicas of the failed primary; for the final choice with their receivers stopped
 * @param requested a candidate that a person asked for; it is taken or refused, never replaced by another
 */
export const chooseCandidate = (
	failed: Instance,
	replicas: readonly Instance[],
	settings: PromotionSettings,
	requested?: InstanceName,
): Candidacy => {
	const reachable = replicas.filter(isLastCheckValid);
	const excluded: { name: InstanceName; reason: string }[] = [];
	const standing: Standing[] = [];
	for (const instance of replicas) {
		const reason = exclusion(instance, failed, settings);
		if (reason !== undefined) excluded.push({ name: instance.name, reason });
		else
			standing.push({
				instance,
				hasEverything: receivedAllOf(instance, reachable),
				obtainsAll: obtainsAll(instance, reachable, settings),
				strands: reachable.filter(
					(other) =>
						other.name !== instance.name &&
						!canReplicateFrom(other, instance, settings).ok,
				).length,
			});
	}
	standing.sort(better(failed));
	const ranking = standing.map((each) => ({
		name: each.instance.name,
		says: saysOf(each, reachable),
		hasEverything: each.hasEverything,
	}));
	const chosen =
		requested === undefined
			? standing[0]
			: standing.find((each) => each.instance.name === requested);
	if (chosen === undefined)
		return {
			ranking,
			excluded,
			chosen: undefined,
			catchUpFrom: undefined,
			refusal: whyNobody(replicas, excluded, requested),
		};
	return {
		ranking,
		excluded,
		chosen: chosen.instance.name,
		catchUpFrom: chosen.hasEverything
			? undefined
			: giverFor(chosen.instance, reachable, settings)?.name,
		refusal: "",
	};
};

const whyNobody = (
	replicas: readonly Instance[],
	excluded: Candidacy["excluded"],
	requested: InstanceName | undefined,
): string => {
	if (replicas.length === 0) return "it has no replicas";
	if (requested !== undefined) {
		const why = excluded.find((each) => each.name === requested);
		return why === undefined
			? `${requested} is not a direct replica`
			: `${requested} cannot be promoted: ${why.reason}`;
	}
	return `no replica can be promoted: ${excluded.map((each) => `${each.name} ${each.reason}`).join("; ")}`;
};

/** Whether `giver` can hand on what `taker` lacks: soon, and in a form that it reads. A delay of its own is over once it has applied all. */
const canGive = (
	giver: Instance,
	taker: Instance,
	options: ReplicateOptions,
): boolean =>
	giver.name !== taker.name &&
	giver.logBin &&
	giver.logReplicaUpdates &&
	!isHeldByDelay(giver, options) &&
	canReplicateFrom(
		taker,
		{ ...giver, replication: { ...giver.replication, sqlDelaySeconds: 0 } },
		options,
	).ok &&
	missing(familyOf(taker), received(taker), received(giver)) !== "";

/** What it has yet to apply waits for a delay longer than a failover may. */
const isHeldByDelay = (
	instance: Instance,
	options: ReplicateOptions,
): boolean =>
	instance.replication.sqlDelaySeconds > options.maxMaintenanceLagSeconds &&
	hasUnapplied(instance);

/** The replica that has most of what the chosen one lacks, and can hand it on. */
const giverFor = (
	chosen: Instance,
	reachable: readonly Instance[],
	options: ReplicateOptions,
): Instance | undefined => {
	const givers = reachable.filter((each) => canGive(each, chosen, options));
	return givers.find((each) => receivedAllOf(each, reachable)) ?? givers[0];
};

/** Whether it can soon have everything that any reachable replica has, by itself or from one that has. */
const obtainsAll = (
	candidate: Instance,
	reachable: readonly Instance[],
	options: ReplicateOptions,
): boolean => {
	if (isHeldByDelay(candidate, options)) return false;
	if (receivedAllOf(candidate, reachable)) return true;
	const giver = giverFor(candidate, reachable, options);
	return giver !== undefined && receivedAllOf(giver, reachable);
};

import fc from "fast-check";
import type { PlanSettings } from "../../src/planning/plan.ts";
import type { ProbeFinding } from "../../src/topology/check.ts";
import type {
	Flavor,
	Instance,
	PromotionRule,
	ThreadState,
} from "../../src/topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../../src/topology/instance-name.ts";
import { NO_SEMI_SYNC, type SemiSync } from "../../src/topology/semi-sync.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import {
	failing,
	gtids,
	PROMOTION,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "./made-up-servers.ts";

// Clusters of one to seven made-up servers with everything that planning goes by, for property tests.

export const PLANNING: PlanSettings = {
	...PROMOTION,
	appliesPromotion: true,
	catchUpMs: 20_000,
};

export interface Drawn {
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	/** What the receivers still get before they are stopped. */
	readonly late: ReadonlyMap<InstanceName, string>;
}

/** The first `last` transactions of the primary, in the words of either family. */
const first = (flavor: Flavor, last: number): string => {
	if (last === 0) return "";
	return flavor === "MariaDB" ? `0-1-${last}` : gtids(last);
};

const lacking = (privilege: string): ProbeFinding => ({
	about: "operations",
	privilege,
	says: `the account lacks ${privilege}`,
});

/** Draws what is usual so many times as often as what is odd. */
export type Often = <T>(usual: T, ...odd: readonly T[]) => fc.Arbitrary<T>;

export const oftenBy =
	(weight: number): Often =>
	(usual, ...odd) =>
		fc.oneof(
			{ weight, arbitrary: fc.constant(usual) },
			{ weight: 1, arbitrary: fc.constantFrom(usual, ...odd) },
		);

export const semiSyncBy = (often: Often) =>
	fc.record({
		isAvailable: often(true, false),
		isSource: often(true, false),
		isReplica: often(true, false),
		waitsFor: often(1, 2, 3),
		timeoutMs: often(1_000_000_000, 10_000),
	});

type DrawnSemiSync =
	ReturnType<typeof semiSyncBy> extends fc.Arbitrary<infer T> ? T : never;

export const semiSyncOf = (drawn: DrawnSemiSync): SemiSync => ({
	...NO_SEMI_SYNC,
	available: drawn.isAvailable,
	sourceEnabled: drawn.isAvailable && drawn.isSource,
	sourceActive: drawn.isAvailable && drawn.isSource,
	sourceTimeoutMs: drawn.timeoutMs,
	waitForReplicaCount: drawn.waitsFor,
	replicaEnabled: drawn.isAvailable && drawn.isReplica,
	replicaActive: drawn.isAvailable && drawn.isReplica,
});

const replicaOf = (isDead: boolean, often: Often) =>
	fc.record({
		applied: fc.integer({ min: 1, max: 20 }),
		relayed: fc.integer({ min: 0, max: 20 }),
		late: fc.integer({ min: 0, max: 22 }),
		errant: often(0, 1, 2),
		purged: often(0, 3),
		receiver: isDead
			? often<ThreadState>(2, 0, 1)
			: often<ThreadState>(1, 0, 2),
		applier: often<ThreadState>(1, 0),
		applierError: often("", "Duplicate entry"),
		rule: often<PromotionRule>(
			"neutral",
			"must",
			"prefer",
			"prefer_not",
			"must_not",
		),
		version: often("8.4.3", "8.0.36", "9.0.1"),
		isReachable: often(true, false),
		logBin: often(true, false),
		logReplicaUpdates: often(true, false),
		dataCenter: fc.constantFrom("", "east"),
		delay: often(0, 10, 3600),
		lag: isDead
			? fc.constantFrom(0, 1, 5, null)
			: often<number | null>(0, 5, 60, null),
		filters: often(false, true),
		gtid: often(true, false),
		channel: often("", "ch1"),
		second: often<"" | "other" | "same">("", "other", "same"),
		lacks: often(
			"",
			"REPLICATION_SLAVE_ADMIN",
			"SYSTEM_VARIABLES_ADMIN",
			"RELOAD",
		),
		semiSync: semiSyncBy(often),
		/** Replicates from the first replica instead of the primary. */
		isBelow: often(false, true),
	});

type DrawnReplica =
	ReturnType<typeof replicaOf> extends fc.Arbitrary<infer T> ? T : never;

const extraChannels = (drawn: DrawnReplica) => {
	if (drawn.second === "") return [];
	const host = drawn.second === "same" ? "p" : "elsewhere";
	return [
		replicating(host, {
			channel: "zz",
			retrievedGtid: "",
			usingOracleGtid: true,
		}),
	];
};

/** Of its last own transaction. Of two with the same number MariaDB's position names one alone; which one, a set of positions cannot tell. */
const ownNumber = ({ applied, errant, relayed }: DrawnReplica): number =>
	applied + errant === relayed ? relayed + 1 : applied + errant;

const setsOf = (drawn: DrawnReplica, id: number, flavor: Flavor) => {
	const applied = first(flavor, drawn.applied);
	if (drawn.errant === 0)
		return { executedGtid: applied, binlogGtidState: applied, errantGtid: "" };
	if (flavor !== "MariaDB") {
		const errantGtid = `${uuid(id)}:1${drawn.errant > 1 ? `-${drawn.errant}` : ""}`;
		return {
			executedGtid: `${applied},${errantGtid}`,
			errantGtid,
			purgedGtid: drawn.purged > 0 ? errantGtid : "",
		};
	}
	const errantGtid = `0-${id}-${ownNumber(drawn)}`;
	return {
		executedGtid: errantGtid,
		binlogGtidState: `${applied},${errantGtid}`,
		errantGtid,
	};
};

/** For the same reason what comes to it late is another number than its own. */
const lateOf = (drawn: DrawnReplica, flavor: Flavor): number =>
	flavor === "MariaDB" && drawn.errant > 0 && drawn.late === ownNumber(drawn)
		? drawn.late - 1
		: drawn.late;

const made = (drawn: DrawnReplica, at: number, flavor: Flavor): Instance => {
	const id = at + 2;
	return replica(
		`r${at}`,
		id,
		{
			flavor,
			version: flavor === "MariaDB" ? "10.11.6" : drawn.version,
			supportsOracleGtid: flavor !== "MariaDB",
			superReadOnly: flavor !== "MariaDB",
			...setsOf(drawn, id, flavor),
			promotionRule: drawn.rule,
			logBin: drawn.logBin,
			logReplicaUpdates: drawn.logReplicaUpdates,
			dataCenter: drawn.dataCenter,
			lagSeconds: drawn.lag,
			semiSync: semiSyncOf(drawn.semiSync),
			otherChannels: extraChannels(drawn),
			findings: drawn.lacks === "" ? [] : [lacking(drawn.lacks)],
			...(drawn.isReachable ? {} : { check: failing("timeout") }),
		},
		{
			channel: drawn.channel,
			sourceHost: drawn.isBelow && at > 0 ? "r0" : "p",
			retrievedGtid: first(flavor, drawn.relayed),
			receiver: drawn.receiver,
			applier: drawn.applier,
			lastApplierError: drawn.applierError,
			sqlDelaySeconds: drawn.delay,
			hasFilters: drawn.filters,
			usingOracleGtid: flavor !== "MariaDB" && drawn.gtid,
			usingMariadbGtid: flavor === "MariaDB" && drawn.gtid,
		},
	);
};

const settingsBy = (often: Often): fc.Arbitrary<PlanSettings> =>
	fc
		.record({
			mode: fc.constantFrom("available" as const, "lossless" as const),
			preventCrossDataCenter: often(false, true),
			refuseUnapplied: often(false, true),
			appliesPromotion: often(true, false),
		})
		.map((drawn) => ({ ...PLANNING, ...drawn }));

/**
 * A cluster whose primary `p` is dead, or lives.
 * @param usual how many times as often its servers are as usual than odd, in each respect
 */
export const anyCluster = (isDead: boolean, usual = 9): fc.Arbitrary<Drawn> => {
	const often = oftenBy(usual);
	return fc
		.record({
			flavor: often<Flavor>("MySQL", "MariaDB"),
			replicas: fc.oneof(
				{
					weight: 1,
					arbitrary: fc.array(replicaOf(isDead, often), { maxLength: 1 }),
				},
				{
					weight: 5,
					arbitrary: fc.array(replicaOf(isDead, often), {
						minLength: 2,
						maxLength: 6,
					}),
				},
			),
			primary: fc.record({
				semiSync: semiSyncBy(often),
				has: fc.integer({ min: 1, max: 22 }),
			}),
			settings: settingsBy(often),
		})
		.map((drawn) => {
			const { flavor } = drawn;
			const primary = server("p", 1, {
				flavor,
				version: flavor === "MariaDB" ? "10.11.6" : "8.4.3",
				supportsOracleGtid: flavor !== "MariaDB",
				executedGtid: first(flavor, isDead ? drawn.primary.has : 22),
				binlogGtidState: first(flavor, isDead ? drawn.primary.has : 22),
				semiSync: semiSyncOf(drawn.primary.semiSync),
				...(isDead ? { check: failing("lost") } : {}),
			});
			const replicas = drawn.replicas.map((each, at) => made(each, at, flavor));
			return {
				snapshot: snapshotOf([primary, ...replicas]),
				settings: drawn.settings,
				late: new Map(
					drawn.replicas.map((each, at) => [
						instanceName(`r${at}`, 3306),
						first(flavor, lateOf(each, flavor)),
					]),
				),
			};
		});
};

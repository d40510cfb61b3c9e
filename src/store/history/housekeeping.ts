/** What the store keeps for how long, in one place. */
import type { Store } from "../contract.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const NODE_SILENCE_MS = 5 * SECOND_MS;
const NODE_HISTORY_MS = 240 * HOUR_MS;
const DOMAIN_MS = 60 * MINUTE_MS;
const MAINTENANCE_HISTORY_MS = 7 * DAY_MS;
const POSITION_HISTORY_MS = 4 * MINUTE_MS;
/** A shorter time would take the row of a lock that is just being confirmed. */
const STALE_POSITION_MS = MINUTE_MS;
/** No history that could ask for it again is kept for so long. */
const REQUEST_MS = 400 * DAY_MS;

/** The keys of the configuration that say how long. Whatever has a time of 0 is kept for ever. */
export interface Retention {
	readonly AuditPurgeDays: number;
	readonly UnseenInstanceForgetHours: number;
	readonly CandidateInstanceExpireMinutes: number;
	readonly InstancePoolExpiryMinutes: number;
	readonly ExpiryHostnameResolvesMinutes: number;
	readonly AccessTokenExpiryMinutes: number;
}

type Rule = readonly [
	what: string,
	/** 0: nothing of it is removed. */
	keptMs: number,
	remove: (beforeMs: number) => Promise<number>,
];

const records = (store: Store, retention: Retention): readonly Rule[] => {
	const keptMs = retention.AuditPurgeDays * DAY_MS;
	return [
		["audit", keptMs, store.audit.purge],
		["detections", keptMs, store.detections.purge],
		["recoveries", keptMs, store.recoveries.purge],
		["recoverySteps", keptMs, store.recoveries.purgeSteps],
	];
};

const sightings = (store: Store, retention: Retention): readonly Rule[] => {
	const unseenMs = retention.UnseenInstanceForgetHours * HOUR_MS;
	return [
		["nodes", NODE_SILENCE_MS, store.nodes.expire],
		["nodeHistory", NODE_HISTORY_MS, store.nodes.expireHistory],
		[
			"instances",
			unseenMs,
			async (beforeMs) => (await store.inventory.forgetUnseen(beforeMs)).length,
		],
		["clusterAliases", unseenMs, store.clusters.expireAliases],
		["clusterDomains", DOMAIN_MS, store.clusters.expireDomains],
		["analysisChanges", unseenMs, store.changelog.expire],
		["stalePositions", STALE_POSITION_MS, store.stalePositions.expire],
		["positionHistory", POSITION_HISTORY_MS, store.positionHistory.expire],
		["equivalences", unseenMs, store.equivalences.expire],
		["requests", REQUEST_MS, store.operations.purgeRequests],
	];
};

const statements = (
	store: Store,
	retention: Retention,
	nowMs: number,
): readonly Rule[] => {
	const resolveMs = retention.ExpiryHostnameResolvesMinutes * MINUTE_MS;
	return [
		[
			"candidates",
			retention.CandidateInstanceExpireMinutes * MINUTE_MS,
			store.candidates.expire,
		],
		[
			"poolMembers",
			retention.InstancePoolExpiryMinutes * MINUTE_MS,
			store.pools.expire,
		],
		["hostnameResolves", 2 * resolveMs, store.hostnames.expireResolves],
		["hostnameUnresolves", resolveMs, store.hostnames.expireUnresolves],
		[
			"accessTokens",
			retention.AccessTokenExpiryMinutes * MINUTE_MS,
			store.accessTokens.expire,
		],
		[
			"maintenances",
			MAINTENANCE_HISTORY_MS,
			(beforeMs) => store.maintenances.expire(nowMs, beforeMs),
		],
	];
};

/**
 * Removes what is past its time.
 * @returns how many of each were removed, by what they are; only what is not 0.
 * @throws BatonError StoreUnavailable; what was removed before stays removed, and the next run does the rest
 */
export const purgeStore = async (
	store: Store,
	retention: Retention,
	nowMs: number,
): Promise<Readonly<Record<string, number>>> => {
	const removed: Record<string, number> = {};
	const note = (what: string, count: number): void => {
		if (count > 0) removed[what] = count;
	};
	note("downtimes", await store.downtimes.expire(nowMs));
	for (const [what, keptMs, remove] of [
		...records(store, retention),
		...sightings(store, retention),
		...statements(store, retention, nowMs),
	])
		if (keptMs > 0) note(what, await remove(nowMs - keptMs));
	return removed;
};

import { blockingAmong } from "../operations/blocking.ts";
import type { BlockPeriods } from "../policy/recovery-table.ts";
import { openingsAmong, replacedAmong } from "../reading/opening-of-store.ts";
import type {
	ClusterSummary,
	Fence,
	RecoveryRecord,
	Store,
} from "../store/contract.ts";
import type { Instance, PromotionRule } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Opening } from "../topology/opening.ts";
import type { Role } from "../topology/role.ts";
import type { Downtime } from "../topology/snapshot.ts";

/** What the store says beside the probes; read once a second. */
export interface StoreView {
	readonly clusterName: string;
	readonly alias: string;
	readonly domain: string;
	readonly downtimes: readonly Downtime[];
	readonly rules: ReadonlyMap<InstanceName, PromotionRule>;
	/** Instances under maintenance. */
	readonly maintained: readonly InstanceName[];
	/** The alias that the configuration gives this cluster's name (ClusterNameToAlias); empty for none. */
	readonly mappedAlias: string;
	/** Which identity has an alias now, of all clusters. */
	readonly aliasHolders: ReadonlyMap<string, string>;
	/** Who is the primary by somebody's word; missing where nobody is yet. */
	readonly role?: Role;
	/** The operation that made the cluster's primary what it is; missing where none has. */
	readonly opening?: Opening;
	/** Whom its recorded primary has replaced. */
	readonly replaced?: readonly InstanceName[];
	/** Of what kind the operation is that holds the cluster. */
	readonly heldBy?: string;
	/** Neither the global switch, nor the filter, nor an earlier recovery speaks against a failover by itself. */
	readonly mayAct: boolean;
}

/** What the store says, read at one moment. */
export interface StoreReading {
	/** When reading began, milliseconds since the epoch: what was written before is in it. */
	readonly startedMs: number;
	/** Identity of every adopted instance, of all clusters. */
	readonly homes: ReadonlyMap<InstanceName, string>;
	readonly membersOf: ReadonlyMap<string, readonly InstanceName[]>;
	readonly fences: readonly Fence[];
	/** What was seen of them last, as far as somebody asked for it. */
	readonly known: ReadonlyMap<InstanceName, Instance>;
	readonly views: readonly {
		readonly identity: string;
		readonly view: StoreView;
	}[];
}

interface ReadingSettings {
	readonly candidateExpiryMs: number;
	readonly aliasByName: (clusterName: string) => string;
	/** RecoverMasterClusterFilters names the cluster. */
	readonly isAutomatic: (cluster: { name: string; alias: string }) => boolean;
	readonly blockPeriods: BlockPeriods;
}

const byIdentity = (
	members: readonly { instance: InstanceName; identity: string }[],
): Map<string, InstanceName[]> => {
	const all = new Map<string, InstanceName[]>();
	for (const { instance, identity } of members) {
		const list = all.get(identity);
		if (list === undefined) all.set(identity, [instance]);
		else list.push(instance);
	}
	return all;
};

/** An alias that only is the cluster's own name, or that of a cluster without members, is held by nobody. */
const holdersOf = (
	clusters: readonly ClusterSummary[],
	membersOf: ReadonlyMap<string, readonly InstanceName[]>,
): Map<string, string> =>
	new Map(
		clusters
			.filter(
				({ identity, alias, clusterName }) =>
					alias !== clusterName && membersOf.has(identity),
			)
			.map(({ alias, identity }) => [alias, identity]),
	);

/**
 * Which clusters have a recovery behind them that holds up their failover. One that runs is no reason here: its end is known by that of its
 * operation.
 */
const blockedAmong = (
	active: readonly RecoveryRecord[],
	homes: ReadonlyMap<InstanceName, string>,
	blockPeriods: BlockPeriods,
	nowMs: number,
) => {
	const blocking = blockingAmong(
		active.filter(({ endedAtMs }) => endedAtMs > 0),
		{ running: undefined, settings: blockPeriods, nowMs },
	);
	const identities = new Set(
		blocking.flatMap(({ identity, successor }) => [
			identity,
			...(successor === "" ? [] : [homes.get(successor)]),
		]),
	);
	const names = new Set(blocking.map(({ clusterName }) => clusterName));
	return ({ identity, clusterName }: ClusterSummary): boolean =>
		identities.has(identity) || names.has(clusterName);
};

/** @throws BatonError when the store fails */
export const readStore = async (
	store: Store,
	settings: ReadingSettings,
	nowMs: number,
): Promise<Omit<StoreReading, "known">> => {
	const [
		clusters,
		members,
		downtimes,
		rules,
		fences,
		maintenances,
		running,
		isDisabled,
		active,
	] = await Promise.all([
		store.clusters.all(),
		store.clusters.members(),
		store.downtimes.active(nowMs),
		store.candidates.since(nowMs - settings.candidateExpiryMs),
		store.fences.all(),
		store.maintenances.active(nowMs),
		store.operations.running(),
		store.recoveries.isGloballyDisabled(),
		store.recoveries.active({}),
	]);
	const heldBy = new Map(running.map((each) => [each.identity, each.kind]));
	const homes = new Map(members.map((each) => [each.instance, each.identity]));
	const membersOf = byIdentity(members);
	const isBlocked = blockedAmong(active, homes, settings.blockPeriods, nowMs);
	const openingOf = openingsAmong(fences);
	const replacedBy = replacedAmong(fences);
	const shared = {
		downtimes,
		rules: new Map(rules.map((each) => [each.instance, each.rule])),
		maintained: maintenances.map(({ instance }) => instance),
		aliasHolders: holdersOf(clusters, membersOf),
	};
	return {
		startedMs: nowMs,
		homes,
		membersOf,
		fences: fences.filter(({ state }) => state !== "rejoined"),
		views: clusters.map((cluster) => {
			const { identity, clusterName, alias, domain, role } = cluster;
			const opening = openingOf(cluster);
			const kind = heldBy.get(identity);
			return {
				identity,
				view: {
					...shared,
					clusterName,
					alias,
					domain,
					mappedAlias: settings.aliasByName(clusterName),
					mayAct:
						!isDisabled &&
						!isBlocked(cluster) &&
						settings.isAutomatic({ name: clusterName, alias }),
					...(kind === undefined ? {} : { heldBy: kind }),
					...(role === undefined ? {} : { role }),
					...(opening === undefined ? {} : { opening }),
					replaced: replacedBy(role),
				},
			};
		}),
	};
};

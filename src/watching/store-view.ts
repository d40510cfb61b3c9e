import { openingsAmong } from "../reading/opening-of-store.ts";
import type { ClusterSummary, Fence, Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { StoreView } from "./cluster-watch.ts";

/** What the store says, read at one moment. */
export interface StoreReading {
	/** When reading began, milliseconds since the epoch: what was written before is in it. */
	readonly startedMs: number;
	/** Identity of every adopted instance, of all clusters. */
	readonly homes: ReadonlyMap<InstanceName, string>;
	readonly membersOf: ReadonlyMap<string, readonly InstanceName[]>;
	readonly fences: readonly Fence[];
	readonly views: readonly {
		readonly identity: string;
		readonly view: StoreView;
	}[];
}

interface ReadingSettings {
	readonly candidateExpiryMs: number;
	readonly aliasByName: (clusterName: string) => string;
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

/** @throws BatonError when the store fails */
export const readStore = async (
	store: Store,
	settings: ReadingSettings,
	nowMs: number,
): Promise<StoreReading> => {
	const [clusters, members, downtimes, rules, fences, maintenances, running] =
		await Promise.all([
			store.clusters.all(),
			store.clusters.members(),
			store.downtimes.active(nowMs),
			store.candidates.since(nowMs - settings.candidateExpiryMs),
			store.fences.all(),
			store.maintenances.active(nowMs),
			store.operations.running(),
		]);
	const heldBy = new Map(running.map((each) => [each.identity, each.kind]));
	const membersOf = byIdentity(members);
	const openingOf = openingsAmong(fences);
	const shared = {
		downtimes,
		rules: new Map(rules.map((each) => [each.instance, each.rule])),
		maintained: maintenances.map(({ instance }) => instance),
		aliasHolders: holdersOf(clusters, membersOf),
	};
	return {
		startedMs: nowMs,
		homes: new Map(members.map((each) => [each.instance, each.identity])),
		membersOf,
		fences: fences.filter(({ state }) => state !== "rejoined"),
		views: clusters.map(({ identity, clusterName, alias, domain, role }) => {
			const opening = openingOf({ identity, clusterName });
			const kind = heldBy.get(identity);
			return {
				identity,
				view: {
					...shared,
					clusterName,
					alias,
					domain,
					mappedAlias: settings.aliasByName(clusterName),
					...(kind === undefined ? {} : { heldBy: kind }),
					...(role === undefined ? {} : { role }),
					...(opening === undefined ? {} : { opening }),
				},
			};
		}),
	};
};

import { errors } from "../src/errors.ts";
import { derive } from "../src/topology/derive.ts";
import type { Instance } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Deadline of a fresh connection when a cluster is looked at, milliseconds: long enough for a busy server, short enough for a failover. */
const LOOK_CONNECT_MS = 1_000;

/** The same for a server that a watcher has just found dead: this look only has to contradict it. */
const SUSPECT_CONNECT_MS = 150;

/** The cluster as its servers are now: each is probed over a connection of its own, all at once. */
export const freshSnapshot = async (
	deps: Pick<ActivityDeps, "store" | "servers" | "nowMs" | "config">,
	identity: string,
	suspect?: InstanceName,
): Promise<Snapshot> => {
	const [cluster, known, downtimes, rules, maintenances, stale] =
		await Promise.all([
			deps.store.clusters.byIdentity(identity),
			deps.store.inventory.ofIdentity(identity),
			deps.store.downtimes.active(deps.nowMs()),
			deps.store.candidates.since(
				deps.nowMs() - deps.config().CandidateInstanceExpireMinutes * 60_000,
			),
			deps.store.maintenances.active(deps.nowMs()),
			deps.store.stalePositions.all(),
		]);
	if (cluster === undefined) throw errors.unknownCluster(identity);
	const seen = await Promise.all(
		known.map((each) =>
			deps.servers.look(
				each.name,
				each,
				each.name === suspect ? SUSPECT_CONNECT_MS : LOOK_CONNECT_MS,
			),
		),
	);
	const ruled = seen.map(
		(each): Instance => ({
			...each,
			promotionRule:
				rules.find((rule) => rule.instance === each.name)?.rule ??
				each.promotionRule,
		}),
	);
	const members = new Set(known.map((each) => each.name));
	return {
		identity,
		clusterName: cluster.clusterName,
		clusterAlias: cluster.alias,
		clusterDomain: cluster.domain,
		takenAtMs: deps.nowMs(),
		instances: derive(ruled.filter((each) => members.has(each.name))),
		downtimes: downtimes.filter((each) => members.has(each.instance)),
		maintained: maintenances
			.map((each) => each.instance)
			.filter((each) => members.has(each)),
		staleCoordinates: stale.filter((each) => members.has(each.instance)),
	};
};

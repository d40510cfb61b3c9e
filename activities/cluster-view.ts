import { errors } from "../src/errors.ts";
import type { Servers } from "../src/mysql/servers.ts";
import {
	fencedAmong,
	openingsAmong,
	replacedAmong,
} from "../src/reading/opening-of-store.ts";
import { derive } from "../src/topology/derive.ts";
import { errantAgainst } from "../src/topology/gtid/errant.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
} from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../src/topology/lineage.ts";
import { withOpening } from "../src/topology/opening.ts";
import { onRecord, type Role } from "../src/topology/role.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Deadline of a fresh connection when a cluster is looked at, milliseconds: long enough for a busy server, short enough for a failover. */
const LOOK_CONNECT_MS = 1_000;

/** The same for a server that a watcher has just found dead: this look only has to contradict it. */
const SUSPECT_CONNECT_MS = 150;

type ViewDeps = Pick<ActivityDeps, "store" | "nowMs" | "config" | "watched"> & {
	readonly servers: Pick<Servers, "look">;
};

/** What the store says beside the probes. */
const storeView = (deps: ViewDeps, identity: string) =>
	Promise.all([
		deps.store.clusters.byIdentity(identity),
		deps.store.downtimes.active(deps.nowMs()),
		deps.store.candidates.since(
			deps.nowMs() - deps.config().CandidateInstanceExpireMinutes * 60_000,
		),
		deps.store.maintenances.active(deps.nowMs()),
		deps.store.stalePositions.all(),
		deps.store.fences.all(),
	]);

/** What each replica has that its source lacks; of one with several sources nobody can tell. */
const withErrants = (instances: readonly Instance[]): Instance[] => {
	const lineage = lineageOf(instances);
	return instances.map((each) => {
		const [source, ...above] = ancestorsOf(lineage, each);
		const isComparable =
			source !== undefined &&
			source.check.seenAtMs > 0 &&
			isReplica(each) &&
			isLastCheckValid(each) &&
			each.otherChannels.length === 0;
		return isComparable
			? { ...each, errantGtid: errantAgainst(each, source, above) }
			: each;
	});
};

/** What the store says of the members, on top of what their servers say. */
const asRuled = (
	instances: readonly Instance[],
	rules: Awaited<ReturnType<ViewDeps["store"]["candidates"]["since"]>>,
): Instance[] => {
	const byName = new Map(rules.map((each) => [each.instance, each.rule]));
	return instances.map((each) => {
		const promotionRule = byName.get(each.name) ?? each.promotionRule;
		return promotionRule === each.promotionRule
			? each
			: { ...each, promotionRule };
	});
};

/** A primary that died before all was in order is none's replica, and the others are below it. */
const asTheyCount = (
	instances: readonly Instance[],
	{ opening, role }: Pick<Snapshot, "opening" | "role">,
): readonly Instance[] => {
	const now = withOpening(instances, opening);
	return now === instances ? instances : derive(now, onRecord(role));
};

/** Each server over a connection of its own, all at once. */
const lookedAt = async (
	deps: ViewDeps,
	identity: string,
	role: Role | undefined,
	suspect: InstanceName | undefined,
): Promise<Instance[]> => {
	const known = await deps.store.inventory.ofIdentity(identity);
	const seen = await Promise.all(
		known.map((each) =>
			deps.servers.look(
				each.name,
				each,
				each.name === suspect ? SUSPECT_CONNECT_MS : LOOK_CONNECT_MS,
			),
		),
	);
	return withErrants(derive(seen, onRecord(role)));
};

/**
 * The cluster as its servers are now. A watcher of this process looks at them over the connections that it keeps; otherwise each is
 * probed over a connection of its own.
 */
export const freshSnapshot = async (
	deps: ViewDeps,
	identity: string,
	about: {
		/** An instance that was just found dead: it is looked at with a short deadline, and the others were just looked at. */
		readonly suspect?: InstanceName;
		/** Instances that have to be in the picture: a watcher learns of new ones a moment later. */
		readonly named?: readonly InstanceName[];
	} = {},
): Promise<Snapshot> => {
	const [[cluster, downtimes, rules, maintenances, stale, fences], watched] =
		await Promise.all([
			storeView(deps, identity),
			// Whoever asks may have changed something a moment before.
			deps.watched?.lookNow(
				identity,
				about.suspect === undefined ? deps.nowMs() : undefined,
			),
		]);
	if (cluster === undefined)
		throw errors.unknownCluster({ cluster: identity, near: "" });
	const { role } = cluster;
	const has = new Set(watched?.instances.map((each) => each.name));
	const seen =
		watched !== undefined && (about.named ?? []).every((name) => has.has(name))
			? watched.instances
			: await lookedAt(deps, identity, role, about.suspect);
	const opening = openingsAmong(fences)(cluster);
	const replaced = replacedAmong(fences)(role);
	const fenced = fencedAmong(fences, identity);
	const members = new Set(seen.map((each) => each.name));
	const known = {
		...(role === undefined ? {} : { role }),
		...(opening === undefined ? {} : { opening }),
	};
	return {
		...known,
		...(replaced.length > 0 && { replaced }),
		...(fenced.length > 0 && { fenced }),
		identity,
		clusterName: cluster.clusterName,
		clusterAlias: cluster.alias,
		clusterDomain: cluster.domain,
		takenAtMs: deps.nowMs(),
		instances: asRuled(asTheyCount(seen, known), rules),
		downtimes: downtimes.filter((each) => members.has(each.instance)),
		maintained: maintenances
			.map((each) => each.instance)
			.filter((each) => members.has(each)),
		staleCoordinates: stale.filter((each) => members.has(each.instance)),
	};
};

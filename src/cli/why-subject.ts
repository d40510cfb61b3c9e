import { analyse } from "../analysis/analysis.ts";
import type { WhySubject } from "../compat/text/why/subject.ts";
import { analysisSettings } from "../config/analysis-settings.ts";
import { blindBecause } from "../policy/blind.ts";
import { openingsAmong, replacedAmong } from "../reading/opening-of-store.ts";
import { hasEnded } from "../rolling/status.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import { compareNames, type InstanceName } from "../topology/instance-name.ts";
import { withOpening } from "../topology/opening.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { CommandContext } from "./command.ts";
import { descriptionContext } from "./description-context.ts";
import { ruled } from "./ruled.ts";
import { lookBeside, withLookedFindings } from "./why-look.ts";
import { prospectsOf } from "./why-prospects.ts";

/** A node that serves tells of itself each second. */
const NODE_ALIVE_MS = 5_000;
const NODE_COMMANDS = ["http", "continuous"];
const MAX_DETECTIONS = 5;
const MAX_RECOVERIES = 3;
const MAX_CHANGES = 10;

/** The cluster of the hint, which may also be an instance; else as every command selects one. */
const clusterOf = async (context: CommandContext): Promise<ClusterRecord> => {
	const { alias } = context.flags;
	const { clusters } = await context.store();
	const named =
		alias === ""
			? undefined
			: await clusters.resolve(
					alias,
					context.configuration.DefaultInstancePort,
				);
	return named ?? context.requiredCluster();
};

const snapshotOf = async (context: CommandContext, cluster: ClusterRecord) => {
	const { nowMs } = context;
	const store = await context.store();
	const [stored, fences, downtimes, maintenances, stale] = await Promise.all([
		store.inventory.ofIdentity(cluster.identity),
		store.fences.all(),
		store.downtimes.active(nowMs),
		store.maintenances.active(nowMs),
		store.stalePositions.all(),
	]);
	const instances = await ruled(context, [
		...withOpening(stored, openingsAmong(fences)(cluster)),
	]);
	const names = new Set(instances.map((each) => each.name));
	const ofThis = <T extends { readonly instance: InstanceName }>(
		all: readonly T[],
	) => all.filter((each) => names.has(each.instance));
	const snapshot: Snapshot = {
		identity: cluster.identity,
		clusterName: cluster.clusterName,
		clusterAlias: cluster.alias,
		clusterDomain: cluster.domain,
		takenAtMs: nowMs,
		...(cluster.role === undefined ? {} : { role: cluster.role }),
		replaced: replacedAmong(fences)(cluster.role),
		instances: instances.toSorted((a, b) => compareNames(a.name, b.name)),
		downtimes: ofThis(downtimes),
		maintained: ofThis(maintenances).map((each) => each.instance),
		staleCoordinates: ofThis(stale),
	};
	return { snapshot, maintenances: ofThis(maintenances) };
};

const historyOf = async (
	store: Store,
	cluster: ClusterRecord,
	members: readonly InstanceName[],
): Promise<Pick<WhySubject, "detections" | "recoveries" | "changes">> => {
	const clusterAlias = cluster.alias || cluster.clusterName;
	const [detections, recoveries, ...changes] = await Promise.all([
		store.detections.page({
			page: 0,
			ofCluster: { clusterAlias, instances: members },
		}),
		store.recoveries.list({
			page: 0,
			ofCluster: { clusterAlias, identity: cluster.identity },
		}),
		...members.map((each) => store.changelog.changes(each)),
	]);
	return {
		detections: detections.slice(0, MAX_DETECTIONS),
		recoveries: recoveries.slice(0, MAX_RECOVERIES),
		changes: changes
			.flat()
			.sort((a, b) => b.atMs - a.atMs)
			.slice(0, MAX_CHANGES),
	};
};

/**
 * All that the store tells about the cluster that the command is about, and what its servers and Temporal say now.
 * @throws BatonError UnknownCluster
 */
export const whySubject = async (
	context: CommandContext,
): Promise<WhySubject> => {
	const { nowMs } = context;
	const store = await context.store();
	const cluster = await clusterOf(context);
	const asking = context.askTemporal();
	const { snapshot, maintenances } = await snapshotOf(context, cluster);
	const looked = await lookBeside(snapshot, context.lookAtCluster);
	const entries = analyse(
		withLookedFindings(snapshot, looked),
		analysisSettings(context.configuration),
	);
	const names = snapshot.instances.map((each) => each.name);
	const globallyDisabled = await store.recoveries.isGloballyDisabled();
	const tags = await Promise.all(names.map((each) => store.tags.of(each)));
	const nodes = (await store.nodes.seenSince(nowMs - NODE_ALIVE_MS)).filter(
		(each) => NODE_COMMANDS.includes(each.command),
	);
	const temporal = await asking;
	const fences = await store.fences.open();
	const rolling = await store.rollings.of(cluster.identity);
	return {
		cluster,
		limits: await descriptionContext(context),
		entries,
		downtimes: snapshot.downtimes,
		maintenances,
		tags: tags.flat(),
		aliases: await store.aliases.all(),
		fences: fences.filter((each) => each.identity === cluster.identity),
		prospects: await prospectsOf(context, {
			cluster,
			snapshot: looked.snapshot,
			entries,
			globallyDisabled,
			blind: blindBecause({ temporal, nodes }),
		}),
		looked,
		temporal,
		globallyDisabled,
		operation: await store.operations.current(cluster.identity),
		rolling: rolling === undefined || hasEnded(rolling) ? undefined : rolling,
		nodes,
		...(await historyOf(store, cluster, names)),
	};
};

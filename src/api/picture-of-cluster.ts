import {
	type AnalysisEntry,
	findings,
	isSkippable,
} from "../analysis/analysis.ts";
import type { InstanceContext } from "../compat/json/instance.ts";
import { matchesClusterFilters } from "../config/filters.ts";
import { type Instance, usesGtid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { problemsOf } from "../topology/status.ts";
import { buildTree, type TreeNode } from "../topology/tree.ts";
import type {
	ClusterPicture,
	FindingPicture,
	InstancePicture,
	InstanceState,
} from "./picture.ts";

const STATES: Readonly<Record<string, InstanceState>> = {
	last_check_invalid: "unreachable",
	not_recently_checked: "unchecked",
	not_replicating: "not-replicating",
	replication_lag: "lagging",
	group_replication_member_not_online: "not-replicating",
};

/** The first problem that colours a box; an errant GTID does not. */
const stateOf = (problems: readonly string[]): InstanceState =>
	problems.flatMap((each) => STATES[each] ?? [])[0] ?? "ok";

const semiSyncOf = ({ semiSync }: Instance): InstancePicture["semiSync"] => {
	if (semiSync.sourceActive && semiSync.clients > 0) return "source";
	return semiSync.replicaActive ? "replica" : "";
};

const gtidOf = (instance: Instance): InstancePicture["gtid"] => {
	if (instance.errantGtid !== "") return "errant";
	return usesGtid(instance) || instance.gtidMode === "ON" ? "gtid" : "";
};

const pictureOf = (
	node: TreeNode,
	parent: InstanceName | null,
	context: InstanceContext,
): InstancePicture => {
	const { instance } = node;
	const problems = problemsOf(instance, context);
	const state = stateOf(problems);
	const downtime = context.downtimes.get(instance.name);
	const isHidden = state === "unreachable" || state === "unchecked";
	return {
		name: instance.name,
		alias: instance.instanceAlias,
		parent,
		isPrimary: node.depth === 0,
		isCoPrimary: node.isCoPrimary,
		state,
		problems,
		error: instance.check.error,
		seenAtMs: isHidden ? instance.check.seenAtMs : 0,
		isWritable: !instance.readOnly && instance.check.seenAtMs > 0,
		version: instance.version,
		flavor: instance.flavor,
		lagSeconds: instance.lagSeconds,
		gtid: gtidOf(instance),
		semiSync: semiSyncOf(instance),
		promotionRule: context.rules.get(instance.name) ?? instance.promotionRule,
		dataCenter: instance.dataCenter,
		downtime:
			downtime === undefined
				? null
				: {
						owner: downtime.owner,
						reason: downtime.reason,
						endsAtMs: downtime.endsAtMs,
					},
	};
};

const flattened = (
	nodes: readonly TreeNode[],
	parent: InstanceName | null,
	context: InstanceContext,
): InstancePicture[] =>
	nodes.flatMap((node) => [
		pictureOf(node, parent, context),
		...flattened(node.children, node.instance.name, context),
	]);

const findingOf = (entry: AnalysisEntry): FindingPicture => ({
	instance: entry.instance,
	code: entry.code,
	says: entry.notActionableBecause || entry.says,
	isActionable: entry.isActionable,
	isSetAside: isSkippable(entry),
	structure: entry.structure,
});

/** One cluster as the pages show it. */
export const pictureOfCluster = (
	snapshot: Snapshot,
	entries: readonly AnalysisEntry[],
	context: InstanceContext,
	filters: readonly string[],
): ClusterPicture => ({
	identity: snapshot.identity,
	name: snapshot.clusterName,
	alias: snapshot.clusterAlias,
	domain: snapshot.clusterDomain,
	recoversByItself: matchesClusterFilters(filters, {
		name: snapshot.clusterName,
		alias: snapshot.clusterAlias,
	}),
	instances: flattened(buildTree(snapshot.instances), null, context),
	findings: findings(entries).map(findingOf),
});

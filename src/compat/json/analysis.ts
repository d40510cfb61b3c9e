import { type AnalysisEntry, isSkippable } from "../../analysis/analysis.ts";
import { type Facts, factsAlone } from "../../analysis/facts.ts";
import { unknownInstance } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import {
	gtidPart,
	immediateTopology,
	loggingCounts,
	semiSyncPart,
} from "./analysis-replicas.ts";
import { clusterInfoJson, type RecoveryFilters } from "./cluster-info.ts";
import { coordinatesJson, keyJson, keyMap, timestamp } from "./values.ts";

export interface AnalysisContext {
	readonly nowMs: number;
	readonly filters: RecoveryFilters;
	/** The node that answers. */
	readonly node: { readonly hostname: string; readonly token: string };
	readonly startActivePeriod?: string;
	/** Cluster name to domain; the instance's own counts where the cluster is not in it. */
	readonly domains?: ReadonlyMap<string, string>;
	readonly commandHint?: string;
}

/** The entry of which only the name, the code and the replicas are known: recorded detections and recoveries. */
export interface RecordedAnalysis {
	readonly instance: InstanceName | "";
	readonly analysis: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly replicas: readonly InstanceName[];
	readonly countReplicas: number;
}

interface Assessed {
	readonly facts: Facts;
	readonly replicaNames: readonly InstanceName[];
	readonly cluster: {
		readonly name: string;
		readonly alias: string;
		readonly domain: string;
	};
	readonly code: string;
	readonly says: string;
	readonly structure: readonly string[];
	readonly isReplicasDowntimed: boolean;
	readonly skippable: boolean;
	readonly isActionable: boolean;
}

const clusterOf = (of: Assessed, context: AnalysisContext) =>
	clusterInfoJson(
		{
			clusterName: of.cluster.name,
			alias: of.cluster.alias,
			domain: of.cluster.domain,
		},
		context.filters,
	);

const identityPart = (of: Assessed, context: AnalysisContext) => {
	const { facts } = of;
	const { instance } = facts;
	const { sourceHost, sourcePort } = instance.replication;
	return {
		AnalyzedInstanceKey: keyJson(instance.host, instance.port),
		AnalyzedInstanceMasterKey: keyJson(sourceHost, sourcePort),
		ClusterDetails: clusterOf(of, context),
		AnalyzedInstanceDataCenter: instance.dataCenter,
		AnalyzedInstanceRegion: instance.region,
		AnalyzedInstancePhysicalEnvironment: instance.environment,
		AnalyzedInstanceBinlogCoordinates: coordinatesJson(
			instance.selfCoordinates,
		),
		IsMaster: facts.isPrimary,
		IsReplicationGroupMember: facts.isGroupMember,
		IsCoMaster: facts.isCoPrimary,
		LastCheckValid: facts.lastCheckValid,
		LastCheckPartialSuccess: facts.partialSuccess,
	};
};

const findingPart = (of: Assessed, context: AnalysisContext) => ({
	CountReplicas: of.facts.count,
	CountValidReplicas: of.facts.valid,
	CountValidReplicatingReplicas: of.facts.replicating,
	CountReplicasFailingToConnectToMaster: of.facts.failingToConnect,
	CountDowntimedReplicas: of.facts.downtimed,
	ReplicationDepth: of.facts.instance.depth,
	Replicas: keyMap(of.replicaNames),
	SlaveHosts: keyMap(of.replicaNames),
	IsFailingToConnectToMaster: of.facts.isFailingToConnect,
	Analysis: of.code,
	Description: of.says,
	StructureAnalysis: of.structure.length > 0 ? [...of.structure] : null,
	IsDowntimed: of.facts.isDowntimed,
	IsReplicasDowntimed: of.isReplicasDowntimed,
	DowntimeEndTimestamp: timestamp(of.facts.downtimeEndsAtMs),
	// The reference counts "now − end": negative while the downtime lasts.
	DowntimeRemainingSeconds: of.facts.isDowntimed
		? Math.round((context.nowMs - of.facts.downtimeEndsAtMs) / 1000)
		: 0,
});

const assessedJson = (of: Assessed, context: AnalysisContext) => ({
	...identityPart(of, context),
	...findingPart(of, context),
	...immediateTopology(of.facts),
	...semiSyncPart(of.facts),
	...loggingCounts(of.facts),
	CountDelayedReplicas: of.facts.delayed,
	CountLaggingReplicas: of.facts.lagging,
	IsActionableRecovery: of.isActionable,
	ProcessingNodeHostname: context.node.hostname,
	ProcessingNodeToken: context.node.token,
	CountAdditionalAgreeingNodes: 0,
	StartActivePeriod: context.startActivePeriod ?? "",
	SkippableDueToDowntime: of.skippable,
	...gtidPart(of.facts),
	CommandHint: context.commandHint ?? "",
	IsReadOnly: of.facts.instance.readOnly,
});

/** orchestrator's `ReplicationAnalysis`: every field, in its order. */
export const analysisJson = (entry: AnalysisEntry, context: AnalysisContext) =>
	assessedJson(
		{
			facts: entry.facts,
			replicaNames: entry.facts.replicas.map((each) => each.name),
			cluster: {
				name: entry.clusterName,
				alias: entry.clusterAlias,
				domain:
					context.domains?.get(entry.clusterName) ||
					entry.facts.instance.clusterDomain ||
					entry.clusterName,
			},
			code: entry.code,
			says: entry.says,
			structure: entry.structure,
			isReplicasDowntimed: entry.isReplicasDowntimed,
			skippable: isSkippable(entry),
			isActionable: entry.isActionable,
		},
		context,
	);

/** The analysis of a record, in which only name, code, cluster and replicas are filled. */
export const recordedAnalysisJson = (
	record: RecordedAnalysis,
	context: AnalysisContext,
) => {
	const { host, port } =
		record.instance === "" ? { host: "", port: 0 } : splitName(record.instance);
	return assessedJson(
		{
			facts: {
				...factsAlone(unknownInstance(host, port)),
				isPrimary: false,
				count: record.countReplicas,
			},
			replicaNames: record.replicas,
			cluster: {
				name: record.clusterName,
				alias: record.clusterAlias,
				domain: "",
			},
			code: record.analysis,
			says: "",
			structure: [],
			isReplicasDowntimed: false,
			skippable: false,
			isActionable: false,
		},
		context,
	);
};

export type AnalysisJson = ReturnType<typeof analysisJson>;

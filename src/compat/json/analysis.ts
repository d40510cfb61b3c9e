import { type AnalysisEntry, isSkippable } from "../../analysis/analysis.ts";
import type { Facts } from "../../analysis/facts.ts";
import { type Instance, unknownInstance } from "../../topology/instance.ts";
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
	readonly commandHint?: string;
}

type CountKey = Extract<
	{ [K in keyof Facts]: Facts[K] extends number ? K : never }[keyof Facts],
	string
>;

const EMPTY_COUNTS: Readonly<Record<CountKey, number>> = {
	count: 0,
	valid: 0,
	replicating: 0,
	failingToConnect: 0,
	lagging: 0,
	delayed: 0,
	downtimed: 0,
	lostSource: 0,
	hearing: 0,
	deliberatelyStopped: 0,
};

/** The entry of which only the name, the code and the replicas are known: recorded detections and recoveries (api.md §9.4). */
export interface RecordedAnalysis {
	readonly instance: InstanceName;
	readonly analysis: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly replicas: readonly InstanceName[];
	readonly countReplicas: number;
}

interface Assessed {
	readonly instance: Instance;
	readonly replicas: readonly Instance[];
	readonly replicaNames: readonly InstanceName[];
	readonly counts: Readonly<Record<CountKey, number>>;
	readonly flags: Pick<
		Facts,
		| "isPrimary"
		| "isGroupMember"
		| "isCoPrimary"
		| "lastCheckValid"
		| "partialSuccess"
		| "isFailingToConnect"
	>;
	readonly cluster: { readonly name: string; readonly alias: string };
	readonly code: string;
	readonly says: string;
	readonly structure: readonly string[];
	readonly isDowntimed: boolean;
	readonly isReplicasDowntimed: boolean;
	readonly skippable: boolean;
	readonly downtimeEndsAtMs: number;
	readonly isActionable: boolean;
}

const clusterOf = (of: Assessed, context: AnalysisContext) =>
	clusterInfoJson(
		{
			clusterName: of.cluster.name,
			alias: of.cluster.alias,
			domain: of.instance.clusterDomain || of.cluster.name,
		},
		context.filters,
	);

const identityPart = (of: Assessed, context: AnalysisContext) => {
	const { instance } = of;
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
		IsMaster: of.flags.isPrimary,
		IsReplicationGroupMember: of.flags.isGroupMember,
		IsCoMaster: of.flags.isCoPrimary,
		LastCheckValid: of.flags.lastCheckValid,
		LastCheckPartialSuccess: of.flags.partialSuccess,
	};
};

const findingPart = (of: Assessed, context: AnalysisContext) => ({
	CountReplicas: of.counts.count,
	CountValidReplicas: of.counts.valid,
	CountValidReplicatingReplicas: of.counts.replicating,
	CountReplicasFailingToConnectToMaster: of.counts.failingToConnect,
	CountDowntimedReplicas: of.counts.downtimed,
	ReplicationDepth: of.instance.depth,
	Replicas: keyMap(of.replicaNames),
	SlaveHosts: keyMap(of.replicaNames),
	IsFailingToConnectToMaster: of.flags.isFailingToConnect,
	Analysis: of.code,
	Description: of.says,
	StructureAnalysis: of.structure.length > 0 ? [...of.structure] : null,
	IsDowntimed: of.isDowntimed,
	IsReplicasDowntimed: of.isReplicasDowntimed,
	DowntimeEndTimestamp: timestamp(of.downtimeEndsAtMs),
	// The reference counts "now − end": negative while the downtime lasts (detection.md §6.2).
	DowntimeRemainingSeconds: of.isDowntimed
		? Math.round((context.nowMs - of.downtimeEndsAtMs) / 1000)
		: 0,
});

const assessedJson = (of: Assessed, context: AnalysisContext) => ({
	...identityPart(of, context),
	...findingPart(of, context),
	...immediateTopology(of.instance, of.replicas),
	...semiSyncPart(of.instance, of.replicas),
	...loggingCounts(of.replicas),
	CountDelayedReplicas: of.counts.delayed,
	CountLaggingReplicas: of.counts.lagging,
	IsActionableRecovery: of.isActionable,
	ProcessingNodeHostname: context.node.hostname,
	ProcessingNodeToken: context.node.token,
	CountAdditionalAgreeingNodes: 0,
	StartActivePeriod: context.startActivePeriod ?? "",
	SkippableDueToDowntime: of.skippable,
	...gtidPart(of.instance, of.replicas),
	CommandHint: context.commandHint ?? "",
	IsReadOnly: of.instance.readOnly,
});

/** `ReplicationAnalysis` of api.md §9.3: every field, in its order. */
export const analysisJson = (entry: AnalysisEntry, context: AnalysisContext) =>
	assessedJson(
		{
			instance: entry.facts.instance,
			replicas: entry.facts.replicas,
			replicaNames: entry.facts.replicas.map((each) => each.name),
			counts: entry.facts,
			flags: entry.facts,
			cluster: { name: entry.clusterName, alias: entry.clusterAlias },
			code: entry.code,
			says: entry.says,
			structure: entry.structure,
			isDowntimed: entry.isDowntimed,
			isReplicasDowntimed: entry.isReplicasDowntimed,
			skippable: isSkippable(entry),
			downtimeEndsAtMs: entry.downtimeEndsAtMs,
			isActionable: entry.isActionable,
		},
		context,
	);

/** The analysis of a record, in which only name, code, cluster and replicas are filled (api.md §9.4). */
export const recordedAnalysisJson = (
	record: RecordedAnalysis,
	context: AnalysisContext,
) => {
	const { host, port } = splitName(record.instance);
	const instance = unknownInstance(host, port);
	return assessedJson(
		{
			instance,
			replicas: [],
			replicaNames: record.replicas,
			counts: { ...EMPTY_COUNTS, count: record.countReplicas },
			flags: {
				isPrimary: false,
				isGroupMember: false,
				isCoPrimary: false,
				lastCheckValid: false,
				partialSuccess: false,
				isFailingToConnect: false,
			},
			cluster: { name: record.clusterName, alias: record.clusterAlias },
			code: record.analysis,
			says: "",
			structure: [],
			isDowntimed: false,
			isReplicasDowntimed: false,
			skippable: false,
			downtimeEndsAtMs: 0,
			isActionable: false,
		},
		context,
	);
};

export type AnalysisJson = ReturnType<typeof analysisJson>;

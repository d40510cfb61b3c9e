import type { PrimaryChanged } from "../../planning/operation.ts";
import { recoveryOfCode } from "../../policy/recovery-table.ts";
import type {
	DetectionRecord,
	RecoveryRecord,
	RecoveryStep,
} from "../../store/contract.ts";
import type { Coordinates } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import {
	type AnalysisContext,
	type AnalysisJson,
	recordedAnalysisJson,
} from "./analysis.ts";
import { coordinatesJson, keyMap, nameJson, timestamp } from "./values.ts";

const successorOf = (
	name: InstanceName | "",
	alias: string,
	coordinates: Coordinates | null,
) => ({
	SuccessorKey: nameJson(name),
	SuccessorAlias: alias,
	SuccessorBinlogCoordinates:
		coordinates === null ? null : coordinatesJson(coordinates),
});

/** A record names its node beside the analysis, not in it. */
const recorded = (context: AnalysisContext): AnalysisContext => ({
	...context,
	node: { hostname: "", token: "" },
});

/** `TopologyRecovery` of the audit routes. Without errors the list is empty, where the reference has one empty text. */
export const recoveryJson = (
	record: RecoveryRecord,
	context: AnalysisContext,
) => ({
	Id: record.id,
	UID: record.uid,
	AnalysisEntry: recordedAnalysisJson(record, recorded(context)),
	...successorOf(record.successor, record.successorAlias, null),
	IsActive: record.isActive,
	IsSuccessful: record.isSuccessful,
	LostReplicas: keyMap(record.lostReplicas),
	ParticipatingInstanceKeys: keyMap(record.participating),
	AllErrors: [...record.errors],
	RecoveryStartTimestamp: timestamp(record.startedAtMs),
	RecoveryEndTimestamp: timestamp(record.endedAtMs),
	ProcessingNodeHostname: record.processingNode,
	ProcessingNodeToken: record.processingToken,
	Acknowledged: record.acknowledged,
	AcknowledgedAt: timestamp(record.acknowledgedAtMs),
	AcknowledgedBy: record.acknowledgedBy,
	AcknowledgedComment: record.acknowledgedComment,
	LastDetectionId: record.lastDetectionId,
	RelatedRecoveryId: 0,
	Type: "",
	RecoveryType: "NotMasterRecovery",
});

/** A failure detection in the shape of `TopologyRecovery`. */
export const detectionJson = (
	record: DetectionRecord,
	context: AnalysisContext,
) => ({
	Id: record.id,
	UID: "",
	AnalysisEntry: recordedAnalysisJson(record, {
		...recorded(context),
		startActivePeriod: timestamp(record.startedAtMs),
	}),
	SuccessorKey: null,
	SuccessorAlias: "",
	SuccessorBinlogCoordinates: null,
	IsActive: record.isActive,
	IsSuccessful: false,
	LostReplicas: [],
	ParticipatingInstanceKeys: [],
	AllErrors: null,
	RecoveryStartTimestamp: timestamp(record.startedAtMs),
	RecoveryEndTimestamp: "",
	ProcessingNodeHostname: record.processingNode,
	ProcessingNodeToken: record.processingToken,
	Acknowledged: false,
	AcknowledgedAt: "",
	AcknowledgedBy: "",
	AcknowledgedComment: "",
	LastDetectionId: 0,
	RelatedRecoveryId: record.relatedRecoveryId,
	Type: "",
	RecoveryType: "",
});

/** What was known of the failed instance when the operation was asked for; without it only names are filled in. */
export interface OutcomeContext extends AnalysisContext {
	readonly entry?: AnalysisJson;
	readonly recoveryId: number;
	/** Whether it went by GTID, which every recovery of Baton's that can promote does. */
	readonly byGtid: boolean;
}

const analysisOfOutcome = (
	outcome: PrimaryChanged,
	context: OutcomeContext,
) => ({
	...(context.entry ??
		recordedAnalysisJson(
			{
				instance: outcome.failed,
				analysis: outcome.analysis,
				clusterName: outcome.clusterName,
				clusterAlias: outcome.clusterAlias,
				replicas: outcome.replicas,
				countReplicas: outcome.replicas.length,
			},
			context,
		)),
	Analysis: outcome.analysis,
	CommandHint: context.commandHint ?? "",
});

/** `TopologyRecovery` of the takeover routes: the outcome of an operation that has just ended. */
export const outcomeJson = (
	outcome: PrimaryChanged,
	context: OutcomeContext,
) => ({
	Id: context.recoveryId,
	UID: outcome.uid,
	AnalysisEntry: analysisOfOutcome(outcome, context),
	...(outcome.successor === ""
		? {
				SuccessorKey: null,
				SuccessorAlias: "",
				SuccessorBinlogCoordinates: null,
			}
		: successorOf(
				outcome.successor,
				outcome.successorAlias,
				outcome.successorCoordinates,
			)),
	IsActive: false,
	IsSuccessful: outcome.successful,
	LostReplicas: keyMap(outcome.left.map((each) => each.name)),
	ParticipatingInstanceKeys: keyMap(outcome.participating),
	AllErrors: [...outcome.errors],
	RecoveryStartTimestamp: "",
	RecoveryEndTimestamp: "",
	ProcessingNodeHostname: "",
	ProcessingNodeToken: "",
	Acknowledged: false,
	AcknowledgedAt: "",
	AcknowledgedBy: "",
	AcknowledgedComment: "",
	LastDetectionId: 0,
	RelatedRecoveryId: 0,
	Type: recoveryOfCode(outcome.analysis).recordType,
	RecoveryType: context.byGtid ? "MasterRecoveryGTID" : "NotMasterRecovery",
});

/** orchestrator's `TopologyRecoveryStep`. */
export const stepJson = (step: RecoveryStep) => ({
	Id: step.id,
	RecoveryUID: step.uid,
	AuditAt: timestamp(step.atMs),
	Message: step.message,
});

/** orchestrator's `BlockedTopologyRecovery`. */
export const blockedJson = (blocked: {
	readonly instance: InstanceName | "";
	readonly clusterName: string;
	readonly analysis: string;
	readonly lastBlockedAtMs: number;
	readonly blockingRecoveryId: number;
}) => ({
	FailedInstanceKey: nameJson(blocked.instance),
	ClusterName: blocked.clusterName,
	Analysis: blocked.analysis,
	LastBlockedTimestamp: timestamp(blocked.lastBlockedAtMs),
	BlockingRecoveryId: blocked.blockingRecoveryId,
});

/** Small clusters, each with one failure, for the manual's page of analysis codes. */

import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import type { AnalysisCode } from "../analysis/taxonomy-row.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import type { Role } from "../topology/role.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import {
	AWAY,
	below,
	CHECKED,
	CHECKED_AT,
	coPrimary,
	DENIED,
	FAILING,
	intermediate,
	LAGGING,
	LOST,
	other,
	POSITION,
	primary,
	replica,
	STOPPED,
	TIMED_OUT,
	waiting,
} from "./sample-servers.ts";

/** For each code a cluster whose first instance has it. */
export const SAMPLES: Readonly<Record<AnalysisCode, readonly Instance[]>> = {
	NoProblem: [primary(), replica(2)],
	DeadMasterWithoutReplicas: [primary(TIMED_OUT)],
	DeadMaster: [primary(TIMED_OUT), replica(2, LOST), replica(3, LOST)],
	DeadMasterAndReplicas: [
		primary(TIMED_OUT),
		replica(2, {}, AWAY),
		replica(3, {}, AWAY),
	],
	DeadMasterAndSomeReplicas: [
		primary(TIMED_OUT),
		replica(2, LOST),
		replica(3, {}, AWAY),
	],
	UnreachableMasterWithLaggingReplicas: [
		primary(TIMED_OUT),
		replica(2, {}, LAGGING),
		replica(3, {}, LAGGING),
	],
	UnreachableMaster: [primary(TIMED_OUT), replica(2), replica(3, LOST)],
	LockedSemiSyncMaster: [waiting(0), replica(2)],
	LockedSemiSyncMasterHypothesis: [
		{ ...waiting(0), selfCoordinates: { ...POSITION, position: 4800 } },
		replica(2),
	],
	MasterWithTooManySemiSyncReplicas: [waiting(2), replica(2), replica(3)],
	NoWriteableMasterStructureWarning: [
		primary(CHECKED, { readOnly: true }),
		replica(2),
	],
	MasterSingleReplicaNotReplicating: [primary(), replica(2, STOPPED)],
	MasterSingleReplicaDead: [primary(), replica(2, {}, AWAY)],
	AllMasterReplicasNotReplicating: [
		primary(),
		replica(2, STOPPED),
		replica(3, LOST),
	],
	AllMasterReplicasNotReplicatingOrDead: [
		primary(),
		replica(2, STOPPED),
		replica(3, {}, AWAY),
	],
	DeadCoMaster: [coPrimary(TIMED_OUT), other(LOST), replica(3, LOST)],
	DeadCoMasterAndSomeReplicas: [
		coPrimary(TIMED_OUT),
		other(LOST),
		replica(3, {}, AWAY),
	],
	UnreachableCoMaster: [coPrimary(TIMED_OUT), other(), replica(3, LOST)],
	AllCoMasterReplicasNotReplicating: [
		coPrimary(),
		other(STOPPED),
		replica(3, STOPPED),
	],
	DeadIntermediateMasterWithSingleReplicaFailingToConnect: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, { ...below(2), ...LOST }),
	],
	DeadIntermediateMasterWithSingleReplica: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, { ...below(2), ...STOPPED }),
	],
	DeadIntermediateMaster: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, { ...below(2), ...LOST }),
		replica(4, { ...below(2), ...LOST }),
	],
	DeadIntermediateMasterAndSomeReplicas: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, { ...below(2), ...LOST }),
		replica(4, below(2), AWAY),
	],
	DeadIntermediateMasterAndReplicas: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, below(2), AWAY),
		replica(4, below(2), AWAY),
	],
	UnreachableIntermediateMasterWithLaggingReplicas: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, below(2), LAGGING),
		replica(4, below(2), LAGGING),
	],
	UnreachableIntermediateMaster: [
		intermediate(TIMED_OUT),
		primary(),
		replica(3, below(2)),
	],
	AllIntermediateMasterReplicasFailingToConnectOrDead: [
		intermediate(),
		primary(),
		replica(3, { ...below(2), ...FAILING }),
		replica(4, below(2), AWAY),
	],
	AllIntermediateMasterReplicasNotReplicating: [
		intermediate(),
		primary(),
		replica(3, { ...below(2), ...STOPPED }),
	],
	BinlogServerFailingToConnectToMaster: [
		replica(2, FAILING, { isBinlogServer: true }),
		primary(),
	],
	FirstTierReplicaFailingToConnectToMaster: [replica(2, FAILING), primary()],
	DeadReplicationGroupMemberWithReplicas: [
		{
			...primary(TIMED_OUT),
			group: {
				...NO_GROUP,
				name: "g",
				memberState: "ONLINE",
				memberRole: "PRIMARY",
			},
		},
		replica(2, LOST),
	],
	RecordedPrimaryIsAnotherServer: [
		primary(CHECKED, { serverId: 2 }),
		replica(2),
	],
	RecordedPrimaryReplicates: [
		replica(1, below(2)),
		{ ...unknownInstance("db2", 3306), check: CHECKED },
	],
	WriterBesideRecordedPrimary: [
		{ ...unknownInstance("db2", 3306), check: CHECKED },
		primary(),
	],
	ReplacedPrimaryTakesWrites: [replica(2), primary()],
};

/** db1 is the primary on record, where a sample is about that. */
export const ON_RECORD: Role = {
	primary: "db1:3306",
	server: { uuid: "", serverId: 1, gtid: "" },
	epoch: 1,
	word: "operation",
	sinceMs: CHECKED_AT - 60_000,
};

/** Cases in which a code that calls for a recovery, or looks like one, is not acted on. */
export const HELD_BACK: readonly (readonly [
	string,
	readonly Instance[],
	Partial<Snapshot>?,
])[] = [
	[
		"The receivers were stopped by somebody",
		[primary(TIMED_OUT), replica(2, STOPPED), replica(3, STOPPED)],
	],
	[
		"A replica still hears from the primary",
		[primary(TIMED_OUT), replica(2, LOST), replica(3, { applier: 0 })],
	],
	["The primary answers with an error", [primary(DENIED), replica(2, LOST)]],
	[
		"The primary is under maintenance",
		[primary(TIMED_OUT), replica(2, LOST)],
		{ maintained: ["db1:3306"] },
	],
];

/** What is said of the first instance of a sample, by the analysis itself. */
export const sampleEntry = (
	instances: readonly Instance[],
	rest: Partial<Snapshot> = {},
): AnalysisEntry => {
	const [entry] = analyse(
		{
			identity: "sample",
			clusterName: "db1:3306",
			clusterAlias: "sample",
			clusterDomain: "",
			takenAtMs: CHECKED_AT,
			instances,
			downtimes: [],
			maintained: [],
			role: ON_RECORD,
			staleCoordinates: [
				{
					instance: "db1:3306",
					coordinates: POSITION,
					firstSeenAtMs: CHECKED_AT - 12_000,
				},
			],
			...rest,
		},
		{
			...ANALYSIS_DEFAULTS,
			enforceExactSemiSyncReplicas: true,
			recoverNonWriteablePrimary: true,
		},
	);
	if (entry === undefined) throw new Error("a sample without instances");
	return entry;
};

/** What is so besides, where a sample needs it. */
const BESIDES: Partial<Readonly<Record<AnalysisCode, Partial<Snapshot>>>> = {
	ReplacedPrimaryTakesWrites: { replaced: ["db2:3306"] },
};

/** What is said of the first instance of the sample of a code. */
export const sampleOf = (code: AnalysisCode): AnalysisEntry =>
	sampleEntry(SAMPLES[code], BESIDES[code]);

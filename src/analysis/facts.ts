import { type Instance, isDetached, isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	type Dispute,
	disputesIn,
	takesWrites,
} from "../topology/role-disputes.ts";
import type { Snapshot, StaleCoordinates } from "../topology/snapshot.ts";
import { isFailingToConnect } from "./evidence.ts";
import { countsOf, type ReplicaCounts } from "./replica-counts.ts";
import { type ReplicaFacts, replicaFactsOf } from "./replica-facts.ts";
import { replicasBySource } from "./replicas-by-source.ts";

/** The thresholds that analysis needs, out of the configuration. */
export interface AnalysisSettings {
	/** Seconds between two polls of an instance (InstancePollSeconds). */
	readonly pollSeconds: number;
	/** Grace on top of it (ReasonableInstanceCheckSeconds). */
	readonly checkGraceSeconds: number;
	/** Lag above which a replica counts as lagging (ReasonableReplicationLagSeconds). */
	readonly reasonableLagSeconds: number;
	/** How many heartbeat periods without event or heartbeat make a replica say that it has lost its source. */
	readonly silentPeriods: number;
	/** How long a position must have stood still for a semi-sync lock (ReasonableLockedSemiSyncMasterSeconds). */
	readonly lockedSemiSyncSeconds: number;
	/** EnforceExactSemiSyncReplicas: too many acknowledging replicas are a finding. */
	readonly enforceExactSemiSyncReplicas: boolean;
	/** RecoverNonWriteableMaster: a read-only primary is a finding of its own. */
	readonly recoverNonWriteablePrimary: boolean;
}

/** The documented defaults. */
export const ANALYSIS_DEFAULTS: AnalysisSettings = {
	pollSeconds: 5,
	checkGraceSeconds: 1,
	reasonableLagSeconds: 10,
	silentPeriods: 3,
	lockedSemiSyncSeconds: 10,
	enforceExactSemiSyncReplicas: false,
	recoverNonWriteablePrimary: false,
};

/** The numbers that an analysis goes by, of one instance, computed once; the rows of the taxonomy read nothing else. */
export interface Facts extends ReplicaFacts, ReplicaCounts {
	readonly instance: Instance;
	/** Who replicates from it, whatever their state. */
	readonly replicas: readonly Instance[];
	readonly settings: AnalysisSettings;
	readonly isPrimary: boolean;
	readonly isGroupMember: boolean;
	readonly isCoPrimary: boolean;
	/** OK: the last check was good, and no later attempt hangs. */
	readonly lastCheckValid: boolean;
	readonly partialSuccess: boolean;
	/** mysqld itself answered the last failed check with an error: it lives, though it was not seen. */
	readonly answers: boolean;
	/** The last look failed by a fault of our own side, which says nothing about the server. */
	readonly ownFault: boolean;
	/** IF: it fails to connect to its own source. */
	readonly isFailingToConnect: boolean;
	/** Milliseconds that its binary log has stood at the same position; 0 when that is not known, or it moved. */
	readonly stoodStillMs: number;
	readonly isDowntimed: boolean;
	readonly downtimeEndsAtMs: number;
	/** An operator or an operation holds it for maintenance. */
	readonly isMaintained: boolean;
	/** Servers of the cluster that were seen, take writes and replicate from nobody. */
	readonly writers: readonly InstanceName[];
	/** What of it does not go with the record of the cluster's primary. */
	readonly dispute?: Dispute;
	/** The recorded primary has replaced it. */
	readonly isReplaced: boolean;
}

/** What is looked up about a whole snapshot once, so that the facts take time in proportion to its instances. */
interface Joined {
	readonly takenAtMs: number;
	readonly settings: AnalysisSettings;
	readonly replicasOf: ReadonlyMap<InstanceName, readonly Instance[]>;
	readonly downtimes: ReadonlyMap<InstanceName, number>;
	readonly maintained: ReadonlySet<InstanceName>;
	readonly stale: ReadonlyMap<InstanceName, StaleCoordinates>;
	readonly writers: readonly InstanceName[];
	readonly disputes: ReadonlyMap<InstanceName, Dispute>;
	readonly replaced: ReadonlySet<InstanceName>;
}

const NOBODY: readonly Instance[] = [];

/** Facts of every instance of the snapshot. */
export const factsOf = (
	snapshot: Pick<
		Snapshot,
		| "takenAtMs"
		| "instances"
		| "downtimes"
		| "maintained"
		| "staleCoordinates"
		| "replicasElsewhere"
		| "role"
		| "recordedElsewhere"
		| "replaced"
	>,
	settings: AnalysisSettings,
): Facts[] => {
	const joined: Joined = {
		takenAtMs: snapshot.takenAtMs,
		settings,
		replicasOf: replicasBySource(
			snapshot.instances,
			snapshot.replicasElsewhere ?? NOBODY,
		),
		downtimes: new Map(
			snapshot.downtimes.map((each) => [each.instance, each.endsAtMs]),
		),
		maintained: new Set(snapshot.maintained),
		stale: new Map(
			snapshot.staleCoordinates.map((each) => [each.instance, each]),
		),
		writers: snapshot.instances.filter(takesWrites).map(({ name }) => name),
		disputes: disputesIn(snapshot),
		replaced: new Set(snapshot.replaced ?? []),
	};
	return snapshot.instances.map((instance) => factsOfOne(instance, joined));
};

/** Facts of an instance of which the topology is not known. */
export const factsAlone = (instance: Instance): Facts =>
	factsOfOne(instance, {
		takenAtMs: 0,
		settings: ANALYSIS_DEFAULTS,
		replicasOf: new Map(),
		downtimes: new Map(),
		maintained: new Set(),
		stale: new Map(),
		writers: [],
		disputes: new Map(),
		replaced: new Set(),
	});

const isValidNow = (
	{ check }: Instance,
	{ pollSeconds, checkGraceSeconds }: AnalysisSettings,
): boolean => {
	const { checkedAtMs, seenAtMs, attemptedAtMs } = check;
	const graceMs = (pollSeconds + checkGraceSeconds) * 1000;
	return (
		seenAtMs > 0 &&
		checkedAtMs <= seenAtMs &&
		attemptedAtMs <= seenAtMs + graceMs
	);
};

const stoodStillMs = (
	{ selfCoordinates: now }: Instance,
	stale: StaleCoordinates | undefined,
	takenAtMs: number,
): number =>
	stale !== undefined &&
	stale.coordinates.file === now.file &&
	stale.coordinates.position === now.position
		? Math.max(0, takenAtMs - stale.firstSeenAtMs)
		: 0;

const factsOfOne = (instance: Instance, joined: Joined): Facts => {
	const { name, check, group } = instance;
	const replicas = joined.replicasOf.get(name) ?? NOBODY;
	const isDowntimed = (each: Instance) => joined.downtimes.has(each.name);
	const counts = countsOf(replicas, joined.settings, isDowntimed);
	const dispute = joined.disputes.get(name);
	const common = replicaFactsOf(replicas, isDowntimed);
	// Spelled out: spreading two objects into a third costs a fifth more in a process that has just begun.
	return {
		instance,
		replicas,
		settings: joined.settings,
		isPrimary:
			(!isReplica(instance) || isDetached(instance)) &&
			(group.name === "" || group.memberRole === "PRIMARY"),
		isGroupMember: group.name !== "" && group.memberState !== "OFFLINE",
		isCoPrimary:
			instance.isCoMaster || replicas.some((replica) => replica.isCoMaster),
		lastCheckValid: isValidNow(instance, joined.settings),
		partialSuccess: check.partialSuccess,
		answers: check.outcome === "refused-by-server",
		ownFault: check.outcome === "own-fault",
		count: counts.count,
		valid: counts.valid,
		replicating: counts.replicating,
		failingToConnect: counts.failingToConnect,
		lagging: counts.lagging,
		delayed: counts.delayed,
		downtimed: counts.downtimed,
		lostSource: counts.lostSource,
		hearing: counts.hearing,
		deliberatelyStopped: counts.deliberatelyStopped,
		logging: common.logging,
		common: common.common,
		gtidModes: common.gtidModes,
		errant: common.errant,
		semiSyncEnabled: common.semiSyncEnabled,
		isFailingToConnect: isFailingToConnect(instance),
		stoodStillMs: stoodStillMs(
			instance,
			joined.stale.get(name),
			joined.takenAtMs,
		),
		isDowntimed: isDowntimed(instance),
		downtimeEndsAtMs: joined.downtimes.get(name) ?? 0,
		isMaintained: joined.maintained.has(name),
		writers: joined.writers,
		...(dispute === undefined ? {} : { dispute }),
		isReplaced: joined.replaced.has(name),
	};
};

import {
	type Instance,
	isDetached,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	type Dispute,
	disputesIn,
	takesWrites,
} from "../topology/role-disputes.ts";
import type { Snapshot, StaleCoordinates } from "../topology/snapshot.ts";
import {
	hasLostSource,
	hears,
	isFailingToConnect,
	isReplicating,
} from "./evidence.ts";
import { type ReplicaFacts, replicaFactsOf } from "./replica-facts.ts";

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
export interface Facts extends ReplicaFacts {
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
	/** N, V, R, F, L, D, DT. */
	readonly count: number;
	readonly valid: number;
	readonly replicating: number;
	readonly failingToConnect: number;
	readonly lagging: number;
	readonly delayed: number;
	readonly downtimed: number;
	/** Valid replicas whose receiver wants to run and has lost the source: connecting, broken, or silent for several heartbeats. */
	readonly lostSource: number;
	/** Valid replicas whose receiver is connected and hears events or heartbeats: for them the source lives. */
	readonly hearing: number;
	/** Valid replicas whose receiver somebody stopped: they can say nothing about the source. */
	readonly deliberatelyStopped: number;
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
		replicasOf: joinedReplicas(
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

/** A UUID that two have, one a copy of the other, says of neither that it is meant. */
const namesByUuid = (
	instances: readonly Instance[],
): ReadonlyMap<string, InstanceName> => {
	const names = new Map<string, InstanceName>();
	const shared = new Set<string>();
	for (const { serverUuid, name } of instances) {
		if (serverUuid === "") continue;
		if (names.has(serverUuid)) shared.add(serverUuid);
		names.set(serverUuid, name);
	}
	for (const each of shared) names.delete(each);
	return names;
};

/**
 * By the source's host and port, as the replica names it. One whose source is known by another name here is joined by the
 * source's UUID, which the server forgets whenever the channel is pointed elsewhere.
 */
const joinedReplicas = (
	instances: readonly Instance[],
	elsewhere: readonly Instance[],
): ReadonlyMap<InstanceName, readonly Instance[]> => {
	const names = new Set(instances.map((each) => each.name));
	let byUuid: ReadonlyMap<string, InstanceName> | undefined;
	const sourceNameOf = (replica: Instance, named: InstanceName) => {
		if (names.has(named)) return named;
		byUuid ??= namesByUuid(instances);
		return byUuid.get(replica.replication.sourceUuid) ?? named;
	};
	const replicasOf = new Map<InstanceName, Instance[]>();
	for (const instance of elsewhere.length === 0
		? instances
		: [...instances, ...elsewhere]) {
		const named = sourceOf(instance);
		if (named === undefined) continue;
		const source = sourceNameOf(instance, named);
		const siblings = replicasOf.get(source);
		if (siblings) siblings.push(instance);
		else replicasOf.set(source, [instance]);
	}
	return replicasOf;
};

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

const count = <T>(items: readonly T[], test: (item: T) => boolean): number =>
	items.reduce((sum, item) => sum + (test(item) ? 1 : 0), 0);

const NO_COUNTS = {
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

const countsOf = (
	replicas: readonly Instance[],
	joined: Joined,
): typeof NO_COUNTS => {
	if (replicas.length === 0) return NO_COUNTS;
	const { silentPeriods: periods, reasonableLagSeconds } = joined.settings;
	const valid = replicas.filter(isLastCheckValid);
	return {
		count: replicas.length,
		valid: valid.length,
		replicating: count(valid, (each) => isReplicating(each, periods)),
		failingToConnect: count(valid, isFailingToConnect),
		lagging: count(
			replicas,
			(each) => (each.lagSeconds ?? 0) > reasonableLagSeconds,
		),
		delayed: count(replicas, (each) => each.replication.sqlDelaySeconds > 0),
		downtimed: count(replicas, (each) => joined.downtimes.has(each.name)),
		lostSource: count(valid, (each) => hasLostSource(each, periods)),
		hearing: count(valid, (each) => hears(each, periods)),
		deliberatelyStopped: count(
			valid,
			(each) =>
				each.replication.receiver === 0 && !hasLostSource(each, periods),
		),
	};
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
	const counts = countsOf(replicas, joined);
	const dispute = joined.disputes.get(name);
	const common = replicaFactsOf(replicas, (each) =>
		joined.downtimes.has(each.name),
	);
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
		isDowntimed: joined.downtimes.has(name),
		downtimeEndsAtMs: joined.downtimes.get(name) ?? 0,
		isMaintained: joined.maintained.has(name),
		writers: joined.writers,
		...(dispute === undefined ? {} : { dispute }),
		isReplaced: joined.replaced.has(name),
	};
};

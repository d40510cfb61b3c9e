import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";

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

/** The numbers of detection.md §6.2 for one instance, computed once; the rows of the taxonomy read nothing else. */
export interface Facts {
	readonly instance: Instance;
	readonly replicas: readonly Instance[];
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
	readonly isFailingToConnect: boolean;
}

const CONNECTING_ERROR = /error .*connecting to (master|source)/i;

/** The receiver tries and fails to reach the source (detection.md §6.2 F, with the wording of newer servers, §13.1). */
const isFailingToConnect = (instance: Instance): boolean => {
	const { receiver, applier, lastReceiverError } = instance.replication;
	return (
		receiver !== 1 && applier === 1 && CONNECTING_ERROR.test(lastReceiverError)
	);
};

/**
 * The receiver says "Yes" but has heard neither event nor heartbeat for several periods. Only a channel whose period is
 * known and whose silence is dated can say so.
 */
const isSilent = (instance: Instance, periods: number): boolean => {
	const { receiver, silentForMs, heartbeatPeriodSeconds } =
		instance.replication;
	return (
		receiver === 1 &&
		silentForMs !== null &&
		heartbeatPeriodSeconds > 0 &&
		heartbeatPeriodSeconds <= 5 &&
		silentForMs >= periods * heartbeatPeriodSeconds * 1000
	);
};

/** Evidence from a replica that its source is gone: the receiver wants to run and cannot, or hears nothing. */
const hasLostSource = (instance: Instance, periods: number): boolean =>
	instance.replication.receiver === 2 ||
	(instance.replication.receiver === 0 &&
		instance.replication.lastReceiverErrno !== 0) ||
	isFailingToConnect(instance) ||
	isSilent(instance, periods);

const isValidNow = (
	instance: Instance,
	settings: AnalysisSettings,
): boolean => {
	const { checkedAtMs, seenAtMs, attemptedAtMs } = instance.check;
	if (seenAtMs === 0) return false;
	const graceMs = (settings.pollSeconds + settings.checkGraceSeconds) * 1000;
	return checkedAtMs <= seenAtMs && attemptedAtMs <= seenAtMs + graceMs;
};

const hears = (instance: Instance, periods: number): boolean =>
	instance.replication.receiver === 1 && !isSilent(instance, periods);

const isReplicating = (instance: Instance, periods: number): boolean =>
	instance.replication.applier === 1 && hears(instance, periods);

const lags = (instance: Instance, settings: AnalysisSettings): boolean =>
	instance.lagSeconds !== null &&
	instance.lagSeconds > settings.reasonableLagSeconds;

const count = <T>(items: readonly T[], test: (item: T) => boolean): number =>
	items.reduce((sum, item) => sum + (test(item) ? 1 : 0), 0);

/** Facts of every instance of the snapshot. */
export const factsOf = (
	snapshot: Snapshot,
	settings: AnalysisSettings,
): Facts[] => {
	const bySource = new Map<InstanceName, Instance[]>();
	for (const instance of snapshot.instances) {
		const source = sourceOf(instance);
		if (source === undefined) continue;
		const siblings = bySource.get(source);
		if (siblings) siblings.push(instance);
		else bySource.set(source, [instance]);
	}
	const downtimed = new Set(snapshot.downtimes.map((each) => each.instance));
	return snapshot.instances.map((instance) =>
		factsOfOne(instance, bySource, downtimed, settings),
	);
};

const factsOfOne = (
	instance: Instance,
	bySource: ReadonlyMap<InstanceName, Instance[]>,
	downtimed: ReadonlySet<InstanceName>,
	settings: AnalysisSettings,
): Facts => {
	const replicas = bySource.get(instance.name) ?? [];
	const valid = replicas.filter(isLastCheckValid);
	const periods = settings.silentPeriods;
	const isGroupMember =
		instance.group.name !== "" && instance.group.memberState !== "OFFLINE";
	return {
		instance,
		replicas,
		isPrimary:
			(!isReplica(instance) ||
				instance.replication.sourceHost.startsWith("//")) &&
			(instance.group.name === "" || instance.group.memberRole === "PRIMARY"),
		isGroupMember,
		isCoPrimary:
			instance.isCoMaster || replicas.some((replica) => replica.isCoMaster),
		lastCheckValid: isValidNow(instance, settings),
		partialSuccess: instance.check.partialSuccess,
		answers: instance.check.outcome === "refused-by-server",
		ownFault: instance.check.outcome === "own-fault",
		count: replicas.length,
		valid: valid.length,
		replicating: count(valid, (each) => isReplicating(each, periods)),
		failingToConnect: count(valid, isFailingToConnect),
		lagging: count(replicas, (each) => lags(each, settings)),
		delayed: count(replicas, (each) => each.replication.sqlDelaySeconds > 0),
		downtimed: count(replicas, (each) => downtimed.has(each.name)),
		lostSource: count(valid, (each) => hasLostSource(each, periods)),
		hearing: count(valid, (each) => hears(each, periods)),
		deliberatelyStopped: count(
			valid,
			(each) =>
				each.replication.receiver === 0 && !hasLostSource(each, periods),
		),
		isFailingToConnect: isFailingToConnect(instance),
	};
};

import { isDetachedCoordinates } from "./coordinates.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
} from "./instance.ts";

export interface StatusLimits {
	readonly nowMs: number;
	/** InstancePollSeconds. */
	readonly pollSeconds: number;
	/** ReasonableReplicationLagSeconds. */
	readonly reasonableLagSeconds: number;
	/** ReasonableMaintenanceReplicationLagSeconds. */
	readonly maintenanceLagSeconds: number;
}

export type InstanceProblem =
	| "last_check_invalid"
	| "not_recently_checked"
	| "not_replicating"
	| "replication_lag"
	| "errant_gtid"
	| "group_replication_member_not_online";

export type StatusWord =
	| "invalid"
	| "unchecked"
	| "nonreplicating"
	| "lag"
	| "ok";

/** Polls that may be missed before a check is old. */
const MISSED_POLLS = 5;

export const isRecentlyChecked = (
	{ check }: Instance,
	{ nowMs, pollSeconds }: StatusLimits,
): boolean => nowMs - check.checkedAtMs <= MISSED_POLLS * pollSeconds * 1000;

const isRunningReplica = (instance: Instance): boolean =>
	isReplica(instance) && isReplicationRunning(instance);

const deviates = (
	lag: number | null,
	{ replication }: Instance,
	limitSeconds: number,
): boolean =>
	lag !== null && Math.abs(lag - replication.sqlDelaySeconds) > limitSeconds;

/** Little enough lag for maintenance. Unknown counts as none, so a stopped replica passes, as in the reference. */
const hasReasonableMaintenanceLag = (
	instance: Instance,
	limits: StatusLimits,
): boolean =>
	!deviates(
		instance.replication.secondsBehind ?? 0,
		instance,
		limits.maintenanceLagSeconds,
	);

const replicationProblem = (
	instance: Instance,
	limits: StatusLimits,
): InstanceProblem | undefined => {
	const { receiver, applier } = instance.replication;
	if (!isLastCheckValid(instance)) return "last_check_invalid";
	if (!isRecentlyChecked(instance, limits)) return "not_recently_checked";
	if (receiver !== -1 && applier !== -1 && !isRunningReplica(instance))
		return "not_replicating";
	return deviates(instance.lagSeconds, instance, limits.reasonableLagSeconds)
		? "replication_lag"
		: undefined;
};

const isGroupMemberNotOnline = ({ group }: Instance): boolean =>
	group.name !== "" && group.memberState !== "ONLINE";

/** The problems that the drop-in surface attaches to an instance, in its order. */
export const problemsOf = (
	instance: Instance,
	limits: StatusLimits,
): readonly InstanceProblem[] => {
	const replication = replicationProblem(instance, limits);
	return [
		...(replication ? [replication] : []),
		...(instance.errantGtid !== "" ? (["errant_gtid"] as const) : []),
		...(isGroupMemberNotOnline(instance)
			? (["group_replication_member_not_online"] as const)
			: []),
	];
};

/** Whether the listing of problems shows it, downtimes and ignored host names aside. */
export const isProblematic = (
	instance: Instance,
	limits: StatusLimits,
): boolean => {
	const { receiver, applier, secondsBehind } = instance.replication;
	const isOdd = (state: number) => state !== -1 && state !== 1;
	return (
		!isLastCheckValid(instance) ||
		!isRecentlyChecked(instance, limits) ||
		isOdd(receiver) ||
		isOdd(applier) ||
		deviates(secondsBehind, instance, limits.reasonableLagSeconds) ||
		deviates(instance.lagSeconds, instance, limits.reasonableLagSeconds) ||
		instance.errantGtid !== "" ||
		isGroupMemberNotOnline(instance)
	);
};

/** One word for the instance's state; the first that applies. */
export const statusOf = (
	instance: Instance,
	limits: StatusLimits,
): StatusWord => {
	if (!isLastCheckValid(instance)) return "invalid";
	if (!isRecentlyChecked(instance, limits)) return "unchecked";
	if (!isReplica(instance)) return "ok";
	if (!isReplicationRunning(instance)) return "nonreplicating";
	return hasReasonableMaintenanceLag(instance, limits) ? "ok" : "lag";
};

/** Lag in one word: `detached`, `unknown`, `null` (a replica that is stopped or does not tell) or `<n>s`. */
export const lagWordOf = (instance: Instance, limits: StatusLimits): string => {
	if (isDetachedCoordinates(instance.replication.execCoordinates))
		return "detached";
	if (!isLastCheckValid(instance) || !isRecentlyChecked(instance, limits))
		return "unknown";
	if (!isReplica(instance)) return `${instance.lagSeconds ?? 0}s`;
	return isReplicationRunning(instance) && instance.lagSeconds !== null
		? `${instance.lagSeconds}s`
		: "null";
};

import { replicasIn } from "../planning/members.ts";
import type { PlanSettings } from "../planning/plan.ts";
import { acknowledgements } from "../planning/semi-sync-for.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { type PrimaryFound, whyNotRejoined } from "./primary.ts";
import { whyBehind, whyNotUp } from "./standing.ts";

// What speaks against taking out a server of a cluster.

/** Whose the downtimes are that a rolling maintenance begins. */
export const ROLLING_OWNER = "baton-rolling-maintenance";

/** Somebody else works at one of them. */
const heldIn = (snapshot: Snapshot, names: ReadonlySet<string>): string[] => [
	...snapshot.downtimes
		.filter(
			({ instance, owner }) => owner !== ROLLING_OWNER && names.has(instance),
		)
		.map(
			({ instance, owner, reason }) =>
				`${instance} is downtimed by ${owner} (${reason}); end that first, with end-downtime`,
		),
	...snapshot.maintained
		.filter((name) => names.has(name))
		.map(
			(name) =>
				`${name} is under maintenance; end that first, with end-maintenance`,
		),
];

/** What of the cluster is not in order, so that nothing is begun. Who was skipped does not count. */
export const disorderIn = (
	snapshot: Snapshot,
	{ primary, replaced }: PrimaryFound,
	skipped: readonly InstanceName[] = [],
): string[] => {
	const counts = (each: Instance): boolean => !skipped.includes(each.name);
	// The downtime of one that was replaced ends when it has rejoined.
	const others = snapshot.instances.filter(
		(each) => counts(each) && !replaced.includes(each),
	);
	return [
		...replaced.filter(counts).map((each) => whyNotRejoined(each, primary)),
		...heldIn(snapshot, new Set(others.map(({ name }) => name))),
		...others.map(whyNotUp),
	].filter((each) => each !== "");
};

/** Who of them is behind: that is waited for at any time. */
export const behindIn = (
	snapshot: Snapshot,
	settings: PlanSettings,
	skipped: readonly InstanceName[] = [],
): string[] =>
	snapshot.instances
		.filter(({ name }) => !skipped.includes(name))
		.map((each) => whyBehind(each, settings))
		.filter((each) => each !== "");

/** Without it the primary's commits would wait for more acknowledgements than there are servers to give them. */
export const lackOfAcknowledgers = (
	snapshot: Snapshot,
	primary: Instance,
	server: Instance,
): string => {
	const { sourceEnabled, waitForReplicaCount } = primary.semiSync;
	const acknowledges = (each: Instance): boolean =>
		isLastCheckValid(each) && each.semiSync.replicaEnabled;
	const below = replicasIn(snapshot, primary.name);
	if (
		!sourceEnabled ||
		!acknowledges(server) ||
		!below.some(({ name }) => name === server.name)
	)
		return "";
	// Its own replicas stand below the primary while it is out.
	const left = [...below, ...replicasIn(snapshot, server.name)].filter(
		(each) => each.name !== server.name && acknowledges(each),
	).length;
	return left >= waitForReplicaCount
		? ""
		: `without ${server.name} semi-sync of ${primary.name} would wait for ${acknowledgements(waitForReplicaCount)} with ${left} left to give them; enable semi-sync on another replica, or lower the wait count`;
};

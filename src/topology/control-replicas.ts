/**
 * The replicas whose lag tells how a cluster bears a schema change, and the lag that speaks for a cluster.
 */
import { type Instance, isLastCheckValid, sourceOf } from "./instance.ts";
import { compareNames } from "./instance-name.ts";

/** Of each kind of replica so many are named at most. */
const EACH = 2;

const busiestFirst = (a: Instance, b: Instance): number =>
	b.replicas.length - a.replicas.length || compareNames(a.name, b.name);

/**
 * Control replicas of a schema change, without repetition: up to two of the busiest intermediate sources directly below
 * the primary; two of their replicas (one of each, where there are two such sources); two of the third tier; and two
 * leaves of the first. Only those that are seen, and no binlog servers.
 * @param members the instances of one cluster, derived
 * @param isIgnored OSCIgnoreHostnameFilters
 */
export const schemaChangeReplicas = (
	members: readonly Instance[],
	isIgnored: (instance: Instance) => boolean,
): Instance[] => {
	const suitable = members
		.filter(
			(each) =>
				isLastCheckValid(each) && !each.isBinlogServer && !isIgnored(each),
		)
		.sort(busiestFirst);
	const firstTier = suitable.filter((each) => each.depth === 1);
	const intermediate = firstTier
		.filter((each) => each.replicas.length > 0)
		.slice(0, EACH);
	const below = intermediate.flatMap((source) =>
		suitable
			.filter((each) => sourceOf(each) === source.name)
			.slice(0, intermediate.length === 1 ? EACH : 1),
	);
	const thirdTier = suitable.filter((each) => each.depth === 3).slice(0, EACH);
	const leaves = firstTier
		.filter((each) => each.replicas.length === 0)
		.slice(0, EACH);
	return [...new Set([...intermediate, ...below, ...thirdTier, ...leaves])];
};

/**
 * Replicas that gh-ost may read row events from, fewest replicas first: seen, no binlog servers, with a binary log in
 * the ROW format that holds what they replicate.
 */
export const ghostReplicas = (members: readonly Instance[]): Instance[] =>
	members
		.filter(
			(each) =>
				each.depth > 0 &&
				each.logBin &&
				each.logReplicaUpdates &&
				each.binlogFormat.toUpperCase() === "ROW" &&
				isLastCheckValid(each) &&
				!each.isBinlogServer,
		)
		.sort(
			(a, b) =>
				a.replicas.length - b.replicas.length || compareNames(a.name, b.name),
		);

/** The greatest known lag of the instances, whole seconds; undefined when none is known. */
export const greatestLagSeconds = (
	instances: readonly Instance[],
): number | undefined => {
	const known = instances
		.map((each) => each.lagSeconds)
		.filter((lag) => lag !== null);
	return known.length === 0 ? undefined : Math.max(...known);
};

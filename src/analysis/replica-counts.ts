import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import {
	hasLostSource,
	hears,
	isFailingToConnect,
	isReplicating,
} from "./evidence.ts";
import type { AnalysisSettings } from "./facts.ts";

/** How many of those that replicate from an instance are in which state. */
export interface ReplicaCounts {
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
}

const count = <T>(items: readonly T[], test: (item: T) => boolean): number =>
	items.reduce((sum, item) => sum + (test(item) ? 1 : 0), 0);

const NO_COUNTS: ReplicaCounts = {
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

export const countsOf = (
	replicas: readonly Instance[],
	{
		silentPeriods: periods,
		reasonableLagSeconds,
	}: Pick<AnalysisSettings, "silentPeriods" | "reasonableLagSeconds">,
	isDowntimed: (replica: Instance) => boolean,
): ReplicaCounts => {
	if (replicas.length === 0) return NO_COUNTS;
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
		downtimed: count(replicas, isDowntimed),
		lostSource: count(valid, (each) => hasLostSource(each, periods)),
		hearing: count(valid, (each) => hears(each, periods)),
		deliberatelyStopped: count(
			valid,
			(each) =>
				each.replication.receiver === 0 && !hasLostSource(each, periods),
		),
	};
};

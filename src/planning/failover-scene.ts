import { channelsFrom, isMultiSource } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	unknownInstance,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	findInstance,
	isStranger,
	type Snapshot,
} from "../topology/snapshot.ts";
import {
	type FailoverProgress,
	failoverProgress,
} from "./failover-progress.ts";
import { byName, failedIn, replicasIn } from "./members.ts";
import { channelOf } from "./moves.ts";
import type { PlanSettings, Situation } from "./plan.ts";
import { asUnreached, readable, withoutUnreadable } from "./readable.ts";
import { heirIn } from "./unaccounted.ts";

/** What a failover is asked for. */
export interface FailoverRequest {
	/** The failed primary. */
	readonly instance: InstanceName;
	readonly analysis: string;
	readonly candidate?: InstanceName;
	/** The failure shows in the very snapshot. */
	readonly stands: boolean;
	/** Why it stands, or why not. */
	readonly standsSays: string;
	/** A person wants the primary replaced, which may well live: no failure is needed. */
	readonly byCommand: boolean;
	/** What lossless mode would refuse is accepted. */
	readonly acceptsLoss: boolean;
}

/** Everything that a failover is planned from, in one form whatever has happened so far. */
export interface FailoverScene {
	readonly request: FailoverRequest;
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	readonly progress: FailoverProgress;
	readonly failed: Instance;
	/** The failed primary answers. */
	readonly isAlive: boolean;
	/** Its replicas and former replicas, by name; what cannot be read, stopped or asked any more counts as not reached. */
	readonly replicas: readonly Instance[];
	/** Those of {@link replicas} that failed on the way to a promotion: what they have received still counts. */
	readonly fallen: readonly Instance[];
	/** {@link replicas} without the fallen. */
	readonly standing: readonly Instance[];
	/** An operation before this one has opened it, and it takes writes. */
	readonly heir: Instance | undefined;
	/** The {@link heir}, else the candidate that a person asked for until it has fallen. */
	readonly requested: InstanceName | undefined;
}

/**
 * Whom the failed primary had replaced, closed and with no source. It may lack what the failed one took: only a person may have it
 * back, and where no replica could be reached from the beginning. It counts then as the replica that it was to become.
 */
const predecessors = (
	{ opening, instances }: Snapshot,
	{ instance, byCommand }: FailoverRequest,
	replicas: readonly Instance[],
	{ stopped }: FailoverProgress,
): readonly Instance[] =>
	byCommand &&
	opening?.instance === instance &&
	!replicas.some(isLastCheckValid) &&
	stopped.every((each) => opening.inPlaceOf.includes(each))
		? instances
				.filter(
					(each) =>
						opening.inPlaceOf.includes(each.name) &&
						each.readOnly &&
						isLastCheckValid(each) &&
						!isReplica(each),
				)
				.map(asReplica)
		: [];

/** One with no source counts as the replica that it was, or is to become. */
const asReplica = (instance: Instance): Instance =>
	isReplica(instance)
		? instance
		: {
				...instance,
				replication: {
					...instance.replication,
					usingOracleGtid: instance.supportsOracleGtid,
					usingMariadbGtid: instance.flavor === "MariaDB",
				},
			};

const involved = (
	snapshot: Snapshot,
	request: FailoverRequest,
	progress: FailoverProgress,
	heir: Instance | undefined,
): Instance[] => {
	const replicas = replicasIn(snapshot, request.instance);
	const all = [
		...replicas,
		...progress.stopped.flatMap((name) => findInstance(snapshot, name) ?? []),
		...predecessors(snapshot, request, replicas, progress),
		// It may have fetched from another what it lacked, or have forgotten its source.
		...(heir === undefined ? [] : [asReplica(heir)]),
	];
	return [...new Map(all.map((each) => [each.name, each])).values()].sort(
		byName,
	);
};

/** Another server that has its address by now is none of a failover's business: it is neither closed nor asked for anything. */
const failedAs = (snapshot: Snapshot, name: InstanceName): Instance => {
	const failed = failedIn(snapshot, name);
	return isStranger(snapshot, failed)
		? asUnreached(
				{
					...unknownInstance(failed.host, failed.port),
					check: failed.check,
				},
				"another server answers at its address",
			)
		: withoutUnreadable(failed);
};

export const failoverScene = ({
	request,
	snapshot,
	settings,
	done,
}: Situation<FailoverRequest>): FailoverScene => {
	const progress = failoverProgress(done, snapshot.receiving);
	const { fallen, unstopped } = progress;
	const failed = failedAs(snapshot, request.instance);
	const heir = heirIn(snapshot);
	const replicas = readable(
		failed,
		involved(snapshot, request, progress, heir),
	).map((each) => {
		const says = unstopped.get(each.name);
		return says === undefined
			? each
			: asUnreached(each, `its receiver could not be stopped: ${says}`);
	});
	const asked = heir?.name ?? request.candidate;
	const hasFallen = ({ name }: Instance) => fallen.has(name);
	return {
		request,
		snapshot,
		settings: request.acceptsLoss
			? { ...settings, mode: "available" }
			: settings,
		progress,
		failed,
		isAlive: isLastCheckValid(failed),
		replicas,
		fallen: replicas.filter(hasFallen),
		standing: replicas.filter((each) => !hasFallen(each)),
		heir,
		requested: asked !== undefined && fallen.has(asked) ? undefined : asked,
	};
};

/** The channels of a replica whose receivers a failover stops. */
export const channelsToStop = (
	replica: Instance,
	failed: InstanceName,
): readonly string[] =>
	isMultiSource(replica)
		? channelsFrom(replica, failed).map((each) => each.channel)
		: [channelOf(replica)];

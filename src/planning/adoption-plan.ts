import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import {
	type InstanceName,
	isInstanceName,
} from "../topology/instance-name.ts";
import { readOnlyStatement } from "../topology/read-only.ts";
import {
	hasStoodDown,
	primaryByServers,
	takesWrites,
} from "../topology/role-disputes.ts";
import { isAnotherNow } from "../topology/server-mark.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { recordedPrimary, replicasIn } from "./members.ts";
import { NOTHING_LOST, type Planner, phase, refused } from "./plan.ts";

export interface AdoptionRequest {
	/** Who is the primary. */
	readonly instance: InstanceName;
	readonly byServers?: boolean;
}

/** The cluster goes by its primary; another program may have called it anything. */
const nameOf = ({ clusterName }: Snapshot): InstanceName | undefined =>
	isInstanceName(clusterName) ? clusterName : undefined;

/** Who else takes writes, but for the one. */
const otherWriters = (
	{ instances }: Snapshot,
	{ name }: Instance,
): readonly Instance[] =>
	instances.filter((each) => each.name !== name && takesWrites(each));

const isRecorded = ({ role }: Snapshot, adopted: Instance): boolean =>
	role?.primary === adopted.name && !isAnotherNow(role.server, adopted);

/** Why it cannot be the primary, whoever says so. */
const unfit = (snapshot: Snapshot, adopted: Instance): string | undefined => {
	const source = sourceOf(adopted);
	if (!isLastCheckValid(adopted))
		return `${adopted.name} cannot be reached (${adopted.check.error}): nobody is recorded as the primary unseen`;
	if (
		adopted.replication.receiver > 0 &&
		source !== undefined &&
		!adopted.isCoMaster
	)
		return `${adopted.name} replicates from ${source}: make it the primary with graceful-master-takeover, or end its replication first`;
	const [other, ...more] = otherWriters(snapshot, adopted);
	return other === undefined
		? undefined
		: `${[other, ...more].map((each) => each.name).join(", ")} takes writes, too: make it read-only first (${readOnlyStatement(other)}), so that there is one primary`;
};

/** Why what is seen is not beyond doubt. */
const doubtful = (
	snapshot: Snapshot,
	adopted: Instance,
): string | undefined => {
	if (primaryByServers(snapshot)?.name !== adopted.name)
		return `the recorded primary ${snapshot.clusterName} does not replicate from ${adopted.name}`;
	const recorded = recordedPrimary(snapshot);
	if (
		recorded !== undefined &&
		isLastCheckValid(recorded) &&
		!hasStoodDown(
			recorded,
			adopted,
			replicasIn(snapshot, recorded.name).length > 0,
		)
	)
		return `${recorded.name} takes writes and is followed, or has transactions that ${adopted.name} lacks; when ${adopted.name} is the primary all the same, make ${recorded.name} read-only (${readOnlyStatement(recorded)} on it) and say so with adopt -i ${adopted.name}`;
	return takesWrites(adopted)
		? undefined
		: `${adopted.name} does not take writes; when it is the primary say so with adopt -i ${adopted.name}`;
};

/**
 * The record of the primary follows what somebody has decided, or says. No server is touched; who was on record and cannot be seen is
 * waited for where a person says so, and read-only when it returns.
 */
export const planAdoption: Planner<AdoptionRequest> = ({
	request,
	snapshot,
}) => {
	const { instance } = request;
	const title = `adoption of ${instance}`;
	const adopted = findInstance(snapshot, instance);
	if (adopted === undefined)
		return refused(
			title,
			`${instance} is no server of ${snapshot.clusterName}; discover it first`,
		);
	if (isRecorded(snapshot, adopted))
		return refused(title, `${instance} is the recorded primary already`);
	const byServers = request.byServers === true;
	const why =
		unfit(snapshot, adopted) ??
		(byServers ? doubtful(snapshot, adopted) : undefined);
	if (why !== undefined) return refused(title, why);
	const former = recordedPrimary(snapshot);
	const isAway = former !== undefined && !isLastCheckValid(former);
	const isOther = former !== undefined && former.name !== instance;
	return {
		title,
		loss:
			isAway && isOther
				? {
						nothingAcknowledged: false,
						says: `what ${former.name} has and ${instance} lacks is not known: it is compared when ${former.name} returns`,
					}
				: NOTHING_LOST,
		phases: [
			phase("record", [], "undo", {
				changesPrimary: {
					from: nameOf(snapshot) ?? instance,
					to: instance,
					fence: !byServers && isAway && isOther,
					word: byServers ? "servers" : "person",
				},
			}),
		],
		notes: [
			...(adopted.readOnly
				? [`${instance} is read-only: nobody takes writes until it is opened`]
				: []),
			...(!byServers && isAway && isOther
				? [
						`${former.name} cannot be seen: it is made read-only when it returns`,
					]
				: []),
		],
		successor: instance,
		left: [],
		says: byServers
			? `${snapshot.clusterName} was made to replicate from ${instance}: ${instance} is recorded as the primary of the cluster`
			: `${instance} is recorded as the primary of the cluster`,
	};
};

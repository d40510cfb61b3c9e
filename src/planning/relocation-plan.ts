import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import { contains, familyOf, received } from "../topology/gtid/gtid.ts";
import { lackedBut } from "../topology/gtid/lacked.ts";
import { withoutErrant } from "../topology/gtid/without-errant.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import {
	failedIn,
	recordedPrimary,
	replicasIn,
	underMaintenance,
} from "./members.ts";
import { channelOf, move, moveForGood, wantsToReceive } from "./moves.ts";
import {
	NOTHING_LOST,
	type Phase,
	type Plan,
	type PlannedStep,
	type Planner,
	type PlanSettings,
	phase,
	refused,
} from "./plan.ts";
import { cannot } from "./privileges.ts";

export interface RelocationRequest {
	readonly instance: InstanceName;
	/** The new source. */
	readonly below: InstanceName;
}

const descends = (
	snapshot: Snapshot,
	below: Instance,
	from: InstanceName,
): boolean => {
	const seen = new Set<InstanceName>();
	let at: Instance | undefined = below;
	while (at !== undefined && !seen.has(at.name)) {
		if (at.name === from) return true;
		seen.add(at.name);
		const source = sourceOf(at);
		at = source === undefined ? undefined : findInstance(snapshot, source);
	}
	return false;
};

/**
 * What it has and the new source will not get. What was written there or above it does not count: that one was looked at earlier,
 * perhaps, and has it by now or has yet to receive it. The move waits for that. The dead neither write nor hand on.
 * Nothing comes to one whose receiver is stopped.
 */
const lackedBelow = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): string => {
	const has = withoutErrant(instance);
	const primary = recordedPrimary(snapshot);
	const receives = below.replication.receiver > 0;
	const above = [
		...ancestorsOf(lineageOf(snapshot.instances), below),
		...(primary === undefined ? [] : [primary]),
	];
	const upstream = [below, ...(receives ? above.filter(isLastCheckValid) : [])];
	const isKnown = upstream.some((each) =>
		contains(familyOf(instance), received(each), has),
	);
	return isKnown ? "" : lackedBut(below, has, upstream);
};

const refusalOf = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
): string | undefined => {
	if (instance.name === below.name)
		return `${instance.name} cannot be moved below itself; name another server as its source`;
	for (const each of [instance, below])
		if (!isLastCheckValid(each))
			return `${each.name} cannot be reached: ${each.check.error}`;
	const held = underMaintenance(snapshot, [instance]);
	if (held !== undefined) return held;
	if (!isReplica(instance))
		return `${instance.name} is not a replica; use graceful-master-takeover to change the primary`;
	for (const each of [instance, below])
		if (isMultiSource(each))
			return `${each.name} replicates by several channels, which are not moved yet: ${channelsText(each)}`;
	if (descends(snapshot, below, instance.name))
		return `${below.name} is a descendant of ${instance.name}, and a server cannot be moved below its own replicas; name a server outside of them, or move ${below.name} away first`;
	const verdict = canReplicateFrom(instance, below, settings);
	if (!verdict.ok) return verdict.reason;
	if (!isGtidCompatible(instance, below))
		return `${instance.name} does not replicate by a GTID that ${below.name} supports: only relocation by GTID is built`;
	if (below.errantGtid !== "")
		return `${below.name} has errant transactions, which ${instance.name} would get: ${below.errantGtid.slice(0, 200)}`;
	const unable = cannot(instance, "point");
	if (unable !== undefined)
		return `${instance.name} cannot be moved: ${unable}`;
	const purged = missingPurged(instance, below);
	if (purged !== "")
		return `${below.name} has purged transactions that ${instance.name} needs: ${purged.slice(0, 200)}`;
	const lacked = lackedBelow(snapshot, instance, below);
	return lacked === ""
		? undefined
		: `${instance.name} has transactions that ${below.name} lacks: ${lacked.slice(0, 200)}`;
};

/** The new source must have what the replica has, or that would run ahead of it. A primary has it already. */
const waitPhase = (instance: Instance, below: Instance): readonly Phase[] =>
	isReplica(below)
		? [
				phase(
					"wait",
					[
						{
							do: "applyReceived",
							on: below.name,
							channel: channelOf(below),
							of: [instance.name],
							because: `it shall have what ${instance.name} has`,
						},
					],
					"undo",
				),
			]
		: [];

const moveStep = (
	instance: Instance,
	below: Instance,
	former: Instance | undefined,
): PlannedStep => {
	const because = "as it was asked for";
	return former === undefined
		? moveForGood(instance, below, because)
		: move(
				instance,
				below,
				former,
				because,
				!wantsToReceive(instance, channelOf(instance)),
			);
};

const errantNotes = (snapshot: Snapshot, instance: Instance): string[] => {
	if (instance.errantGtid === "") return [];
	const replicas = replicasIn(snapshot, instance.name);
	return [
		`${instance.name} keeps errant transactions of its own: ${instance.errantGtid.slice(0, 200)}${replicas.length === 0 ? "" : `; its replicas ${replicas.map((each) => each.name).join(", ")} get them from it, wherever it stands`}`,
	];
};

/** One replica below another server, by GTID. When it does not replicate there it is put back. */
export const planRelocation: Planner<RelocationRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const title = `relocation of ${request.instance} below ${request.below}`;
	const instance = findInstance(snapshot, request.instance);
	const below = findInstance(snapshot, request.below);
	if (instance === undefined || below === undefined)
		return refused(
			title,
			`${instance === undefined ? request.instance : request.below} is not in cluster ${snapshot.clusterName}`,
		);
	const why = refusalOf(snapshot, instance, below, settings);
	if (why !== undefined) return refused(title, why);
	const plan: Omit<Plan, "phases" | "says"> = {
		title,
		loss: NOTHING_LOST,
		notes: errantNotes(snapshot, instance),
		successor: below.name,
		left: [],
	};
	const from = sourceOf(instance);
	const { receiver, applier } = instance.replication;
	if (from === below.name && receiver === 1 && applier === 1)
		return {
			...plan,
			phases: [],
			says: `${instance.name} replicates from ${below.name} already`,
		};
	const former = from === undefined ? undefined : failedIn(snapshot, from);
	return {
		...plan,
		phases: [
			...waitPhase(instance, below),
			phase("move", [moveStep(instance, below, former)], "undo"),
		],
		says: `${instance.name} replicates from ${below.name}`,
	};
};

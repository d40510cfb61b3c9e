import { canReplicateFrom, missingPurged } from "../topology/can-replicate.ts";
import { isMultiSource } from "../topology/channels.ts";
import { familyOf } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
	sourceOf,
	usesGtid,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { errantRemedy } from "./errant-remedy.ts";
import { replicasIn, underMaintenance } from "./members.ts";
import { channelOf, match, moveForGood, namesOf } from "./moves.ts";
import {
	NOTHING_LOST,
	type Phase,
	type PlannedStep,
	type Planner,
	type PlanSettings,
	phase,
	refused,
} from "./plan.ts";
import { cannot } from "./privileges.ts";
import { moveStep } from "./relocation-method.ts";
import { waitPhase } from "./relocation-plan.ts";
import { isRefusal, memberOf, sourceIn } from "./relocation-way.ts";

export interface CoPrimaryRequest {
	readonly instance: InstanceName;
}

/** The two that shall replicate from each other. */
interface Pair {
	readonly instance: Instance;
	readonly primary: Instance;
}

/** Whether the replica is fit to be a source; what it lacks, as a sentence. */
const whyNoSource = (
	{ instance, primary }: Pair,
	{ maxMaintenanceLagSeconds }: PlanSettings,
): string | undefined => {
	const { name, lagSeconds, errantGtid } = instance;
	if (!instance.readOnly)
		return `${name} is not read-only: two servers would take writes; make it read-only first`;
	if (!isReplicationRunning(instance))
		return `${name} does not replicate: start its replication first`;
	if (lagSeconds === null || lagSeconds > maxMaintenanceLagSeconds)
		return `${name} lags by ${lagSeconds === null ? "nobody knows how much" : `${lagSeconds} s`}: wait until it has caught up`;
	return errantGtid === ""
		? undefined
		: `${name} has errant transactions, which ${primary.name} would get: ${errantGtid.slice(0, 200)}; ${errantRemedy(name)}`;
};

/** Whose replica the primary is already, and why that is in the way. */
const whyBound = (
	snapshot: Snapshot,
	{ instance, primary }: Pair,
): string | undefined => {
	const above = sourceOf(primary);
	if (above === undefined)
		return isReplica(primary)
			? `${primary.name} is detached from its source: reattach it first`
			: undefined;
	if (above === instance.name)
		return `${instance.name} is already co master of ${primary.name}`;
	const other = findInstance(snapshot, above);
	if (other === undefined || sourceOf(other) !== primary.name)
		return `${primary.name} is no primary: it replicates from ${above}`;
	return isLastCheckValid(other) && !other.readOnly
		? `${primary.name} is already co master of ${other.name}, which takes writes`
		: undefined;
};

const isByGtid = ({ instance, primary }: Pair): boolean =>
	usesGtid(instance) &&
	familyOf(instance) === familyOf(primary) &&
	(primary.flavor === "MariaDB" || primary.supportsOracleGtid);

/**
 * Why it is not known where in the log of the other the primary goes on, which has no GTID; undefined when it is. What the primary got from a third
 * server would come back to it, and be applied twice.
 */
const whyNoPlace = ({ instance, primary }: Pair): string | undefined => {
	if (usesGtid(instance))
		return `${primary.name} and ${instance.name} do not replicate by a GTID of one kind`;
	if (instance.isBinlogServer)
		return `${instance.name} is a binlog server, whose logs are those of ${primary.name}`;
	return isReplica(primary)
		? `${primary.name} replicates from ${sourceOf(primary)} by file and position, and what it got from there would come back to it: let it forget that source first`
		: undefined;
};

const whyNot = (
	snapshot: Snapshot,
	pair: Pair,
	settings: PlanSettings,
): string | undefined => {
	const { instance, primary } = pair;
	for (const each of [instance, primary]) {
		if (!isLastCheckValid(each))
			return `${each.name} cannot be reached: ${each.check.error}`;
		if (isMultiSource(each))
			return `${each.name} replicates by several channels, which are not moved yet`;
	}
	const why =
		underMaintenance(snapshot, [instance, primary]) ??
		whyBound(snapshot, pair) ??
		whyNoSource(pair, settings);
	if (why !== undefined) return why;
	const verdict = canReplicateFrom(primary, instance, settings);
	if (!verdict.ok) return verdict.reason;
	const unplaced = isByGtid(pair) ? undefined : whyNoPlace(pair);
	if (unplaced !== undefined) return unplaced;
	const unable = cannot(primary, "point");
	if (unable !== undefined)
		return `${primary.name} cannot be pointed anywhere: ${unable}`;
	const purged = missingPurged(primary, instance);
	return purged === ""
		? undefined
		: `${instance.name} has purged transactions that ${primary.name} needs: ${purged.slice(0, 200)}`;
};

/** One that never was a replica does not know the account. */
const credentialPhase = (
	snapshot: Snapshot,
	{ instance, primary }: Pair,
	{ checksLogin }: PlanSettings,
): readonly Phase[] =>
	primary.replication.user !== ""
		? []
		: [
				phase(
					"credential",
					[
						{
							do: "findCredential",
							on: primary.name,
							from: [
								...new Set([
									instance.name,
									...namesOf(
										replicasIn(snapshot, primary.name).filter(isLastCheckValid),
									),
								]),
							],
							...(checksLogin ? { logsInOn: instance.name } : {}),
							because: `${primary.name} will replicate with it`,
						},
					],
					"undo",
				),
			];

const back = (snapshot: Snapshot, pair: Pair): PlannedStep => {
	const { instance, primary } = pair;
	const because = "as it was asked for";
	if (isReplica(primary)) return moveStep(snapshot, primary, instance, because);
	return {
		...(isByGtid(pair)
			? moveForGood(primary, instance, because)
			: match(primary, instance, undefined, { way: "back" }, because)),
		undo: {
			do: "forgetSource",
			on: primary.name,
			channel: channelOf(primary),
		},
	};
};

/** Without GTID nobody can tell what the replica has written itself. */
const placeNotes = (pair: Pair): readonly string[] =>
	isByGtid(pair)
		? []
		: [
				`${pair.primary.name} goes by file and position, from the end of the log of ${pair.instance.name} on: what that has written itself before, if anything, it does not get`,
			];

/**
 * The primary replicates back from one of its replicas, which stays read-only: it takes writes as before, and gets what the other
 * would write if it ever were opened.
 */
export const planCoPrimary: Planner<CoPrimaryRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const title = `pairing of ${request.instance} with its primary`;
	const instance = memberOf(snapshot, request.instance);
	if (isRefusal(instance)) return refused(title, instance.refusal);
	const primary = sourceIn(snapshot, instance);
	if (isRefusal(primary)) return refused(title, primary.refusal);
	const pair = { instance, primary };
	const why = whyNot(snapshot, pair, settings);
	if (why !== undefined) return refused(title, why);
	return {
		title: `pairing of ${instance.name} with ${primary.name}`,
		loss: NOTHING_LOST,
		phases: [
			...credentialPhase(snapshot, pair, settings),
			...(isByGtid(pair) ? waitPhase([primary], instance) : []),
			phase("move", [back(snapshot, pair)], "undo"),
		],
		notes: placeNotes(pair),
		successor: instance.name,
		left: [],
		says: `${primary.name} replicates from ${instance.name}, and that from it`,
	};
};

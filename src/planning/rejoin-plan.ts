import { errantAgainst, extraOf } from "../topology/gtid/errant.ts";
import { ownLacked } from "../topology/gtid/own-lacked.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
	sourceOf,
} from "../topology/instance.ts";
import type { RoleWord } from "../topology/role.ts";
import { hasYielded } from "../topology/role-disputes.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { recordedPrimary, replicasIn } from "./members.ts";
import {
	type Done,
	type Phase,
	type Plan,
	type Planner,
	type PlanSettings,
	refused,
} from "./plan.ts";
import { readable } from "./readable.ts";
import {
	closing,
	heldBack,
	leftOpen,
	notJoined,
	outOfDate,
	type RejoinRequest,
	settled,
	titleOf,
} from "./rejoin-outcomes.ts";
import { cannotJoin, joining } from "./rejoin-phases.ts";
import { isGood } from "./step.ts";
import { isHandedOver } from "./switch-checks.ts";
import { heirIn } from "./unaccounted.ts";

const primarySeen = (
	snapshot: Snapshot,
	returned: Instance,
): Instance | undefined => {
	const primary = recordedPrimary(snapshot);
	return primary !== undefined &&
		primary.name !== returned.name &&
		isLastCheckValid(primary) &&
		!isReplica(primary)
		? primary
		: undefined;
};

/** The servers have changed places again without us. */
const isBackInPlace = (
	snapshot: Snapshot,
	recorded: Instance,
	returned: Instance,
): boolean =>
	!isReplica(returned) &&
	hasYielded(
		recorded,
		returned,
		replicasIn(snapshot, recorded.name).length > 0,
	);

/** Who has made the recorded primary what it is, as the end of a sentence. */
const onWhoseWord = ({ role, clusterName }: Snapshot): string => {
	if (role === undefined || role.primary !== clusterName)
		return ", by somebody's decision";
	const at = new Date(role.sinceMs).toISOString();
	const said: Readonly<Record<RoleWord, string>> = {
		operation: `made so by Baton's own operation of ${at} (epoch ${role.epoch})`,
		person: `recorded so by adopt at ${at}`,
		servers: `recorded so at ${at}, since the others were made to follow it`,
		met: "as it was first met",
	};
	return `, ${said[role.word]}`;
};

const isClosed = (done: readonly Done[]): boolean =>
	done.some(({ step, answer }) => step.do === "close" && isGood(answer));

/** The last answer to a step behind the close that was not good. */
const whatFailed = (done: readonly Done[]): string | undefined =>
	done.findLast(({ step, answer }) => step.do !== "close" && !isGood(answer))
		?.answer.says;

/**
 * A former primary is back. First it is made read-only, then it is compared: with transactions that the cluster lacks it is
 * held back for a person, as is an older copy of it; without any it becomes a replica again. It only goes forward: nothing that it
 * does is taken back.
 */
export const planRejoin: Planner<RejoinRequest> = ({
	request,
	snapshot,
	settings,
	done,
}) => {
	const returned = findInstance(snapshot, request.instance);
	// What a step has failed on counts as not reached, which is not the reason.
	const failed = isClosed(done) ? whatFailed(done) : undefined;
	if (failed !== undefined) return notJoined(request, failed);
	if (returned === undefined || !isLastCheckValid(returned))
		return refused(
			titleOf(request),
			`${request.instance} cannot be reached: ${returned?.check.error ?? `it is not in cluster ${snapshot.clusterName}`}`,
		);
	if (snapshot.clusterName === request.instance)
		return settled(
			request,
			"removed",
			"",
			`${request.instance} is the primary of the cluster again${onWhoseWord(snapshot)}: it is left as it is`,
		);
	const recorded = recordedPrimary(snapshot);
	if (
		done.length === 0 &&
		recorded !== undefined &&
		isBackInPlace(snapshot, recorded, returned)
	)
		return settled(
			request,
			"removed",
			"",
			`${recorded.name}, which had replaced ${returned.name}, replicates from it by somebody's decision: ${returned.name} is left as it is`,
		);
	if (
		done.length === 0 &&
		recorded !== undefined &&
		sourceOf(returned) === recorded.name &&
		isHandedOver(recorded, returned)
	)
		return refused(
			titleOf(request),
			`${returned.name} takes the writes in place of ${recorded.name}, which is read-only: closing it would leave no primary. Finish that with graceful-master-takeover to ${returned.name}`,
		);
	if (
		done.length === 0 &&
		recorded !== undefined &&
		!isLastCheckValid(recorded) &&
		heirIn(snapshot)?.name === returned.name
	)
		return leftOpen(request, recorded.name);
	const primary = primarySeen(snapshot, returned);
	if (!isClosed(done))
		return primary !== undefined && follows(returned, primary)
			? untouched(request, returned, primary)
			: closing(request);
	if (primary === undefined && isReplicaStill(returned, recorded))
		return settled(
			request,
			"removed",
			"",
			`${request.instance} is read-only, a replica of ${snapshot.clusterName} as before, and has nothing of its own: it may be promoted like any other`,
		);
	if (primary === undefined)
		return refused(
			titleOf(request),
			`${request.instance} is read-only; the primary ${snapshot.clusterName} cannot be seen, so it is not compared yet${whatToDo(snapshot, returned)}`,
		);
	return compared(request, snapshot, returned, primary, settings);
};

/** Who replaced it is away, and may have taken what it lacks. */
const whatToDo = (
	{ opening, clusterName }: Snapshot,
	{ name }: Instance,
): string =>
	opening?.inPlaceOf.includes(name) === true
		? `. When nobody else takes writes, start ${clusterName} again, or use force-master-failover on it: ${name} may be promoted then, without what only ${clusterName} has`
		: "";

/** An operation may have opened it in place of this primary, and did not, or nobody has written to it. */
const isReplicaStill = (
	returned: Instance,
	recorded: Instance | undefined,
): boolean =>
	recorded !== undefined &&
	!isReplica(recorded) &&
	sourceOf(returned) === recorded.name &&
	returned.executedGtid !== "" &&
	recorded.executedGtid !== "" &&
	readable(recorded, [recorded, returned]).every(
		({ check }) => check.outcome !== "refused-by-server",
	) &&
	ownOf(returned, recorded) === "";

/**
 * What it has of its own, by what was seen last: clients may have written until it was closed, and of one with several channels nobody
 * has compared anything.
 */
const ownOf = (returned: Instance, source: Instance): string =>
	returned.errantGtid || errantAgainst(returned, source);

/** Somebody has made it a replica of the primary already: to close it would end the clients that read from it. */
const follows = (returned: Instance, primary: Instance): boolean =>
	returned.readOnly &&
	sourceOf(returned) === primary.name &&
	isReplicationRunning(returned);

const following = (
	request: RejoinRequest,
	returned: Instance,
	primary: Instance,
): Plan =>
	settled(
		request,
		"rejoined",
		`${returned.name} replicates from ${primary.name}`,
		`${returned.name} is read-only and replicates from ${primary.name} already`,
	);

/** It need not be closed. One that was held back is so still: to ask again does not make it fit to follow. */
const untouched = (
	request: RejoinRequest,
	returned: Instance,
	primary: Instance,
): Plan => {
	const [legible = returned] = readable(primary, [returned]);
	if (!isLastCheckValid(legible))
		return notJoined(request, legible.check.error);
	return {
		...(whyHeldBack(request, returned, primary, ownOf(returned, primary)) ??
			following(request, returned, primary)),
		phases: noLongerWaiting(returned),
	};
};

const whyHeldBack = (
	request: RejoinRequest,
	returned: Instance,
	primary: Instance,
	extra: string,
): Plan | undefined => {
	if (extra !== "") return heldBack(request, primary, extra);
	const lacked = ownLacked(returned, primary);
	return lacked === "" ? undefined : outOfDate(request, lacked);
};

/** As a replica it would wait for acknowledgements at whatever it applies, and nobody sends any. */
const noLongerWaiting = (returned: Instance): readonly Phase[] =>
	returned.semiSync.sourceEnabled
		? [
				{
					name: "tidy",
					steps: [
						{
							do: "endSemiSync",
							on: returned.name,
							because: "nobody commits there any more",
						},
					],
					onFailure: "undo",
				},
			]
		: [];

const compared = (
	request: RejoinRequest,
	snapshot: Snapshot,
	returned: Instance,
	primary: Instance,
	settings: PlanSettings,
): Plan => {
	const [legible = returned] = readable(primary, [returned]);
	if (!isLastCheckValid(legible))
		return notJoined(request, legible.check.error);
	const extra = extraOf(returned, primary);
	const held = whyHeldBack(request, returned, primary, extra);
	if (held !== undefined) return held;
	if (follows(returned, primary)) return following(request, returned, primary);
	const why = cannotJoin(returned, primary, settings);
	return why === undefined
		? joining(request, snapshot, returned, primary, settings)
		: notJoined(request, why);
};

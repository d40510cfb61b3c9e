import { canReplicateFrom, missingPurged } from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import { extraOf } from "../topology/gtid/errant.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
	sourceOf,
} from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { byName, recordedPrimary } from "./members.ts";
import { moveForGood, namesOf } from "./moves.ts";
import {
	type Done,
	type Phase,
	type Plan,
	type Planner,
	type PlanSettings,
	phase,
	refused,
} from "./plan.ts";
import { cannot } from "./privileges.ts";
import { readable } from "./readable.ts";
import {
	closing,
	heldBack,
	leftOpen,
	notJoined,
	type RejoinRequest,
	settled,
	titleOf,
} from "./rejoin-outcomes.ts";
import { isGood } from "./step.ts";
import { isHandedOver } from "./switch-checks.ts";
import { heirIn } from "./unaccounted.ts";

/** What keeps it from replicating from the primary, whatever it has. */
const cannotJoin = (
	returned: Instance,
	primary: Instance,
	settings: PlanSettings,
): string | undefined => {
	if (isMultiSource(returned))
		return `it replicates by several channels, which are not moved yet: ${channelsText(returned)}`;
	const verdict = canReplicateFrom(returned, primary, settings);
	if (!verdict.ok) return verdict.reason;
	const unable = cannot(returned, "point");
	if (unable !== undefined) return unable;
	const purged = missingPurged(returned, primary);
	return purged === ""
		? undefined
		: `${primary.name} has purged transactions that it needs: ${purged.slice(0, 200)}`;
};

/** A channel of its own names the account; otherwise a replica knows it, and the new primary has forgotten it. */
const credentialPhase = (
	snapshot: Snapshot,
	returned: Instance,
	primary: Instance,
): readonly Phase[] => {
	if (returned.replication.user !== "") return [];
	const replicas = snapshot.instances
		.filter(
			(each) =>
				each.name !== returned.name &&
				isReplica(each) &&
				isLastCheckValid(each),
		)
		.toSorted(byName);
	return [
		phase(
			"credential",
			[
				{
					do: "findCredential",
					on: returned.name,
					// The primary answers for a configured query only.
					from: namesOf([...replicas, primary]),
					because: `${returned.name} never was a replica`,
				},
			],
			"replan",
		),
	];
};

/** A primary that was promoted without any replica kept its channel for the replication account, which the returned one has now. */
const tidyPhase = ({ name, replication }: Instance): readonly Phase[] =>
	replication.sourceHost === "_"
		? [
				phase(
					"tidy",
					[
						{
							do: "forgetSource",
							on: name,
							channel: replication.channel,
							because: "its replica knows the replication account",
						},
					],
					"goOn",
				),
			]
		: [];

const joining = (
	request: RejoinRequest,
	snapshot: Snapshot,
	returned: Instance,
	primary: Instance,
): Plan => ({
	...settled(
		request,
		"rejoined",
		`${returned.name} replicates from ${primary.name}`,
		`${returned.name} had nothing that ${primary.name} lacks and replicates from it now`,
		[
			...credentialPhase(snapshot, returned, primary),
			phase(
				"move",
				[
					moveForGood(
						returned,
						primary,
						`it has nothing that ${primary.name} lacks`,
					),
				],
				"replan",
			),
			...tidyPhase(primary),
		],
	),
	successor: primary.name,
});

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

const isClosed = (done: readonly Done[]): boolean =>
	done.some(({ step, answer }) => step.do === "close" && isGood(answer));

/** The last answer to a step behind the close that was not good. */
const whatFailed = (done: readonly Done[]): string | undefined =>
	done.findLast(({ step, answer }) => step.do !== "close" && !isGood(answer))
		?.answer.says;

/**
 * A former primary is back. First it is made read-only, then it is compared: with transactions that the cluster lacks it is
 * held back for a person; without any it becomes a replica again. It only goes forward: nothing that it
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
			`${request.instance} is the primary of the cluster again, by somebody's decision: it is left as it is`,
		);
	const recorded = recordedPrimary(snapshot);
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
			? settled(
					request,
					"rejoined",
					`${returned.name} replicates from ${primary.name}`,
					`${returned.name} is read-only and replicates from ${primary.name} already`,
					noLongerWaiting(returned),
				)
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
	returned.errantGtid === "";

/** Somebody has made it a replica of the primary already: to close it would end the clients that read from it. */
const follows = (returned: Instance, primary: Instance): boolean =>
	returned.readOnly &&
	sourceOf(returned) === primary.name &&
	isReplicationRunning(returned);

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
	if (extra !== "") return heldBack(request, primary, extra);
	const why = cannotJoin(returned, primary, settings);
	return why === undefined
		? joining(request, snapshot, returned, primary)
		: notJoined(request, why);
};

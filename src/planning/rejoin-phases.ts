import { canReplicateFrom, missingPurged } from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
} from "../topology/instance.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { acknowledgePhases } from "./acknowledging.ts";
import { byName } from "./members.ts";
import { moveForGood, namesOf } from "./moves.ts";
import { type Phase, type Plan, type PlanSettings, phase } from "./plan.ts";
import { cannot } from "./privileges.ts";
import { type RejoinRequest, settled } from "./rejoin-outcomes.ts";

/** What keeps it from replicating from the primary, whatever it has. */
export const cannotJoin = (
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

/** The channel's own account was not let in when it was tried last. */
const ACCESS_DENIED = 1045;

/** A channel of its own names the account; otherwise a replica knows it, and the new primary has forgotten it. */
const credentialPhase = (
	snapshot: Snapshot,
	returned: Instance,
	primary: Instance,
): readonly Phase[] => {
	const { user, lastReceiverErrno } = returned.replication;
	const isRefused = lastReceiverErrno === ACCESS_DENIED;
	if (user !== "" && !isRefused) return [];
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
					because: isRefused
						? `the account of ${returned.name} is not let in`
						: `${returned.name} never was a replica`,
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

export const joining = (
	request: RejoinRequest,
	snapshot: Snapshot,
	returned: Instance,
	primary: Instance,
	settings: PlanSettings,
): Plan => ({
	...settled(
		request,
		"rejoined",
		`${returned.name} replicates from ${primary.name}`,
		`${returned.name} had nothing that ${primary.name} lacks and replicates from it now`,
		[
			...credentialPhase(snapshot, returned, primary),
			// It is better back without.
			...acknowledgePhases(returned, settings, "goOn"),
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

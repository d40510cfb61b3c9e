import {
	allFailToConnect,
	allLag,
	allReachable,
	hasOneReplica,
	hasReplicas,
	hasSeveralReplicas,
	isGone,
	isInNoGroup,
	isNoPrimary,
	isSeen,
	isUnseen,
	itsReplicaLostIt,
	mayLive,
	noneReachable,
	noneReplicates,
	notAllDelayed,
	someReachable,
	someReplicate,
} from "../conditions.ts";
import type { Facts } from "../facts.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";
import {
	cannotBeReached,
	noEvidence,
	noneReplicatesFromIt,
	norItsReplicas,
	replicasSay,
	wasNotSeen,
} from "../wording.ts";

const heldBack = noEvidence("");

/** A co-primary falls through to these rows. */
const role = (f: Facts): string =>
	f.isCoPrimary ? "co-primary" : "intermediate source";

/** Sources that are replicas themselves. */
export const INTERMEDIATE: readonly TaxonomyRow[] = [
	{
		code: "DeadIntermediateMasterWithSingleReplicaFailingToConnect",
		when: [
			isNoPrimary,
			isInNoGroup,
			isGone,
			hasOneReplica,
			allReachable,
			noneReplicates,
			itsReplicaLostIt,
		],
		recovery: "intermediate",
		aboutReplicas: true,
		says: (f) =>
			`${role(f)} ${cannotBeReached(f)} and its only replica lost it`,
	},
	{
		code: "DeadIntermediateMasterWithSingleReplica",
		when: [
			isNoPrimary,
			isInNoGroup,
			isGone,
			hasOneReplica,
			allReachable,
			noneReplicates,
		],
		recovery: "none",
		aboutReplicas: true,
		says: (f) =>
			`${role(f)} ${cannotBeReached(f)} and its only replica does not replicate from it`,
	},
	{
		code: "DeadIntermediateMaster",
		when: [
			isNoPrimary,
			isInNoGroup,
			isGone,
			hasSeveralReplicas,
			allReachable,
			noneReplicates,
		],
		recovery: "intermediate",
		heldBack,
		says: (f) =>
			`${role(f)} ${cannotBeReached(f)} and ${noneReplicatesFromIt(f)}`,
	},
	{
		code: "DeadIntermediateMasterAndSomeReplicas",
		when: [isNoPrimary, isInNoGroup, isGone, someReachable, noneReplicates],
		recovery: "intermediate",
		heldBack,
		aboutReplicas: true,
		says: (f) =>
			`${role(f)} ${cannotBeReached(f)}, ${f.count - f.valid} of its ${f.count} replicas neither, and none of the others replicates from it`,
	},
	{
		code: "DeadIntermediateMasterAndReplicas",
		when: [isNoPrimary, isInNoGroup, isGone, hasReplicas, noneReachable],
		recovery: "notice",
		aboutReplicas: true,
		says: (f) =>
			`neither ${role(f)} ${f.instance.name} ${norItsReplicas(f)} can be reached`,
	},
	{
		code: "UnreachableIntermediateMasterWithLaggingReplicas",
		when: [
			isNoPrimary,
			isInNoGroup,
			isUnseen,
			allLag,
			notAllDelayed,
			someReplicate,
		],
		recovery: "notice",
		says: (f) =>
			`${role(f)} ${wasNotSeen(f)} and all its replicas lag; ${replicasSay(f)}`,
	},
	{
		// A member of a group that is a source as well.
		code: "UnreachableIntermediateMaster",
		when: [isNoPrimary, isUnseen, hasReplicas, mayLive],
		recovery: "none",
		says: (f) => `${role(f)} ${wasNotSeen(f)}; ${replicasSay(f)}`,
	},
	{
		code: "AllIntermediateMasterReplicasFailingToConnectOrDead",
		when: [
			isNoPrimary,
			isInNoGroup,
			isSeen,
			hasSeveralReplicas,
			noneReplicates,
			allFailToConnect,
		],
		recovery: "intermediate",
		aboutReplicas: true,
		says: (f) =>
			`${role(f)} ${f.instance.name} is fine, but its replicas fail to connect to it (${f.failingToConnect})${f.valid < f.count ? ` or cannot be reached (${f.count - f.valid})` : ""}`,
	},
	{
		code: "AllIntermediateMasterReplicasNotReplicating",
		when: [isNoPrimary, isInNoGroup, isSeen, hasReplicas, noneReplicates],
		recovery: "none",
		aboutReplicas: true,
		says: (f) =>
			`${role(f)} ${f.instance.name} is fine, but ${noneReplicatesFromIt(f)}`,
	},
];

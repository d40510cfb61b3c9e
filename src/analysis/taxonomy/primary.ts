import {
	allLag,
	allReachable,
	hasNoReplicas,
	hasReplicas,
	isGone,
	isInNoGroup,
	isPrimary,
	isUnseen,
	mayLive,
	noneReachable,
	noneReplicates,
	notAllDelayed,
	someReachable,
	someReplicate,
} from "../conditions.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";
import {
	cannotBeReached,
	noEvidence,
	noneReplicatesFromIt,
	norItsReplicas,
	replicasSay,
	wasNotSeen,
} from "../wording.ts";

const heldBack = noEvidence(", or use force-master-failover");

/** Primaries that were not seen. */
export const UNSEEN_PRIMARY: readonly TaxonomyRow[] = [
	{
		code: "DeadMasterWithoutReplicas",
		when: [isPrimary, isInNoGroup, isGone, hasNoReplicas],
		recovery: "none",
		says: (f) => {
			const [writer] = f.writers;
			const says = `${f.isReplaced ? "replaced primary" : "primary"} ${cannotBeReached(f)} and has no replicas`;
			return writer === undefined
				? `${says}: nobody takes writes in its place; start ${f.instance.name} again`
				: `${says}; ${writer} takes writes`;
		},
	},
	{
		code: "DeadMaster",
		when: [
			isPrimary,
			isInNoGroup,
			isGone,
			hasReplicas,
			allReachable,
			noneReplicates,
		],
		recovery: "primary",
		heldBack,
		says: (f) => `primary ${cannotBeReached(f)} and ${noneReplicatesFromIt(f)}`,
	},
	{
		code: "DeadMasterAndReplicas",
		when: [isPrimary, isInNoGroup, isGone, hasReplicas, noneReachable],
		recovery: "notice",
		says: (f) =>
			`neither primary ${f.instance.name} ${norItsReplicas(f)} can be reached: we may be the ones cut off`,
	},
	{
		code: "DeadMasterAndSomeReplicas",
		when: [isPrimary, isInNoGroup, isGone, someReachable, noneReplicates],
		recovery: "primary",
		heldBack,
		says: (f) =>
			`primary ${cannotBeReached(f)}, ${f.count - f.valid} of its ${f.count} replicas neither, and none of the others replicates from it`,
	},
	{
		code: "UnreachableMasterWithLaggingReplicas",
		when: [
			isPrimary,
			isInNoGroup,
			isUnseen,
			allLag,
			notAllDelayed,
			someReplicate,
		],
		recovery: "notice",
		says: (f) =>
			`primary ${wasNotSeen(f)} and all its replicas lag; ${replicasSay(f)}`,
	},
	{
		// Both routes of the reference in one, and what falls between them. A group's primary as well.
		code: "UnreachableMaster",
		when: [isPrimary, isUnseen, mayLive],
		recovery: "notice",
		says: (f) => `primary ${wasNotSeen(f)}; ${replicasSay(f)}`,
	},
];

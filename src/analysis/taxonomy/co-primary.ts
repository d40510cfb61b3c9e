import {
	allReachable,
	hasReplicas,
	isCoPrimary,
	isGone,
	isInNoGroup,
	isSeen,
	isUnseen,
	mayLive,
	noneReplicates,
	someReachable,
} from "../conditions.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";
import {
	cannotBeReached,
	noEvidence,
	noneReplicatesFromIt,
	replicasSay,
	wasNotSeen,
} from "../wording.ts";

const heldBack = noEvidence("");

/**
 * Two that replicate from each other. A dead one whose replicas are all away goes by the code of
 * intermediate sources, as in the reference.
 */
export const CO_PRIMARY: readonly TaxonomyRow[] = [
	{
		code: "DeadCoMaster",
		when: [
			isCoPrimary,
			isInNoGroup,
			isGone,
			hasReplicas,
			allReachable,
			noneReplicates,
		],
		recovery: "co-primary",
		heldBack,
		says: (f) =>
			`co-primary ${cannotBeReached(f)} and ${noneReplicatesFromIt(f)}`,
	},
	{
		code: "DeadCoMasterAndSomeReplicas",
		when: [isCoPrimary, isInNoGroup, isGone, someReachable, noneReplicates],
		recovery: "co-primary",
		heldBack,
		says: (f) =>
			`co-primary ${cannotBeReached(f)}, ${f.count - f.valid} of its ${f.count} replicas neither, and none of the others replicates from it`,
	},
	{
		// Told, unlike in the reference, as that of a primary is.
		code: "UnreachableCoMaster",
		when: [isCoPrimary, isInNoGroup, isUnseen, hasReplicas, mayLive],
		recovery: "notice",
		says: (f) => `co-primary ${wasNotSeen(f)}; ${replicasSay(f)}`,
	},
	{
		code: "AllCoMasterReplicasNotReplicating",
		when: [isCoPrimary, isInNoGroup, isSeen, hasReplicas, noneReplicates],
		recovery: "none",
		aboutReplicas: true,
		says: (f) =>
			`co-primary ${f.instance.name} is fine, but ${noneReplicatesFromIt(f)}`,
	},
];

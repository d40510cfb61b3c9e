import {
	hasReplicas,
	isGone,
	isInGroup,
	noneReplicates,
} from "../conditions.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";
import {
	cannotBeReached,
	noEvidence,
	noneReplicatesFromIt,
} from "../wording.ts";

/** Members of a replication group: who writes is the group's own decision. */
export const GROUP: readonly TaxonomyRow[] = [
	{
		code: "DeadReplicationGroupMemberWithReplicas",
		when: [isInGroup, isGone, hasReplicas, noneReplicates],
		recovery: "group-member",
		heldBack: noEvidence(""),
		says: (f) =>
			`group member ${cannotBeReached(f)} and ${noneReplicatesFromIt(f)}`,
	},
];

import {
	allReachable,
	hasOneReplica,
	hasSeveralReplicas,
	isInNoGroup,
	isPrimary,
	isSeen,
	noneReachable,
	noneReplicates,
	notAllReachable,
} from "../conditions.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";
import { noneReplicatesFromIt } from "../wording.ts";

/** Primaries that are fine, and whose replicas are not. */
export const PRIMARY_REPLICAS: readonly TaxonomyRow[] = [
	{
		code: "MasterSingleReplicaNotReplicating",
		when: [
			isPrimary,
			isInNoGroup,
			isSeen,
			hasOneReplica,
			allReachable,
			noneReplicates,
		],
		recovery: "none",
		says: (f) =>
			`the only replica of ${f.instance.name} is reachable but does not replicate`,
	},
	{
		code: "MasterSingleReplicaDead",
		when: [isPrimary, isInNoGroup, isSeen, hasOneReplica, noneReachable],
		recovery: "none",
		aboutReplicas: true,
		says: (f) => `the only replica of ${f.instance.name} cannot be reached`,
	},
	{
		code: "AllMasterReplicasNotReplicating",
		when: [
			isPrimary,
			isInNoGroup,
			isSeen,
			hasSeveralReplicas,
			allReachable,
			noneReplicates,
		],
		recovery: "notice",
		aboutReplicas: true,
		says: (f) =>
			`primary ${f.instance.name} is fine, but ${noneReplicatesFromIt(f)}`,
	},
	{
		// The reference finds nothing when all of them are dead.
		code: "AllMasterReplicasNotReplicatingOrDead",
		when: [
			isPrimary,
			isInNoGroup,
			isSeen,
			hasSeveralReplicas,
			notAllReachable,
			noneReplicates,
		],
		recovery: "notice",
		aboutReplicas: true,
		says: (f) =>
			f.valid === 0
				? `primary ${f.instance.name} is fine, but none of its ${f.count} replicas can be reached`
				: `primary ${f.instance.name} is fine, but its replicas are unreachable (${f.count - f.valid}) or do not replicate (${f.valid})`,
	},
];

import type { Facts } from "./facts.ts";

export type AnalysisCode =
	| "NoProblem"
	| "DeadMasterWithoutReplicas"
	| "DeadMaster"
	| "DeadMasterAndReplicas"
	| "DeadMasterAndSomeReplicas"
	| "UnreachableMasterWithLaggingReplicas"
	| "UnreachableMaster"
	| "MasterSingleReplicaNotReplicating"
	| "MasterSingleReplicaDead"
	| "AllMasterReplicasNotReplicating"
	| "AllMasterReplicasNotReplicatingOrDead";

/** One row of the failure taxonomy. The first row whose `when` holds names the finding. */
export interface TaxonomyRow {
	readonly code: AnalysisCode;
	readonly when: (facts: Facts) => boolean;
	/** The recovery it calls for. `notice` is registered and told, but nothing is changed. */
	readonly recovery: "primary" | "notice" | "none";
	/** A reason to hold the recovery back although the code stands; empty when there is none. */
	readonly heldBack?: (facts: Facts) => string;
	/** The finding is about the replicas, and is set aside when all of them are downtimed (detection.md §9.4). */
	readonly aboutReplicas?: boolean;
	/** The finding in plain words, for people. */
	readonly says: (facts: Facts) => string;
}

/**
 * Dead means: our own fresh look failed in a way that says something about the server. mysqld answering with an error
 * (access denied, too many connections) lives; a fault of our own side says nothing (reliability.md trap 10).
 */
const unseen = (f: Facts): boolean =>
	f.isPrimary && !f.isGroupMember && !f.lastCheckValid;
const gone = (f: Facts): boolean => unseen(f) && !f.answers && !f.ownFault;
const seen = (f: Facts): boolean =>
	f.isPrimary && !f.isGroupMember && f.lastCheckValid;

/**
 * Replicas that do not replicate are not yet evidence (detection.md §13 G1). One that still hears from the source (its
 * applier is what stopped) speaks against; and at least one must have lost the source while it wanted it, unless the host
 * itself refused the connection.
 */
const noEvidence = (f: Facts): string => {
	if (f.hearing > 0)
		return `${f.hearing} of ${f.valid} reachable replicas still receive from it, though they do not apply: it lives for them`;
	if (f.lostSource > 0 || f.instance.check.outcome === "connection-refused")
		return "";
	return `the receivers of ${f.deliberatelyStopped} of ${f.valid} replicas were stopped on purpose, and none says that it lost the source: that is no evidence of a dead primary; start replication on one of them, or use force-master-failover`;
};

const replicasSay = (f: Facts): string =>
	`${f.replicating} of ${f.valid} reachable replicas still replicate, ${f.lostSource} have lost it`;

/** In priority order (detection.md §7.1). The docs table is generated from this one. */
export const TAXONOMY: readonly TaxonomyRow[] = [
	{
		code: "DeadMasterWithoutReplicas",
		when: (f) => gone(f) && f.count === 0,
		recovery: "none",
		says: (f) =>
			`primary ${f.instance.name} cannot be reached (${f.instance.check.error}) and has no replicas`,
	},
	{
		code: "DeadMaster",
		when: (f) => gone(f) && f.valid === f.count && f.replicating === 0,
		recovery: "primary",
		heldBack: noEvidence,
		says: (f) =>
			`primary ${f.instance.name} cannot be reached (${f.instance.check.error}) and none of its ${f.count} replicas replicates from it`,
	},
	{
		code: "DeadMasterAndReplicas",
		when: (f) => gone(f) && f.count > 0 && f.valid === 0,
		recovery: "notice",
		says: (f) =>
			`neither primary ${f.instance.name} nor any of its ${f.count} replicas can be reached: we may be the ones cut off`,
	},
	{
		code: "DeadMasterAndSomeReplicas",
		when: (f) =>
			gone(f) && f.valid > 0 && f.valid < f.count && f.replicating === 0,
		recovery: "primary",
		heldBack: noEvidence,
		says: (f) =>
			`primary ${f.instance.name} cannot be reached (${f.instance.check.error}), ${f.count - f.valid} of its ${f.count} replicas neither, and none of the others replicates from it`,
	},
	{
		code: "UnreachableMasterWithLaggingReplicas",
		when: (f) =>
			unseen(f) &&
			f.count > 0 &&
			f.lagging === f.count &&
			f.delayed < f.count &&
			f.replicating > 0,
		recovery: "notice",
		says: (f) =>
			`primary ${f.instance.name} cannot be reached and all its replicas lag; ${replicasSay(f)}`,
	},
	{
		code: "UnreachableMaster",
		when: (f) =>
			unseen(f) &&
			(f.answers ||
				f.ownFault ||
				(f.valid > 0 &&
					f.replicating > 0 &&
					(!f.partialSuccess || f.failingToConnect > 0))),
		recovery: "notice",
		says: (f) =>
			f.answers
				? `primary ${f.instance.name} lives but does not let us in (${f.instance.check.error}); ${replicasSay(f)}`
				: `primary ${f.instance.name} cannot be reached (${f.instance.check.error}); ${replicasSay(f)}`,
	},
	{
		code: "MasterSingleReplicaNotReplicating",
		when: (f) =>
			seen(f) && f.count === 1 && f.valid === 1 && f.replicating === 0,
		recovery: "none",
		says: (f) =>
			`the only replica of ${f.instance.name} is reachable but does not replicate`,
	},
	{
		code: "MasterSingleReplicaDead",
		when: (f) => seen(f) && f.count === 1 && f.valid === 0,
		recovery: "none",
		aboutReplicas: true,
		says: (f) => `the only replica of ${f.instance.name} cannot be reached`,
	},
	{
		code: "AllMasterReplicasNotReplicating",
		when: (f) =>
			seen(f) && f.count > 1 && f.valid === f.count && f.replicating === 0,
		recovery: "notice",
		aboutReplicas: true,
		says: (f) =>
			`primary ${f.instance.name} is fine, but none of its ${f.count} replicas replicates`,
	},
	{
		code: "AllMasterReplicasNotReplicatingOrDead",
		when: (f) =>
			seen(f) &&
			f.count > 1 &&
			f.valid > 0 &&
			f.valid < f.count &&
			f.replicating === 0,
		recovery: "notice",
		aboutReplicas: true,
		says: (f) =>
			`primary ${f.instance.name} is fine, but its replicas are unreachable (${f.count - f.valid}) or do not replicate (${f.valid})`,
	},
];

export const NO_PROBLEM: TaxonomyRow = {
	code: "NoProblem",
	when: () => true,
	recovery: "none",
	says: (f) => `no problem seen on ${f.instance.name}`,
};

import type { RecoveryKind } from "../analysis/taxonomy-row.ts";

/** What is known when a finding could lead to a recovery. All of it is looked up by the caller; this file only decides. */
export interface Situation {
	/** The code of the finding, and the kind of recovery that it calls for. */
	readonly analysis: string;
	readonly recovery: RecoveryKind;
	/** The finding can be acted on, or why not (analysis). */
	readonly isActionable: boolean;
	readonly notActionableBecause: string;
	readonly isDowntimed: boolean;
	/** RecoverMasterClusterFilters match the cluster. */
	readonly filterMatches: boolean;
	readonly globallyDisabled: boolean;
	/** Recoveries in their active period that block this one: of the same cluster, or that made the failed instance primary. */
	readonly blocking: readonly {
		readonly id: number;
		readonly analysis: string;
		readonly startedAtMs: number;
	}[];
	readonly blockSeconds: number;
	readonly nowMs: number;
}

export interface Verdict {
	readonly act: boolean;
	/** Why, in one sentence, with what would change it. */
	readonly says: string;
	/** The recovery that blocks this one; 0 for none. */
	readonly blockedBy: number;
}

const no = (says: string, blockedBy = 0): Verdict => ({
	act: false,
	says,
	blockedBy,
});

/** The recoveries that this version does not have, and what a person can do instead. */
const NOT_BUILT: Readonly<
	Record<Exclude<RecoveryKind, "primary" | "notice" | "none">, string>
> = {
	"co-primary":
		"the recovery of a co-primary is not built in this version; move its replicas to the other one yourself, with relocate",
	intermediate:
		"the recovery of an intermediate source is not built in this version; move its replicas yourself, with relocate",
	"group-member":
		"the recovery of a group member's replicas is not built in this version; move them to another member yourself, with relocate",
	"semi-sync":
		"the recovery of semi-sync is not built in this version; change which replicas acknowledge, or how many the primary waits for, yourself",
	"make-writable":
		"making a primary writable is not built in this version; clear its read_only yourself",
};

/** Why there is nothing that could be done about the finding; undefined where a failover of the primary could. */
const noRecovery = ({
	analysis,
	recovery,
	notActionableBecause,
}: Situation): string | undefined => {
	if (recovery === "primary") return undefined;
	if (recovery === "notice" || recovery === "none")
		return notActionableBecause || `${analysis} is told, not acted on`;
	return NOT_BUILT[recovery];
};

/**
 * May we act by ourselves? (recovery.md §1, §2.1, §3). What a person asks for is not asked here.
 */
export const decide = (situation: Situation): Verdict => {
	const because = noRecovery(situation);
	if (because !== undefined) return no(because);
	if (!situation.isActionable) return no(situation.notActionableBecause);
	if (situation.isDowntimed)
		return no("the instance is downtimed; end its downtime, or use recover");
	if (situation.globallyDisabled)
		return no(
			"recoveries are disabled globally; use enable-global-recoveries, or recover",
		);
	if (!situation.filterMatches)
		return no(
			"RecoverMasterClusterFilters does not name this cluster: automatic recovery is off for it; use recover",
		);
	const [blocking] = situation.blocking;
	if (blocking !== undefined) {
		const leftS = Math.ceil(
			(blocking.startedAtMs + situation.blockSeconds * 1000 - situation.nowMs) /
				1000,
		);
		return no(
			`recovery ${blocking.id} (${blocking.analysis}) of this cluster is ${Math.round((situation.nowMs - blocking.startedAtMs) / 1000)} s old and blocks another one for ${Math.max(0, leftS)} s more; acknowledge it with ack-cluster-recoveries, or use recover`,
			blocking.id,
		);
	}
	return {
		act: true,
		says: "automatic recovery is on for this cluster and nothing speaks against it",
		blockedBy: 0,
	};
};

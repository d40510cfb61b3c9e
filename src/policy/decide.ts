import type { RecoveryKind } from "../analysis/taxonomy-row.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { recoveryRow } from "./recovery-table.ts";

/** What is known when a finding could lead to a recovery. All of it is looked up by the caller; this file only decides. */
export interface Situation {
	/** The finding is about it. */
	readonly instance: InstanceName;
	/** The code of the finding, and the kind of recovery that it calls for. */
	readonly analysis: string;
	readonly recovery: RecoveryKind;
	/** The finding can be acted on, or why not (analysis). */
	readonly isActionable: boolean;
	readonly notActionableBecause: string;
	readonly isDowntimed: boolean;
	/** The setting that allows this kind of recovery names the cluster; see {@link recoveryRow}. */
	readonly filterMatches: boolean;
	readonly globallyDisabled: boolean;
	/** Recoveries in their active period that block this one: of the same cluster, or that made the failed instance primary. */
	readonly blocking: readonly {
		readonly id: number;
		readonly analysis: string;
		readonly startedAtMs: number;
		/** 0 while it runs. */
		readonly endedAtMs: number;
		/** From its start; see {@link blocksForMs}. */
		readonly blocksForMs: number;
	}[];
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

/** Why there is nothing that could be done about the finding; undefined where a failover of the primary could. */
const noRecovery = ({
	analysis,
	recovery,
	notActionableBecause,
}: Situation): string | undefined => {
	if (recovery === "notice" || recovery === "none")
		return notActionableBecause || `${analysis} is told, not acted on`;
	return recoveryRow(recovery).notBuilt;
};

const blockSays = (
	{
		id,
		analysis,
		startedAtMs,
		endedAtMs,
		blocksForMs,
	}: Situation["blocking"][number],
	{ instance, nowMs }: Situation,
): string => {
	const about = `recovery ${id} (${analysis}) of this cluster`;
	const seconds = Math.round((nowMs - startedAtMs) / 1000);
	if (endedAtMs === 0)
		return `${about} has been running for ${seconds} s: its end is waited for`;
	const leftS = Math.ceil((startedAtMs + blocksForMs - nowMs) / 1000);
	return `${about} is ${seconds} s old and blocks another one for ${Math.max(0, leftS)} s more; acknowledge it with ack-cluster-recoveries -i ${instance} -reason TEXT, or use recover -i ${instance}`;
};

/**
 * May we act by ourselves? What a person asks for is not asked here.
 */
export const decide = (situation: Situation): Verdict => {
	const because = noRecovery(situation);
	if (because !== undefined) return no(because);
	if (!situation.isActionable) return no(situation.notActionableBecause);
	if (situation.isDowntimed)
		return no(
			`the instance is downtimed; end that with end-downtime -i ${situation.instance}, or use recover -i ${situation.instance}`,
		);
	if (situation.globallyDisabled)
		return no(
			`recoveries are disabled globally; use enable-global-recoveries, or recover -i ${situation.instance}`,
		);
	if (!situation.filterMatches)
		return no(
			`${recoveryRow(situation.recovery).filter} does not name this cluster: automatic recovery is off for it; use recover -i ${situation.instance}`,
		);
	const [blocking] = situation.blocking;
	if (blocking !== undefined)
		return no(blockSays(blocking, situation), blocking.id);
	return {
		act: true,
		says: "automatic recovery is on for this cluster and nothing speaks against it",
		blockedBy: 0,
	};
};

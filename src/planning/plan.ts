import type { InstanceName } from "../topology/instance-name.ts";
import type { RoleWord } from "../topology/role.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { PromotionSettings } from "./candidate.ts";
import type { Loss } from "./loss.ts";
import type { Answer, Step } from "./step.ts";

/** A step of a plan, and the one that takes it back. */
export type PlannedStep = Step & {
	readonly undo?: Step;
	/** Why it is done, in a few words. */
	readonly because: string;
};

/** Steps that run at once. */
export interface Phase {
	readonly name: string;
	readonly steps: readonly PlannedStep[];
	/**
	 * When a step of it is refused or fails: take everything back; go on with the next phase; plan anew from what was seen; or take back
	 * that step alone and go on, what came through staying as it is whatever follows.
	 */
	readonly onFailure: "undo" | "goOn" | "replan" | "each";
	/** With `each`: where its servers come to is not where they are to stay. What fails later, or ends it, takes them back from there too. */
	readonly isOnTheWay?: true;
	/** Once a step of it has opened a server the operation only goes forward. It is neither cancelled nor pre-empted from its beginning. */
	readonly noReturn?: true;
	/** The change of primary that stands when the phase is through: told to the store, which name, key-value pairs and fences follow. */
	readonly changesPrimary?: {
		readonly from: InstanceName;
		readonly to: InstanceName;
		/** The old primary did not stand down by itself: it must not take writes when it returns. */
		readonly fence: boolean;
		/** On whose word; that of the operation itself where it is missing. */
		readonly word?: RoleWord;
	};
}

export const phase = (
	name: string,
	steps: readonly PlannedStep[],
	onFailure: Phase["onFailure"],
	rest: Partial<Phase> = {},
): Phase => ({ name, steps, onFailure, ...rest });

/** A server that an operation does not bring along, and why. */
export interface LeftBehind {
	readonly name: InstanceName;
	readonly reason: string;
	/** What to do about it, where a relocation would be refused as it is. */
	readonly remedy?: string;
	/** It cannot be reached, or a person has said that it stays: that it is left is no failure. */
	readonly isExpected?: true;
}

/** An operation as data: made from a snapshot by a pure function, shown by `explain` and run by one interpreter. */
export interface Plan {
	/** One line: `failover of db1:3306: promote db2:3306`. */
	readonly title: string;
	/** Why it is not done. With it there are no phases. */
	readonly refusal?: string;
	/** Nothing that was acknowledged is lost, or what may be. */
	readonly loss: Loss;
	readonly phases: readonly Phase[];
	/** What the rest is depends on what these phases find: when they are through, it is planned anew. */
	readonly continues?: true;
	/** What a person should know: the ranking of candidates, what is lowered or left behind; a sentence each. */
	readonly notes: readonly string[];
	/** Who is the primary, or the new source, when all has gone well. */
	readonly successor?: InstanceName;
	readonly left: readonly LeftBehind[];
	/** What becomes of the fence of a returned primary when all has gone well. */
	readonly settlesFence?: {
		readonly instance: InstanceName;
		readonly state: "fenced" | "rejoined" | "removed" | "open";
		readonly note: string;
	};
	/** The sentence for the record when all has gone well. */
	readonly says: string;
}

/** One step that was run, with its answer. */
export interface Done {
	readonly phase: string;
	readonly step: Step;
	readonly answer: Answer;
	/** It took an earlier one back. */
	readonly isUndo?: true;
}

/** All that a planner goes by. */
export interface Situation<Request> {
	readonly request: Request;
	/** Complete, and with what the steps saw since. */
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	/** In the order in which it was done; empty at the beginning. */
	readonly done: readonly Done[];
}

export interface PlanSettings extends PromotionSettings {
	/** ApplyMySQLPromotionAfterMasterFailover. */
	readonly appliesPromotion: boolean;
	/** How long the designated server of a takeover may take to catch up before writes are blocked, milliseconds. */
	readonly catchUpMs: number;
	/** How long a takeover waits for open transactions before writes are blocked, milliseconds. */
	readonly transactionsMs: number;
	/** How long a takeover may leave the cluster without a server that takes writes, milliseconds. */
	readonly gapMs: number;
	/** The replication account is tried before a server that is to replicate with it is touched (BatonCheckReplicationLogin). */
	readonly checksLogin: boolean;
	/** EnforceExactSemiSyncReplicas: who acknowledges is for the finding about their number. */
	readonly exactSemiSync: boolean;
	/** MaxConcurrentReplicaOperations: how many replicas are moved at once, where nobody waits for them. */
	readonly concurrentMoves: number;
	/** Why no Pseudo-GTID markers can be told; empty where the configuration says what they look like. */
	readonly noMarkers: string;
}

export type Planner<Request> = (situation: Situation<Request>) => Plan;

export const NOTHING_LOST: Loss = { nothingAcknowledged: true, says: "" };

/** A plan that says why nothing is done. */
export const refused = (
	title: string,
	refusal: string,
	rest: Partial<Plan> = {},
): Plan => ({
	title,
	loss: NOTHING_LOST,
	notes: [],
	left: [],
	...rest,
	phases: [],
	refusal,
	says: refusal,
});

import type { InstanceName } from "../topology/instance-name.ts";

/** Where a rolling maintenance stands. `paused` waits for a person; the last four are its end. */
export type RollingPhase =
	| "running"
	| "pausing"
	| "paused"
	| "cancelling"
	| "done"
	| "cancelled"
	| "refused"
	| "failed";

/** What the whole of one that runs can be told. */
export const ROLLING_ORDERS = ["pause", "resume", "cancel"] as const;
export type RollingOrder = (typeof ROLLING_ORDERS)[number];

/** What a person says to one that runs. `skip` is about one server. */
export type RollingWord = { readonly by: string } & (
	| { readonly order: RollingOrder }
	| { readonly order: "skip"; readonly server: InstanceName }
);

/** What of a server's turn comes next, or runs. */
export type RollingPart =
	| "moveAway"
	| "downtime"
	| "hook"
	| "back"
	| "moveBack"
	| "skip";

/** The server whose turn it is. */
export interface RollingTurn {
	readonly server: InstanceName;
	readonly part: RollingPart;
	readonly sinceMs: number;
	/** Its replicas, which are moved below its source first, and come back behind it. */
	readonly replicas: readonly InstanceName[];
	readonly below: InstanceName | "";
	/** Of its hook: a number of its own for each time that it is run. 0 before the first. */
	readonly hookRun: number;
	/** What its hook came to; empty before. */
	readonly hookSays: string;
	/** Who has said that it is left as it is. */
	readonly skippedBy?: string;
}

/** A server that has had its turn. */
interface RollingDone {
	readonly server: InstanceName;
	readonly sinceMs: number;
	readonly endedAtMs: number;
	/** One sentence: what its hook and its return came to. */
	readonly says: string;
	/** By a person's word, before its turn or in the middle of it. */
	readonly isSkipped?: true;
}

/** All that is told of a rolling maintenance, as JSON: in the store, in the query and in the answers. */
export interface RollingStatus {
	readonly identity: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly workflowId: string;
	readonly requestedBy: string;
	readonly reason: string;
	readonly phase: RollingPhase;
	/** What it waits for, why it was paused, or how it ended. */
	readonly says: string;
	readonly beganAtMs: number;
	/** Since when it has said that. */
	readonly saysSinceMs: number;
	readonly done: readonly RollingDone[];
	readonly current: RollingTurn | null;
	/** Who is to come, in the order as it was looked at last. */
	readonly toCome: readonly InstanceName[];
}

const ENDED: ReadonlySet<RollingPhase> = new Set([
	"done",
	"cancelled",
	"refused",
	"failed",
]);

export const hasEnded = ({ phase }: Pick<RollingStatus, "phase">): boolean =>
	ENDED.has(phase);

/** Of one that was ended from outside, before it could say so itself. */
export const cutOff = (
	status: RollingStatus,
	nowMs: number,
): RollingStatus => ({
	...status,
	phase: "failed",
	says: `it was ended in Temporal, where it was last seen ${status.phase}${status.current === null ? "" : `; ${status.current.server} may be out, and downtimed still: bring it back, and end its downtime`}`,
	saysSinceMs: nowMs,
});

/**
 * What the pages show, as plain JSON. A picture is made of sections, each replaced as a whole when it changes; the same types
 * are used by the pages.
 */

/** How an instance stands, in one word: the colour of its box. */
export type InstanceState =
	| "ok"
	| "lagging"
	| "not-replicating"
	| "unreachable"
	| "unchecked";

export interface InstancePicture {
	readonly name: string;
	readonly alias: string;
	/** The instance below which it is drawn; null for a root. */
	readonly parent: string | null;
	readonly isPrimary: boolean;
	readonly isCoPrimary: boolean;
	readonly state: InstanceState;
	readonly problems: readonly string[];
	/** Why the last check failed; empty when it did not. */
	readonly error: string;
	/** Milliseconds since the epoch, 0 for never; only for one that cannot be seen now, else 0. */
	readonly seenAtMs: number;
	readonly isWritable: boolean;
	readonly version: string;
	readonly flavor: string;
	readonly lagSeconds: number | null;
	readonly gtid: "" | "gtid" | "errant";
	readonly semiSync: "" | "source" | "replica";
	readonly promotionRule: string;
	readonly dataCenter: string;
	/** Owner, reason and end of a downtime in force. */
	readonly downtime: {
		readonly owner: string;
		readonly reason: string;
		readonly endsAtMs: number;
	} | null;
}

export interface FindingPicture {
	readonly instance: string;
	readonly code: string;
	readonly says: string;
	readonly isActionable: boolean;
	readonly isSetAside: boolean;
	readonly structure: readonly string[];
}

export interface ClusterPicture {
	readonly identity: string;
	readonly name: string;
	readonly alias: string;
	readonly domain: string;
	readonly recoversByItself: boolean;
	/** Depth first: each after the one below which it is drawn. */
	readonly instances: readonly InstancePicture[];
	readonly findings: readonly FindingPicture[];
}

export interface OperationPicture {
	readonly identity: string;
	/** Name of the cluster now; an operation may change it. */
	readonly clusterName: string;
	readonly kind: string;
	readonly workflowId: string;
	readonly runId: string;
	/** Under which its steps are recorded; empty until it has looked at its cluster. */
	readonly uid: string;
	/** Its page in the Temporal UI; empty when unknown. */
	readonly page: string;
	readonly startedAtMs: number;
	readonly steps: readonly { readonly atMs: number; readonly says: string }[];
}

/** A server of a rolling maintenance. */
export interface TurnPicture {
	readonly server: string;
	readonly state: "done" | "skipped" | "now" | "to-come";
	/** Since when it is so; 0 of one that is to come. */
	readonly atMs: number;
	/** What its turn came to, or what is done with it now; empty of one that is to come. */
	readonly says: string;
}

/** A rolling maintenance that has not ended. */
export interface RollingPicture {
	readonly identity: string;
	readonly workflowId: string;
	/** `running`, `pausing`, `paused` or `cancelling`. */
	readonly phase: string;
	/** What it waits for, or by whom or why it was paused; may be empty. */
	readonly says: string;
	readonly saysSinceMs: number;
	readonly beganAtMs: number;
	readonly requestedBy: string;
	readonly reason: string;
	/** Its page in the Temporal UI; empty when unknown. */
	readonly page: string;
	/** In their order. */
	readonly turns: readonly TurnPicture[];
}

export interface RecoveryPicture {
	readonly uid: string;
	readonly cluster: string;
	readonly analysis: string;
	readonly failed: string;
	readonly successor: string;
	readonly startedAtMs: number;
	/** 0 while it runs. */
	readonly endedAtMs: number;
	readonly isSuccessful: boolean;
	readonly lost: readonly string[];
	readonly errors: readonly string[];
	readonly isAcknowledged: boolean;
}

export interface StatusPicture {
	readonly node: string;
	readonly version: string;
	readonly temporal: {
		readonly isReachable: boolean;
		readonly uiAddress: string;
	};
	readonly globalRecoveries: boolean;
	readonly warnings: readonly string[];
	/** The site's own notice (WebMessage), shown as text. */
	readonly notice: string;
}

export type Section =
	| StatusPicture
	| ClusterPicture
	| readonly OperationPicture[]
	| readonly RollingPicture[]
	| readonly RecoveryPicture[];

export const STATUS = "status";
export const OPERATIONS = "operations";
export const ROLLINGS = "rollings";
export const RECOVERIES = "recoveries";
export const CLUSTER_PREFIX = "cluster/";

/** Sections by key: {@link STATUS}, {@link OPERATIONS}, {@link ROLLINGS}, {@link RECOVERIES}, and one a cluster. */
export type Picture = Readonly<Record<string, Section>>;

/** What is sent to a page: everything at first (`isWhole`), then what changed. */
export interface PictureUpdate {
	readonly isWhole: boolean;
	readonly set: Picture;
	readonly drop: readonly string[];
}

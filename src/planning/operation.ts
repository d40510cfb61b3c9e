import type { Coordinates } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** The kinds of operation that take a cluster for themselves. Each is a workflow type of the same name. */
export type OperationKind = "recovery" | "takeover" | "relocation" | "rejoin";

/** `temporal workflow start --type takeover --input '{"cluster":"ci","to":"db2:3306"}'` */
export interface TakeoverInput {
	/** Any cluster hint: name, alias, identity, an instance of it. */
	readonly cluster: string;
	/** The replica to promote; without it the only replica, or with `auto` the best one. */
	readonly to?: InstanceName;
	/** graceful-master-takeover-auto: choose the replica, and start replication on the demoted primary. */
	readonly auto?: boolean;
	readonly requestedBy?: string;
}

export interface RelocationInput {
	/** May be left out: the cluster of the instance. */
	readonly cluster?: string;
	readonly instance: InstanceName;
	readonly below: InstanceName;
	readonly requestedBy?: string;
}

export interface RecoveryInput {
	readonly cluster: string;
	/** The failed instance. */
	readonly instance: InstanceName;
	/** Analysis code that is acted on. */
	readonly analysis: string;
	/** A person asked: filters, block period, downtime and the global switch do not apply (recovery.md §17). */
	readonly forced?: boolean;
	/** `force-master-failover`, or empty. */
	readonly command?: string;
	readonly candidate?: InstanceName;
	/** recover-lite: no hooks. */
	readonly skipHooks?: boolean;
	readonly detectionId?: number;
	readonly requestedBy?: string;
	/** Milliseconds since the epoch when the failure was first noticed and when it was declared; for the timeline. */
	readonly noticedAtMs?: number;
	readonly declaredAtMs?: number;
	/** Replicas that the watcher found silent, where only it could tell; see {@link Silence}. */
	readonly silence?: Readonly<Record<InstanceName, Silence>>;
}

/**
 * MariaDB counts heartbeats but does not date them: only somebody who watched can tell how long a receiver has heard nothing.
 * As long as the mark is unchanged the silence goes on.
 */
export interface Silence {
	/** Heartbeats and read coordinates as they stood. */
	readonly mark: string;
	readonly sinceMs: number;
}

/** A former primary is back: it is fenced, compared, and rejoined if it has nothing that the cluster lacks. */
export interface RejoinInput {
	readonly cluster: string;
	readonly instance: InstanceName;
	readonly requestedBy?: string;
}

export type OperationRequest =
	| ({ readonly kind: "rejoin" } & RejoinInput)
	| ({ readonly kind: "takeover" } & TakeoverInput)
	| ({ readonly kind: "relocation" } & RelocationInput)
	| ({ readonly kind: "recovery" } & RecoveryInput);

/** What a step answers (architecture.md §4.5). */
export interface StepResult {
	readonly status: "done" | "already" | "refused" | "failed";
	/** One sentence: the audit row. */
	readonly says: string;
}

export interface StepReport extends StepResult {
	/** `promote`, `repoint` … */
	readonly name: string;
	/** The instance that it acted on. */
	readonly on: InstanceName | "";
	readonly startedAtMs: number;
	readonly endedAtMs: number;
}

/** What an operation answers to whoever asked for it, and what is recorded. */
export interface OperationOutcome {
	readonly kind: OperationKind;
	readonly uid: string;
	readonly identity: string;
	/** Drop-in name before the operation. */
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly workflowId: string;
	readonly runId: string;
	readonly successful: boolean;
	/** The operation was looked at and not started, for example because no such failure stands: nothing was changed. */
	readonly attempted: boolean;
	/** One sentence about how it ended. */
	readonly says: string;
	readonly analysis: string;
	/** The failed or demoted instance; for a relocation the instance that was moved. */
	readonly failed: InstanceName | "";
	/** The new primary, or the new source of a relocated replica; empty when there is none. */
	readonly successor: InstanceName | "";
	readonly successorCoordinates: Coordinates;
	readonly replicas: readonly InstanceName[];
	readonly lostReplicas: readonly InstanceName[];
	readonly participating: readonly InstanceName[];
	readonly steps: readonly StepReport[];
	readonly errors: readonly string[];
	/** What is known about lost transactions, in words; empty when nothing can have been lost. */
	readonly loss: string;
}

/** How an operation can be asked for: implemented over Temporal. */
export interface Operator {
	/**
	 * Asks the cluster's entity to run the operation and waits for its end.
	 * @throws BatonError UnknownCluster, Refused, Busy, TemporalUnavailable, OperationFailed
	 */
	run(
		request: OperationRequest,
		/** The same id asked again joins the operation that it started before. */
		requestId?: string,
	): Promise<OperationOutcome>;
	/** Asks for it and answers as soon as it has been accepted. */
	start(
		request: OperationRequest,
	): Promise<{ readonly workflowId: string; readonly runId: string }>;
	/** Page of a workflow in the Temporal UI; empty when the UI's address is unknown. */
	pageOf(workflowId: string, runId?: string): string;
	/** Whether Temporal answers now. */
	isReachable(): Promise<boolean>;
}

/** How instances are looked at and brought into the inventory, outside of any operation. */
export interface Discovery {
	/** Probes one server and stores it (and its cluster). @throws BatonError ServerUnreachable */
	discover(
		name: InstanceName,
	): Promise<import("../topology/instance.ts").Instance>;
	/** Goes on to its source and replicas, recursively; bounded. */
	crawl(name: InstanceName): Promise<void>;
}

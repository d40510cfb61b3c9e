import type { Coordinates } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { LeftBehind } from "./plan.ts";
import type { Answer } from "./step.ts";

/** The kinds of operation that take a cluster for themselves. Each is a workflow type of the same name. */
export type OperationKind = "recovery" | "takeover" | "relocation" | "rejoin";

/** `temporal workflow start --type takeover --input '{"cluster":"ci","to":"db2:3306"}'` */
interface TakeoverInput {
	/** Any cluster hint: name, alias, identity, an instance of it. */
	readonly cluster: string;
	/** The replica to promote; without it the only replica, or with `auto` the best one. */
	readonly to?: InstanceName;
	/** graceful-master-takeover-auto: choose the replica, and start replication on the demoted primary. */
	readonly auto?: boolean;
	readonly requestedBy?: string;
}

interface RelocationInput {
	/** May be left out: the cluster of the instance. */
	readonly cluster?: string;
	readonly instance: InstanceName;
	readonly below: InstanceName;
	readonly requestedBy?: string;
}

/** What a person asked for by name: filters, block period, downtime and the global switch do not apply. */
export type RecoveryCommand =
	| "recover"
	| "recover-lite"
	| "force-master-failover"
	| "force-master-takeover";

export interface RecoveryInput {
	readonly cluster: string;
	/** The failed instance. */
	readonly instance: InstanceName;
	/** Analysis code that is acted on. */
	readonly analysis: string;
	/** Missing when Baton acts by itself. */
	readonly command?: RecoveryCommand;
	readonly candidate?: InstanceName;
	/** recover-lite, skipProcesses: no hooks. */
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
interface RejoinInput {
	readonly cluster: string;
	readonly instance: InstanceName;
	readonly requestedBy?: string;
}

export type OperationRequest =
	| ({ readonly kind: "rejoin" } & RejoinInput)
	| ({ readonly kind: "takeover" } & TakeoverInput)
	| ({ readonly kind: "relocation" } & RelocationInput)
	| ({ readonly kind: "recovery" } & RecoveryInput);

/** A person wants the primary replaced, which may well live. `recover` is no such thing: it acts on a failure that stands. */
export const isForced = (request: OperationRequest): boolean =>
	request.kind === "recovery" && request.command?.startsWith("force-") === true;

/** The servers that a request names: they have to be in the picture that it is planned from. */
export const instancesNamedBy = (
	request: OperationRequest,
): readonly InstanceName[] => {
	switch (request.kind) {
		case "takeover":
			return request.to === undefined ? [] : [request.to];
		case "relocation":
			return [request.instance, request.below];
		case "recovery":
			return request.candidate === undefined
				? [request.instance]
				: [request.instance, request.candidate];
		case "rejoin":
			return [request.instance];
	}
};

export type RequestOf<Kind extends OperationKind> = Extract<
	OperationRequest,
	{ kind: Kind }
>;

export interface StepReport extends Answer {
	/** `open`, `moveBelow` … */
	readonly name: string;
	/** The instance that it acted on. */
	readonly on: InstanceName | "";
	readonly startedAtMs: number;
	readonly endedAtMs: number;
}

/** What every operation answers to whoever asked for it, and what is recorded. */
interface Ended {
	readonly uid: string;
	readonly identity: string;
	/** Drop-in name before the operation. */
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly workflowId: string;
	readonly runId: string;
	/** A failover that promoted somebody; any other operation that reached its goal and is {@link complete}. */
	readonly successful: boolean;
	/** Nobody was left behind, or in disorder, who should have come along. */
	readonly complete: boolean;
	/** False when it was looked at and declined: nothing was touched. */
	readonly attempted: boolean;
	/** Something on a server is not as it was before. */
	readonly changed: boolean;
	/** One sentence about how it ended. */
	readonly says: string;
	readonly participating: readonly InstanceName[];
	/** Servers that were not brought along, and why. */
	readonly left: readonly LeftBehind[];
	readonly steps: readonly StepReport[];
	readonly errors: readonly string[];
}

/** A change of primary: of a dead one, or a planned one. */
export interface PrimaryChanged extends Ended {
	readonly kind: "recovery" | "takeover";
	readonly analysis: string;
	/** The failed or demoted instance. */
	readonly failed: InstanceName | "";
	/** The new primary; empty when there is none. */
	readonly successor: InstanceName | "";
	readonly successorCoordinates: Coordinates;
	readonly successorAlias: string;
	/** Direct replicas of the failed instance before. */
	readonly replicas: readonly InstanceName[];
	/** What is known about lost transactions, in words; empty when nothing can have been lost. */
	readonly loss: string;
}

export interface Relocated extends Ended {
	readonly kind: "relocation";
	readonly instance: InstanceName;
	readonly below: InstanceName;
}

interface Rejoined extends Ended {
	readonly kind: "rejoin";
	readonly instance: InstanceName;
	/** What became of its fence; empty when it stays as it was. */
	readonly state: "fenced" | "rejoined" | "removed" | "open" | "";
}

export type OperationOutcome = PrimaryChanged | Relocated | Rejoined;

/** The instance that an operation was about. */
export const subjectOf = (outcome: OperationOutcome): InstanceName | "" =>
	"failed" in outcome ? outcome.failed : outcome.instance;

/** How an operation can be asked for: implemented over Temporal. */
export interface Operator {
	/**
	 * Asks the cluster's entity to run the operation and waits for its end.
	 * @throws BatonError UnknownCluster, Refused, Busy, TemporalUnavailable, OperationFailed
	 */
	run<Kind extends OperationKind>(
		request: RequestOf<Kind>,
		/** The same id asked again joins the operation that it started before. */
		requestId?: string,
	): Promise<OutcomeOf<Kind>>;
	/** Asks for it and answers as soon as it has been accepted. */
	start(
		request: OperationRequest,
	): Promise<{ readonly workflowId: string; readonly runId: string }>;
	/** Page of a workflow in the Temporal UI; empty when the UI's address is unknown. */
	pageOf(workflowId: string, runId?: string): string;
	/** Whether Temporal answers now. */
	isReachable(): Promise<boolean>;
}

export type OutcomeOf<Kind extends OperationKind> = Kind extends
	| "recovery"
	| "takeover"
	? PrimaryChanged
	: Kind extends "relocation"
		? Relocated
		: Rejoined;
/** How instances are looked at and brought into the inventory, outside of any operation. */
export interface Discovery {
	/** Probes one server and stores it (and its cluster). @throws BatonError ServerUnreachable */
	discover(
		name: InstanceName,
	): Promise<import("../topology/instance.ts").Instance>;
	/** Goes on to its source and replicas, recursively; bounded. */
	crawl(name: InstanceName): Promise<void>;
}

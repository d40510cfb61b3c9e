import type { PrimaryChange } from "../operations/kinds/primary-change.ts";
import type { RowFor, Taken } from "../operations/kinds/row.ts";
import { KINDS } from "../operations/kinds.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { LeftBehind } from "./plan.ts";
import type { Answer } from "./step.ts";

/** The kinds of operation that take a cluster for themselves. Each is a workflow type of the same name. */
export type OperationKind = keyof typeof KINDS;

/** The requests of all kinds; what each takes says its row in the table of kinds. */
export type OperationRequest = {
	[Kind in OperationKind]: {
		readonly kind: Kind;
		readonly requestedBy?: string;
	} & Taken<ReturnType<(typeof KINDS)[Kind]["takes"]>>;
}[OperationKind];

export type RequestOf<Kind extends OperationKind> = Extract<
	OperationRequest,
	{ kind: Kind }
>;

/** What a person asked for by name. */
export type RecoveryCommand = NonNullable<RequestOf<"recovery">["command"]>;

/**
 * MariaDB counts heartbeats but does not date them: only somebody who watched can tell how long a receiver has heard nothing.
 * As long as the mark is unchanged the silence goes on.
 */
export interface Silence {
	/** Heartbeats and read coordinates as they stood. */
	readonly mark: string;
	readonly sinceMs: number;
}

/** A person wants the primary replaced, which may well live. `recover` is no such thing: it acts on a failure that stands. */
export const isForced = (request: OperationRequest): boolean =>
	request.kind === "recovery" && request.command?.startsWith("force-") === true;

/** The row of a request: that it fits the compiler sees for each kind, but not for any. */
export const rowOf = ({ kind }: OperationRequest): RowFor<OperationRequest> =>
	KINDS[kind] as unknown as RowFor<OperationRequest>;

/** The servers that a request names: they have to be in the picture that it is planned from. */
export const instancesNamedBy = (
	request: OperationRequest,
): readonly InstanceName[] => rowOf(request).names(request);

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
	/** What else a person should know of how it was done; missing in what a node of an older version has run. */
	readonly warnings?: readonly string[];
}

/** What the kind's row has to say comes on top. */
export type OperationOutcome = {
	[Kind in OperationKind]: Ended & { readonly kind: Kind } & ReturnType<
			(typeof KINDS)[Kind]["outcome"]
		>;
}[OperationKind];

export type OutcomeOf<Kind extends OperationKind> = Extract<
	OperationOutcome,
	{ kind: Kind }
>;

/** The outcome of a kind that changes the primary. */
export type PrimaryChanged = Extract<OperationOutcome, PrimaryChange>;

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

/** The server that starts and keeps operations, as it was found a moment ago. */
export interface TemporalState {
	readonly address: string;
	/** Why it does not answer; empty when it does. */
	readonly trouble: string;
}

/** How instances are looked at and brought into the inventory, outside of any operation. */
export interface Discovery {
	/**
	 * Probes one server and stores it (and its cluster).
	 * @param options.decidesNames a person has named it: where that is another name of a recorded primary, this may become the other one's
	 * alias
	 * @throws BatonError ServerUnreachable
	 */
	discover(
		name: InstanceName,
		options?: { readonly decidesNames?: boolean },
	): Promise<import("../topology/instance.ts").Instance>;
	/** Goes on to its source and replicas, recursively; bounded. */
	crawl(name: InstanceName): Promise<void>;
}

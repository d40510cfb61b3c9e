import type { InstanceName } from "../../topology/instance-name.ts";
import type { ServerMark } from "../../topology/server-mark.ts";

export interface DetectionRecord {
	readonly id: number;
	/** Empty where another program wrote what is no name. */
	readonly instance: InstanceName | "";
	readonly analysis: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly countReplicas: number;
	readonly replicas: readonly InstanceName[];
	readonly isActionable: boolean;
	readonly startedAtMs: number;
	readonly isActive: boolean;
	readonly processingNode: string;
	readonly processingToken: string;
	/** Id of the recovery that followed, 0 for none. */
	readonly relatedRecoveryId: number;
	/** Baton's own: why nothing was done, or what was; empty when not yet decided. */
	readonly verdict: string;
}

export interface Detections {
	/** Insert-ignore under the reference's unique key: `isNew` false when an active one exists. */
	register(input: {
		instance: InstanceName;
		analysis: string;
		clusterName: string;
		clusterAlias: string;
		replicas: readonly InstanceName[];
		isActionable: boolean;
		nowMs: number;
	}): Promise<{ readonly id: number; readonly isNew: boolean }>;
	setVerdict(id: number, verdict: string): Promise<void>;
	/** Ends active detections older than the block period (FailureDetectionPeriodBlockMinutes). */
	expire(startedBeforeMs: number): Promise<void>;
	endFor(instance: InstanceName): Promise<void>;
	page(input: {
		page: number;
		id?: number;
		clusterAlias?: string;
		/** With the alias, whatever the instance, or of one of these instances, whatever the cluster was called then. */
		ofCluster?: {
			readonly clusterAlias: string;
			readonly instances: readonly InstanceName[];
		};
	}): Promise<DetectionRecord[]>;
	/** Deletes those that started before, but no active one. @returns how many. */
	purge(startedBeforeMs: number): Promise<number>;
}

export interface RecoveryRecord {
	readonly id: number;
	readonly uid: string;
	readonly identity: string;
	/** Empty where another program wrote what is no name. */
	readonly instance: InstanceName | "";
	readonly analysis: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly countReplicas: number;
	readonly replicas: readonly InstanceName[];
	readonly isActive: boolean;
	readonly startedAtMs: number;
	/** 0 while it runs. */
	readonly endedAtMs: number;
	readonly isSuccessful: boolean;
	readonly successor: InstanceName | "";
	readonly successorAlias: string;
	readonly participating: readonly InstanceName[];
	readonly lostReplicas: readonly InstanceName[];
	readonly errors: readonly string[];
	readonly acknowledged: boolean;
	readonly acknowledgedAtMs: number;
	readonly acknowledgedBy: string;
	readonly acknowledgedComment: string;
	readonly lastDetectionId: number;
	readonly processingNode: string;
	readonly processingToken: string;
}

/** How an operation ended. */
export type OperationEnd = "succeeded" | "failed" | "refused";

export interface RecoveryStep {
	readonly id: number;
	readonly uid: string;
	readonly atMs: number;
	readonly message: string;
	/** Of the cluster; empty where it is not known any more. */
	readonly identity: string;
	/** Of the operation whose last step it is; missing in others. */
	readonly end?: OperationEnd;
}

export interface RecoveryFilter {
	readonly page?: number;
	readonly id?: number;
	readonly uid?: string;
	readonly clusterName?: string;
	/** With the name: or of this identity, whatever the cluster was called then. */
	readonly identity?: string;
	readonly clusterAlias?: string;
	/** Of the identity, whatever the cluster was called then, or with the alias, which is all that another program's rows have. */
	readonly ofCluster?: {
		readonly identity: string;
		readonly clusterAlias: string;
	};
	readonly unacknowledged?: boolean;
}

export interface Recoveries {
	/** Inserts the row (active, running). The same uid again returns the same row: a retried step does not register twice. */
	open(input: {
		uid: string;
		identity: string;
		instance: InstanceName;
		analysis: string;
		clusterName: string;
		clusterAlias: string;
		replicas: readonly InstanceName[];
		detectionId: number;
		nowMs: number;
	}): Promise<RecoveryRecord>;
	resolve(
		uid: string,
		outcome: {
			isSuccessful: boolean;
			successor: InstanceName | "";
			successorAlias: string;
			participating: readonly InstanceName[];
			lostReplicas: readonly InstanceName[];
			errors: readonly string[];
			nowMs: number;
			/** Nothing was changed: it blocks no other recovery. */
			isIdle?: boolean;
		},
	): Promise<void>;
	/** Recoveries in their active period: of the identity, or with this successor, or with this cluster name. */
	active(input: {
		identity?: string;
		clusterName?: string;
		successor?: InstanceName;
	}): Promise<RecoveryRecord[]>;
	/** Ends active periods that started before this time and whose recovery has ended. */
	expire(startedBeforeMs: number): Promise<void>;
	/** Ends the active periods of this cluster's recoveries that have ended without success: what stopped them is settled. */
	endUnsuccessful(identity: string): Promise<void>;
	list(filter: RecoveryFilter): Promise<RecoveryRecord[]>;
	/** @returns how many rows were acknowledged now. */
	acknowledge(input: {
		all?: boolean;
		/** Its recoveries, whatever the cluster was called then. */
		identity?: string;
		clusterName?: string;
		clusterAlias?: string;
		instance?: InstanceName;
		id?: number;
		uid?: string;
		owner: string;
		comment: string;
		nowMs: number;
	}): Promise<number>;
	/** @param end the step is the operation's last, which ended like this */
	addStep(
		uid: string,
		message: string,
		atMs: number,
		end?: OperationEnd,
	): Promise<void>;
	steps(uid: string): Promise<RecoveryStep[]>;
	/** The newest step's, of whatever operation; 0 where there is none. */
	lastStepId(): Promise<number>;
	/** Of all operations behind that one, oldest first, a bounded number. */
	stepsSince(id: number): Promise<RecoveryStep[]>;
	block(input: {
		instance: InstanceName;
		clusterName: string;
		analysis: string;
		blockingRecoveryId: number;
		nowMs: number;
	}): Promise<void>;
	blocked(clusterName?: string): Promise<
		{
			instance: InstanceName | "";
			clusterName: string;
			analysis: string;
			lastBlockedAtMs: number;
			blockingRecoveryId: number;
		}[]
	>;
	/** Deletes those that started before, but no active one. @returns how many. */
	purge(startedBeforeMs: number): Promise<number>;
	purgeSteps(writtenBeforeMs: number): Promise<number>;
	isGloballyDisabled(): Promise<boolean>;
	setGloballyDisabled(disabled: boolean): Promise<void>;
}

/** Where an old primary that may come back stands (Baton's own table `baton_fence`). */
export interface Fence {
	readonly instance: InstanceName;
	readonly identity: string;
	/** The primary that replaced it; empty where the store cannot tell. */
	readonly successor: InstanceName | "";
	readonly sinceMs: number;
	/** Of the operation that has laid it; missing where it was none of the cluster's own. */
	readonly epoch?: number;
	/**
	 * `waiting` for its return; `unaccounted`: an operation may have made it writable, and it says nothing; `fenced` read-only and held
	 * back (see `note`); or `rejoined`.
	 */
	readonly state: "waiting" | "unaccounted" | "fenced" | "rejoined";
	/** What was found: errant transactions, for example. */
	readonly note: string;
	/** Which server it is about: another one at its address is none of its business. */
	readonly server: ServerMark;
}

export interface Fences {
	put(fence: Fence): Promise<void>;
	get(instance: InstanceName): Promise<Fence | undefined>;
	/** All but those that have rejoined. */
	open(): Promise<Fence[]>;
	all(): Promise<Fence[]>;
	remove(instance: InstanceName): Promise<void>;
	/**
	 * The fence holds at that name as well, where its server answers by that one; it goes from its own name when that is left for good.
	 * An open one of that server there stays, and one that has ended for that very replacement is not opened again. In one transaction.
	 * @returns what holds at that name then; undefined, and nothing was written, when the fence is no longer as it was read
	 */
	lay(
		fence: Fence,
		name: InstanceName,
		isLeft: boolean,
	): Promise<Fence | undefined>;
}

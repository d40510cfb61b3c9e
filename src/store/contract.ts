/**
 * What the store offers to the rest of Baton. One implementation on Kysely, one dialect folder a database.
 * Times are milliseconds since the epoch here; the tables hold what the reference schema says.
 */

import type { Instance, PromotionRule } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Downtime } from "../topology/snapshot.ts";
import type {
	AccessTokens,
	Changelog,
	PositionHistory,
	StalePositions,
	TopologySnapshots,
} from "./history-contract.ts";
import type {
	HostAttributes,
	Hostnames,
	Maintenances,
	Pools,
	Tags,
} from "./naming-contract.ts";

/** A cluster as its identity knows it. The identity outlives the primary (architecture.md §4). */
export interface ClusterRecord {
	readonly identity: string;
	/** `host:port` of the present primary. */
	readonly clusterName: string;
	/** Alias in force: override, then suggested by the servers, then by configuration; the cluster name when there is none. */
	readonly alias: string;
	readonly domain: string;
	readonly epoch: number;
}

export interface ClusterSummary extends ClusterRecord {
	readonly countInstances: number;
}

/** What an operation holds while it runs: the epoch it was given, and who runs it. */
export interface OperationClaim {
	readonly identity: string;
	readonly epoch: number;
	readonly workflowId: string;
	readonly runId: string;
	readonly kind: string;
	readonly startedAtMs: number;
}

export interface DetectionRecord {
	readonly id: number;
	readonly instance: InstanceName;
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

export interface RecoveryRecord {
	readonly id: number;
	readonly uid: string;
	readonly identity: string;
	readonly instance: InstanceName;
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

export interface RecoveryStep {
	readonly id: number;
	readonly uid: string;
	readonly atMs: number;
	readonly message: string;
}

export interface AuditRecord {
	readonly id: number;
	readonly atMs: number;
	readonly type: string;
	readonly instance: InstanceName | "";
	readonly clusterName: string;
	readonly message: string;
}

export interface Inventory {
	all(): Promise<Instance[]>;
	get(name: InstanceName): Promise<Instance | undefined>;
	/** Exact cluster name. Host, port order. */
	ofCluster(clusterName: string): Promise<Instance[]>;
	/** Every member of the identity, whatever cluster name its row has now. */
	ofIdentity(identity: string): Promise<Instance[]>;
	replicasOf(source: InstanceName): Promise<Instance[]>;
	/** Writes the rows in one transaction; an unchanged row only gets its check times. A failed check changes only the check columns. */
	save(instances: readonly Instance[]): Promise<void>;
	/** @returns false when it was not known. */
	forget(name: InstanceName): Promise<boolean>;
	/** Forgets every instance that was last seen before this time. @returns which. */
	forgetUnseen(seenBeforeMs: number): Promise<InstanceName[]>;
	/** Forgets every member of the identity. @returns which. */
	forgetCluster(identity: string): Promise<InstanceName[]>;
	/** Names alone, in host, port order: cheap however many there are. */
	names(): Promise<InstanceName[]>;
	/** What lists and searches need of each instance, in the order of lists (cli.md §7.6): depth, most replicas, cluster, host, port. */
	listed(): Promise<ListedInstance[]>;
	/** Instances of the clusters of which the analysis may have something to say, in host, port order: few of very many, when all is well. */
	doubtful(rules: DoubtfulRules): Promise<Instance[]>;
}

/** What the analysis is set to, as far as it decides which clusters are doubtful. */
export interface DoubtfulRules {
	/** How many heartbeat periods without event or heartbeat count as silence. */
	readonly silentPeriods: number;
	/** More acknowledging replicas than needed are a finding. */
	readonly exactSemiSync: boolean;
}

/** The few columns that lists and searches read: 10,000 whole instances would take too long. */
export interface ListedInstance {
	readonly name: InstanceName;
	readonly host: string;
	readonly port: number;
	readonly clusterName: string;
	readonly suggestedClusterAlias: string;
	readonly version: string;
	readonly versionComment: string;
	readonly serverId: number;
	readonly depth: number;
	readonly countReplicas: number;
	readonly readOnly: boolean;
	readonly isCoMaster: boolean;
}

export interface Clusters {
	all(): Promise<ClusterSummary[]>;
	byIdentity(identity: string): Promise<ClusterRecord | undefined>;
	/** Hint resolution of api.md §3.2 / cli.md §4: name, alias, identity, instance `host[:port]`, fuzzy instance. */
	resolve(
		hint: string,
		defaultPort: number,
	): Promise<ClusterRecord | undefined>;
	/** Every adopted instance with its identity. */
	members(): Promise<
		{ readonly instance: InstanceName; readonly identity: string }[]
	>;
	/** The identity of the cluster that an instance belongs to. */
	identityOf(name: InstanceName): Promise<string | undefined>;
	/** Makes every named instance a member of one identity: an existing one if any of them has one (the first in the list decides), else a new one named after `clusterName`. Sets the drop-in name. @returns the identity. */
	adopt(clusterName: string, members: readonly InstanceName[]): Promise<string>;
	/** Records the present primary and alias of a cluster. */
	rename(identity: string, clusterName: string): Promise<void>;
	setSuggestedAlias(clusterName: string, alias: string): Promise<void>;
	setAliasOverride(clusterName: string, alias: string): Promise<void>;
	setDomain(clusterName: string, domain: string): Promise<void>;
	/** Forgets aliases that nothing has registered since. @returns how many. */
	expireAliases(registeredBeforeMs: number): Promise<number>;
	expireDomains(registeredBeforeMs: number): Promise<number>;
}

export interface Operations {
	/**
	 * Takes the cluster for one operation, by compare-and-set: epoch + 1, claimed by this workflow run. The same run asking
	 * again gets its claim back. A claim of another run is refused unless `preempt` names its run id.
	 */
	claim(input: {
		identity: string;
		workflowId: string;
		runId: string;
		kind: string;
		nowMs: number;
		preempt?: string;
	}): Promise<
		| { readonly claimed: true; readonly epoch: number }
		| { readonly claimed: false; readonly holder: OperationClaim }
	>;
	/** Frees the claim of that run; nothing happens when it no longer holds it. The epoch stays. */
	release(identity: string, runId: string): Promise<void>;
	current(identity: string): Promise<OperationClaim | undefined>;
	running(): Promise<OperationClaim[]>;
	/** Whether `epoch` is still the cluster's epoch and `attempt` is the newest that asked for `step`; records `attempt` as such when it is newer. */
	isCurrent(input: {
		identity: string;
		epoch: number;
		step: string;
		attempt: number;
	}): Promise<boolean>;
}

export interface Detections {
	/** Insert-ignore under the reference's unique key (detection.md §10.3): `isNew` false when an active one exists. */
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
	}): Promise<DetectionRecord[]>;
	/** Deletes those that started before, but no active one. @returns how many. */
	purge(startedBeforeMs: number): Promise<number>;
}

export interface RecoveryFilter {
	readonly page?: number;
	readonly id?: number;
	readonly uid?: string;
	readonly clusterName?: string;
	readonly clusterAlias?: string;
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
		},
	): Promise<void>;
	/** Recoveries in their active period: of the identity, or with this successor, or with this cluster name. */
	active(input: {
		identity?: string;
		clusterName?: string;
		successor?: InstanceName;
	}): Promise<RecoveryRecord[]>;
	/** Ends active periods that started before this time (RecoveryPeriodBlockSeconds) and whose recovery has ended. */
	expire(startedBeforeMs: number): Promise<void>;
	list(filter: RecoveryFilter): Promise<RecoveryRecord[]>;
	/** @returns how many rows were acknowledged now. */
	acknowledge(input: {
		all?: boolean;
		clusterName?: string;
		clusterAlias?: string;
		instance?: InstanceName;
		id?: number;
		uid?: string;
		owner: string;
		comment: string;
		nowMs: number;
	}): Promise<number>;
	addStep(uid: string, message: string, atMs: number): Promise<void>;
	steps(uid: string): Promise<RecoveryStep[]>;
	block(input: {
		instance: InstanceName;
		clusterName: string;
		analysis: string;
		blockingRecoveryId: number;
		nowMs: number;
	}): Promise<void>;
	blocked(clusterName?: string): Promise<
		{
			instance: InstanceName;
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

export interface Downtimes {
	begin(downtime: Downtime): Promise<void>;
	/** @returns whether one was active. */
	end(instance: InstanceName): Promise<boolean>;
	active(nowMs: number): Promise<Downtime[]>;
	/** @returns how many had ended. */
	expire(nowMs: number): Promise<number>;
}

export interface Candidates {
	register(
		instance: InstanceName,
		rule: PromotionRule,
		nowMs: number,
	): Promise<void>;
	/** Rules registered since then. */
	since(
		registeredAfterMs: number,
	): Promise<
		{ instance: InstanceName; rule: PromotionRule; registeredAtMs: number }[]
	>;
	/** @returns how many were forgotten. */
	expire(registeredBeforeMs: number): Promise<number>;
}

/** Where an old primary that may come back stands (Baton's own table `baton_fence`). */
export interface Fence {
	readonly instance: InstanceName;
	readonly identity: string;
	/** The primary that replaced it. */
	readonly successor: InstanceName;
	readonly sinceMs: number;
	/** `waiting` for its return, `fenced` read-only and held back (see `note`), or `rejoined`. */
	readonly state: "waiting" | "fenced" | "rejoined";
	/** What was found: errant transactions, for example. */
	readonly note: string;
}

export interface Fences {
	put(fence: Fence): Promise<void>;
	get(instance: InstanceName): Promise<Fence | undefined>;
	open(): Promise<Fence[]>;
	remove(instance: InstanceName): Promise<void>;
}

export interface Audit {
	/** Writes an `audit` row (AuditToBackendDB decides at the caller). */
	write(entry: Omit<AuditRecord, "id">): Promise<void>;
	page(input: {
		page: number;
		instance?: InstanceName;
	}): Promise<AuditRecord[]>;
	/** @returns how many rows were deleted. */
	purge(writtenBeforeMs: number): Promise<number>;
}

export interface KeyValues {
	put(
		pairs: readonly { key: string; value: string }[],
		nowMs: number,
	): Promise<void>;
	get(key: string): Promise<string | undefined>;
}

export interface Nodes {
	beat(input: {
		hostname: string;
		token: string;
		command: string;
		nowMs: number;
	}): Promise<void>;
	seenSince(ms: number): Promise<
		{
			hostname: string;
			token: string;
			firstSeenMs: number;
			lastSeenMs: number;
			command: string;
		}[]
	>;
	/** Forgets nodes that are silent since then. @returns how many. */
	expire(seenBeforeMs: number): Promise<number>;
	/** The same for the record of nodes that once began. */
	expireHistory(firstSeenBeforeMs: number): Promise<number>;
}

export interface Store {
	readonly inventory: Inventory;
	readonly clusters: Clusters;
	readonly operations: Operations;
	readonly detections: Detections;
	readonly recoveries: Recoveries;
	readonly downtimes: Downtimes;
	readonly candidates: Candidates;
	readonly fences: Fences;
	readonly audit: Audit;
	readonly keyValues: KeyValues;
	readonly nodes: Nodes;
	readonly tags: Tags;
	readonly pools: Pools;
	readonly hostnames: Hostnames;
	readonly hostAttributes: HostAttributes;
	readonly maintenances: Maintenances;
	readonly topologySnapshots: TopologySnapshots;
	readonly changelog: Changelog;
	readonly stalePositions: StalePositions;
	readonly positionHistory: PositionHistory;
	readonly accessTokens: AccessTokens;
	/** A write and a read that must succeed: the health check. */
	check(nowMs: number): Promise<void>;
	/** What this store is, for people: the SQLite path. */
	readonly description: string;
	close(): Promise<void>;
}

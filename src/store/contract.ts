/**
 * What the store offers to the rest of Baton. One implementation on Kysely, one dialect folder a database.
 * Times are milliseconds since the epoch here; the tables hold what the reference schema says.
 */

import type { RollingStatus } from "../rolling/status.ts";
import type { PromotionRule } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Downtime } from "../topology/snapshot.ts";
import type {
	AccessTokens,
	Changelog,
	Equivalences,
	PositionHistory,
	StalePositions,
	TopologySnapshots,
} from "./history/contract.ts";
import type { Clusters, Inventory, Roles } from "./inventory/contract.ts";
import type {
	Aliases,
	HostAttributes,
	Hostnames,
	Maintenances,
	Pools,
	Tags,
	TlsNeeds,
} from "./naming/contract.ts";
import type { Epoch, Operations } from "./operations/contract.ts";
import type { Detections, Fences, Recoveries } from "./recovery/contract.ts";

export type * from "./inventory/contract.ts";
export type * from "./operations/contract.ts";
export type * from "./recovery/contract.ts";

export interface AuditRecord {
	readonly id: number;
	readonly atMs: number;
	readonly type: string;
	readonly instance: InstanceName | "";
	readonly clusterName: string;
	readonly message: string;
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

export interface KeyValuePair {
	readonly key: string;
	readonly value: string;
}

export interface KeyValues {
	put(pairs: readonly KeyValuePair[], nowMs: number): Promise<void>;
	get(key: string): Promise<string | undefined>;
	/** Every entry whose key begins so. */
	below(prefix: string): Promise<ReadonlyMap<string, string>>;
}

/** Where the rolling maintenances stand; of each cluster the last. */
export interface Rollings {
	keep(status: RollingStatus, nowMs: number): Promise<void>;
	/** Undefined where there was none, or nothing that can be read. */
	of(identity: string): Promise<RollingStatus | undefined>;
	/** Those that have not ended. */
	running(): Promise<readonly RollingStatus[]>;
}

export interface Nodes {
	beat(input: {
		hostname: string;
		token: string;
		command: string;
		nowMs: number;
		/** It leads: `active_node` says so, unless another one said it within the last seconds. */
		isActive?: boolean;
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

/** What operations write that later ones go by. */
export type OwnRecords = Pick<
	Store,
	"detections" | "downtimes" | "fences" | "recoveries"
>;

export interface Store {
	readonly inventory: Inventory;
	readonly clusters: Clusters;
	readonly roles: Roles;
	readonly operations: Operations;
	readonly detections: Detections;
	readonly recoveries: Recoveries;
	readonly downtimes: Downtimes;
	readonly candidates: Candidates;
	readonly fences: Fences;
	readonly audit: Audit;
	readonly keyValues: KeyValues;
	readonly nodes: Nodes;
	readonly rollings: Rollings;
	readonly aliases: Aliases;
	readonly tags: Tags;
	readonly pools: Pools;
	readonly hostnames: Hostnames;
	readonly hostAttributes: HostAttributes;
	readonly tlsNeeds: TlsNeeds;
	readonly maintenances: Maintenances;
	readonly topologySnapshots: TopologySnapshots;
	readonly changelog: Changelog;
	readonly stalePositions: StalePositions;
	readonly positionHistory: PositionHistory;
	readonly equivalences: Equivalences;
	readonly accessTokens: AccessTokens;
	/**
	 * Writes in the name of an operation, in one transaction, as long as nobody has taken its cluster since. The work has no effect but on
	 * what it is given, and waits for nothing else.
	 * @returns whether it was: else nothing was written
	 */
	underEpoch(
		epoch: Epoch,
		work: (own: OwnRecords) => Promise<void>,
	): Promise<boolean>;
	/**
	 * Does the work in one transaction and takes all of it back: what would come of it, as the code that does it in earnest finds it.
	 * Whatever else of this process uses the store waits for its end: the work uses what it is given, and nothing else.
	 */
	tentatively<T>(work: (within: Store) => Promise<T>): Promise<T>;
	/** A write and a read that must succeed: the health check. */
	check(nowMs: number): Promise<void>;
	/** What this store is, for people: the SQLite path. */
	readonly description: string;
	close(): Promise<void>;
}

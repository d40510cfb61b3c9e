import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Role } from "../../topology/role.ts";
import type { Fence, KeyValuePair } from "../contract.ts";

/** A cluster as its identity knows it. The identity outlives the primary. */
export interface ClusterRecord {
	readonly identity: string;
	/** `host:port` of the present primary. */
	readonly clusterName: string;
	/** Alias in force: override, then suggested by the servers, then by configuration; the cluster name when there is none. */
	readonly alias: string;
	readonly domain: string;
	readonly epoch: number;
	/** Missing where nobody is the primary by anybody's word yet. */
	readonly role?: Role;
}

export interface ClusterSummary extends ClusterRecord {
	readonly countInstances: number;
}

export interface Inventory {
	all(): Promise<Instance[]>;
	get(name: InstanceName): Promise<Instance | undefined>;
	/** Exact cluster name. Host, port order. */
	ofCluster(clusterName: string): Promise<Instance[]>;
	/** Every member of the identity, whatever cluster name its row has now. */
	ofIdentity(identity: string): Promise<Instance[]>;
	replicasOf(source: InstanceName): Promise<Instance[]>;
	/**
	 * Writes the rows in one transaction; an unchanged row only gets its check times. A failed check changes only the check columns. Who is
	 * not known and among the {@link forgotten} is left out.
	 */
	save(
		instances: readonly Instance[],
		options?: {
			/**
			 * They were known when they were looked at: who is by now neither in the inventory nor in a cluster was forgotten meanwhile, by
			 * whatever process, and is left out.
			 */
			readonly onlyKnown?: boolean;
		},
	): Promise<void>;
	/** @returns false when it was not known. */
	forget(name: InstanceName): Promise<boolean>;
	/**
	 * Who was forgotten a moment ago, by whatever process: those that still name them bring them back by no `save`, and by no
	 * {@link Clusters.adopt}.
	 */
	forgotten(): Promise<ReadonlySet<InstanceName>>;
	/** Somebody asks for it by its name: it may come back. */
	recall(name: InstanceName): Promise<void>;
	/** Forgets every instance that was last seen before this time. @returns which. */
	forgetUnseen(seenBeforeMs: number): Promise<InstanceName[]>;
	/** Forgets every member of the identity. @returns which. */
	forgetCluster(identity: string): Promise<InstanceName[]>;
	/** Names alone, in host, port order: cheap however many there are. */
	names(): Promise<InstanceName[]>;
	/** What lists and searches need of each instance, in the order of lists: depth, most replicas, cluster, host, port. */
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
	/** Resolves a hint: name, alias, identity, instance `host[:port]`, fuzzy instance. */
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
	/**
	 * Makes every named instance a member of one identity: an existing one if any of them has one (the first in the list decides), else a new one named after `clusterName`. Sets the drop-in name where no primary is on record. @returns the identity.
	 * @param isNew whoever was known before is left out when he is by now neither in the inventory nor in a cluster: he was forgotten
	 * meanwhile. Without it all may be new. Nobody of the `Inventory.forgotten` is.
	 */
	adopt(
		clusterName: string,
		members: readonly InstanceName[],
		isNew?: (name: InstanceName) => boolean,
	): Promise<string>;
	/**
	 * Takes an instance out of its cluster, into that of its companion, or into one of its own. Further addresses of the server that it
	 * was before stay behind, as instances of their own. @returns the identity.
	 */
	resettle(name: InstanceName, companion?: InstanceName): Promise<string>;
	/** Pseudo-GTID markers are written to its primary (AutoPseudoGTID). */
	setMarked(clusterName: string, nowMs: number): Promise<void>;
	setSuggestedAlias(clusterName: string, alias: string): Promise<void>;
	setAliasOverride(clusterName: string, alias: string): Promise<void>;
	setDomain(clusterName: string, domain: string): Promise<void>;
	/** Forgets aliases that nothing has registered since. @returns how many. */
	expireAliases(registeredBeforeMs: number): Promise<number>;
	expireDomains(registeredBeforeMs: number): Promise<number>;
}

/** What follows a primary. */
export interface FollowsPrimary {
	/** Who must not take writes when it returns. */
	readonly fences: readonly Fence[];
	readonly pairs: readonly KeyValuePair[];
	/** Whose writer it is from now on; empty for none. */
	readonly domain: string;
}

/** Who is whose primary; the drop-in cluster name, its alias and its domain follow it. */
export interface Roles {
	/** By identity. */
	all(): Promise<ReadonlyMap<string, Role>>;
	of(identity: string): Promise<Role | undefined>;
	/** A first meeting. @returns false when there is a record of a server that belongs to the cluster still: it stays */
	meet(
		identity: string,
		met: Pick<Role, "primary" | "server" | "sinceMs">,
	): Promise<boolean>;
	/**
	 * The word of an operation or of a person, by compare-and-set, and all that follows it, at once: whoever might have been the primary
	 * of the cluster is waited for, and the new one is free, whatever it was held back for before.
	 * @param asked by what attempt, where there may be a newer one of the same work
	 * @returns false when the cluster's epoch is another one, or the attempt is not the newest: nothing was written
	 */
	write(
		identity: string,
		role: Role,
		follows?: FollowsPrimary,
		asked?: { readonly step: string; readonly attempt: number },
	): Promise<boolean>;
}

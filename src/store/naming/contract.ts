/** What operators and configuration management say about instances beside their probes: the part of the store's contract. */

import type { SeenServer } from "../../topology/doubles.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { ServerMark } from "../../topology/server-mark.ts";

/** A name, perhaps with a value, that an operator gave an instance. The instance need not be known. */
export interface Tag {
	readonly instance: InstanceName;
	readonly name: string;
	/** Empty for a tag without a value. */
	readonly value: string;
}

export interface Tags {
	/** Sets the tag, overwriting another value of the same name. */
	put(tag: Tag, nowMs: number): Promise<void>;
	/** Of one instance, by name. */
	of(instance: InstanceName): Promise<Tag[]>;
	/** Every tag, by instance and name. */
	all(): Promise<Tag[]>;
	/** Removes the tag of that name (only with that value, where one is given) from one instance, or from all. @returns from whom, as text order. */
	remove(which: {
		readonly instance?: InstanceName;
		readonly name: string;
		readonly value?: string;
	}): Promise<InstanceName[]>;
}

interface PoolMember {
	readonly pool: string;
	readonly instance: InstanceName;
	readonly registeredAtMs: number;
}

export interface Pools {
	/** Replaces the pool's members in one transaction; an empty list empties it. */
	submit(
		pool: string,
		instances: readonly InstanceName[],
		nowMs: number,
	): Promise<void>;
	/** Members registered since then (InstancePoolExpiryMinutes), by pool and instance. */
	members(registeredAfterMs: number): Promise<PoolMember[]>;
	/** @returns how many memberships ended. */
	expire(registeredBeforeMs: number): Promise<number>;
}

export interface ResolvedHostname {
	readonly hostname: string;
	readonly resolved: string;
	readonly atMs: number;
}

/** A real host and the virtual name that replicas shall use for it. */
export interface UnresolvedHostname {
	readonly hostname: string;
	readonly virtual: string;
	readonly atMs: number;
}

/** Names as servers and the network give them. */
export interface Hostnames {
	/** By host name. */
	resolves(): Promise<ResolvedHostname[]>;
	/** Writes the mapping and its history. Of two that point at each other only the newer stays. */
	saveResolve(resolve: ResolvedHostname): Promise<void>;
	clearResolves(): Promise<void>;
	expireResolves(resolvedBeforeMs: number): Promise<number>;
	/** By host name. */
	unresolves(): Promise<UnresolvedHostname[]>;
	registerUnresolve(unresolve: UnresolvedHostname): Promise<void>;
	/** @returns whether there was one. */
	deregisterUnresolve(hostname: string): Promise<boolean>;
	expireUnresolves(registeredBeforeMs: number): Promise<number>;
	/** IPv4 and IPv6 address of a host, empty when it has none; undefined when not looked up yet. */
	addresses(
		hostname: string,
	): Promise<{ readonly ipv4: string; readonly ipv6: string } | undefined>;
	saveAddresses(
		hostname: string,
		addresses: { readonly ipv4: string; readonly ipv6: string },
		nowMs: number,
	): Promise<void>;
}

/** Two addresses of one server, of which one stays its name. */
export interface Double {
	readonly alias: InstanceName;
	readonly canonical: InstanceName;
	/** Of the server that both are. */
	readonly server: ServerMark;
	/** A person has asked for it: a recorded primary goes by another name then. */
	readonly isDecided: boolean;
	readonly atMs: number;
}

/**
 * - `merged`: one instance is left
 * - `held`: an operation holds a cluster of one of them; nothing was written
 * - `disputed`: one of them is on record as the primary of its cluster, and that was another server; nothing was written
 * - `recorded`: the alias is on record as the primary of its cluster, and nobody has decided that; nothing was written. One that was
 *   merely met and is alone in its cluster does not count
 */
export type Merging = "merged" | "held" | "disputed" | "recorded";

/** Further addresses of known servers: one server is one instance, whatever it is called. */
export interface Aliases {
	/** Every alias, with the name that its server goes by. */
	all(): Promise<ReadonlyMap<InstanceName, InstanceName>>;
	/** The name that the server goes by: the given one, where that is no alias. */
	nameOf(name: InstanceName): Promise<InstanceName>;
	/** The known servers that may be the given one, by what tells servers from one another. */
	servers(
		like: Pick<SeenServer, "serverUuid" | "serverId">,
	): Promise<SeenServer[]>;
	/** Those that share their UUID, or their id where they have none: few of very many. */
	alike(): Promise<SeenServer[]>;
	/** How many known servers name it as their source. */
	followers(name: InstanceName): Promise<number>;
	/**
	 * The alias is an instance of its own no more. All that is said of it (tags, pools, downtime, promotion rule, maintenance, fence,
	 * role) goes to the canonical name: of two that say the same the newer one stays, and the longer downtime, the open fence, the role
	 * on the higher word. Who replicates from it goes to the cluster of the canonical name, which takes over its alias and domain where
	 * it has none. Names that were the alias's own go along, but for those that were proved to be another server: {@link release}.
	 * What was said of the alias while it was another server (its fence, a record, or what was seen there tells) stays behind, and no
	 * recorded primary is left with the downtime of one that was lost in a recovery.
	 */
	merge(double: Double): Promise<Merging>;
	/** Which server each was proved to be an address of. */
	marks(): Promise<ReadonlyMap<InstanceName, ServerMark>>;
	/** It was proved again. */
	mark(alias: InstanceName, server: ServerMark): Promise<void>;
	/** The address is that of another server now. @returns whether it was an alias */
	remove(alias: InstanceName): Promise<boolean>;
	/**
	 * The name that it stood for is that of another server now: it is an instance of its own again, in the cluster of the server that it
	 * was proved to be, and has that one's fence, and the tags, pools, downtime and promotion rule that were said of that one. The other
	 * name keeps them as long as it may be that server's too. @returns whether it was an alias
	 */
	release(alias: InstanceName): Promise<boolean>;
}

/** Whether the account is let in with TLS only, as a connection found it. */
export interface TlsNeeds {
	/** What is known already is not written again. */
	note(
		needs: readonly {
			readonly instance: InstanceName;
			readonly isRequired: boolean;
		}[],
	): Promise<void>;
}

/** Values by host name; the host `*` holds general ones, such as a domain's writer. */
export interface HostAttributes {
	set(
		hostname: string,
		name: string,
		value: string,
		nowMs: number,
	): Promise<void>;
	get(hostname: string, name: string): Promise<string | undefined>;
}

/** A lock that an operator or an operation holds on one instance. */
export interface Maintenance {
	readonly id: number;
	readonly instance: InstanceName;
	readonly owner: string;
	readonly reason: string;
	readonly beganAtMs: number;
	/** 0 when it has no end of its own. */
	readonly endsAtMs: number;
	/** Ends by its own time, not with the process that began it. */
	readonly isExplicitlyBounded: boolean;
}

export interface Maintenances {
	/** @returns undefined when the instance is under maintenance already. */
	begin(maintenance: Omit<Maintenance, "id">): Promise<Maintenance | undefined>;
	/** @returns whether one was active. */
	end(instance: InstanceName, nowMs: number): Promise<boolean>;
	/** By the number that {@link begin} gave it. @returns whether it was active. */
	endById(id: number, nowMs: number): Promise<boolean>;
	/** Those that have begun and not ended, by instance; one whose time is over counts as ended. */
	active(nowMs: number): Promise<Maintenance[]>;
	/**
	 * Ends those whose time is over, and those without a bound of their own whose process is gone; deletes ended ones older than the
	 * given time. @returns how many were deleted.
	 */
	expire(nowMs: number, endedBeforeMs: number): Promise<number>;
}

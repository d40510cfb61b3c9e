/** What operators and configuration management say about instances beside their probes: the part of the store's contract. */
import type { InstanceName } from "../../topology/instance-name.ts";

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

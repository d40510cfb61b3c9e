import {
	type AuditedChange,
	addressGone,
	addressMerged,
	uuidShared,
} from "../audit/changes.ts";
import type { OwnAddress, ProveOne } from "../mysql/one-process.ts";
import type { Store } from "../store/contract.ts";
import {
	isOfNames,
	type ProbeFinding,
	SERVER_UUID,
} from "../topology/check.ts";
import {
	type NameClaim,
	nameThatStays,
	type SeenServer,
	seenServer,
	suspectsAmong,
} from "../topology/doubles.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import { isAnother, markOf } from "../topology/server-mark.ts";
import type { KnownAliases } from "./known-aliases.ts";
import { createLeaving } from "./leaving.ts";

interface IdentityDeps {
	readonly store: Pick<Store, "aliases" | "clusters" | "inventory" | "roles">;
	readonly aliases: KnownAliases;
	readonly proveOne: ProveOne;
	/** For the record. */
	readonly tell: (change: AuditedChange) => Promise<void>;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void; warn(text: string): void };
}

/** A server as it was seen, and which name was known before the other. */
export interface Suspect {
	readonly seen: Instance;
	readonly isOlder: boolean;
}

export type Merged =
	/** One instance is left. */
	| {
			readonly outcome: "merged";
			readonly name: InstanceName;
			readonly alias: InstanceName;
	  }
	/** It is to be tried again later. */
	| { readonly outcome: "later"; readonly why: string };

type Examined =
	/** One server, of which one instance is left when `merge` is over. */
	| { readonly outcome: "one"; readonly merge: () => Promise<Merged> }
	/** Two servers, of which each has the other's UUID where they have any. */
	| { readonly outcome: "two" }
	| { readonly outcome: "unknown"; readonly why: string };

/** A server has the UUID of another one: it was copied with its data directory. */
export const sharedUuid = (other: InstanceName): ProbeFinding => ({
	about: SERVER_UUID,
	privilege: "",
	isWarning: true,
	says: `${other} has the same server UUID and is another server, so one was copied from the other: stop this one or that, remove auto.cnf from its data directory and start it again, and it has a UUID of its own`,
});

/** Which names are one server's. Told once, in the log and the audit. */
export const createIdentity = (deps: IdentityDeps) => {
	const { store, log } = deps;

	const claimOf = async (
		{ seen: { name }, isOlder }: Suspect,
		own: OwnAddress,
		recorded: ReadonlySet<InstanceName>,
	): Promise<NameClaim> => {
		const { port } = splitName(name);
		return {
			name,
			followers: await store.aliases.followers(name),
			isOwnPort: port === own.port,
			isOwnHost: own.hosts.some((each) => instanceName(each, port) === name),
			isOnRecord: recorded.has(name),
			isOlder,
		};
	};

	/** Of one server, or as good as certain to be one. */
	const join = async (
		seen: Instance,
		alias: InstanceName,
		name: InstanceName,
	): Promise<Merged> => {
		const merging = await store.aliases.merge({
			alias,
			canonical: name,
			server: markOf(seen),
			atMs: deps.nowMs(),
		});
		if (merging === "held")
			return { outcome: "later", why: "an operation holds their cluster" };
		if (merging === "disputed")
			return {
				outcome: "later",
				why: `another server is on record as the primary under ${alias}`,
			};
		await deps.aliases.load();
		log.info(`${alias} and ${name} are one server, which goes by ${name}`);
		await deps.tell(addressMerged(name, alias));
		return { outcome: "merged", name, alias };
	};

	const merge = async (
		one: Suspect,
		other: Suspect,
		own: OwnAddress,
	): Promise<Merged> => {
		const recorded = new Set(
			[...(await store.roles.all()).values()].map(({ primary }) => primary),
		);
		const name = nameThatStays(
			await claimOf(one, own, recorded),
			await claimOf(other, own, recorded),
		);
		const alias = name === one.seen.name ? other.seen.name : one.seen.name;
		return join(one.seen, alias, name);
	};

	const examine = async (one: Suspect, other: Suspect): Promise<Examined> => {
		const names = [one.seen.name, other.seen.name] as const;
		const proof = await deps.proveOne(...names);
		return proof.outcome === "one"
			? { outcome: "one", merge: () => merge(one, other, proof.own) }
			: proof;
	};

	const drop = async (alias: InstanceName): Promise<void> => {
		const canonical = deps.aliases.nameOf(alias);
		if (!(await store.aliases.remove(alias))) return;
		await deps.aliases.load();
		log.info(`${alias} is another server now, and no address of ${canonical}`);
		await deps.tell(addressGone(canonical, alias));
	};

	/** Of an address that was known as another server's further one. @returns whether it still is */
	const isStill = async (
		alias: InstanceName,
		canonical: InstanceName,
		seen: Instance,
	): Promise<boolean> => {
		const known = await store.inventory.get(canonical);
		if (known !== undefined && !isAnother(markOf(known), seen)) return true;
		await drop(alias);
		return false;
	};

	/** Known servers that the one which was seen may be. */
	const suspects = async (seen: Instance): Promise<Instance[]> => {
		const like = await store.aliases.servers(seen);
		const mine: SeenServer = seenServer(seen);
		const pairs = suspectsAmong([
			mine,
			...like.filter(({ name }) => name !== seen.name),
		]);
		const found: Instance[] = [];
		for (const [one, other] of pairs) {
			if (one !== mine) continue;
			const known = await store.inventory.get(other.name);
			if (known !== undefined) found.push(known);
		}
		return found;
	};

	const told = new Set<string>();
	const tellShared = async (
		name: InstanceName,
		other: InstanceName,
	): Promise<void> => {
		const pair = [name, other].toSorted().join(" ");
		if (told.has(pair)) return;
		told.add(pair);
		log.warn(`${name}: ${sharedUuid(other).says}`);
		await deps.tell(uuidShared(name, other));
	};

	const saidOfNames = async (
		name: InstanceName,
	): Promise<readonly ProbeFinding[]> =>
		(await store.inventory.get(name))?.findings.filter(isOfNames) ?? [];

	return {
		examine,
		/** @see createLeaving */
		leave: createLeaving(deps),
		/** A server goes on under the name that it calls itself by. @returns whether it does now */
		rename: async (seen: Instance, name: InstanceName): Promise<boolean> =>
			(await join(seen, seen.name, name)).outcome === "merged",
		drop,
		tellShared,
		/**
		 * Under which name a server that was seen goes on, and what is to be said of it. A name that is known already stays as it is until
		 * a watcher has looked into it.
		 */
		settle: async (
			seen: Instance,
		): Promise<{
			readonly name: InstanceName;
			readonly findings: readonly ProbeFinding[];
		}> => {
			const { name } = seen;
			const canonical = await store.aliases.nameOf(name);
			if (canonical !== name && (await isStill(name, canonical, seen)))
				return { name: canonical, findings: await saidOfNames(canonical) };
			const isKnown = (await store.inventory.get(name)) !== undefined;
			const copies: InstanceName[] = [];
			for (const other of await suspects(seen)) {
				const found = await examine(
					{ seen, isOlder: false },
					{ seen: other, isOlder: true },
				);
				// A watcher that has both goes on writing of both until it has looked into it itself.
				if (found.outcome === "one" && !isKnown) {
					const merged = await found.merge();
					if (merged.outcome === "merged")
						return {
							name: merged.name,
							findings: await saidOfNames(merged.name),
						};
				}
				if (found.outcome === "two" && seen.serverUuid !== "")
					copies.push(other.name);
			}
			for (const copy of copies) await tellShared(name, copy);
			return { name, findings: copies.map(sharedUuid) };
		},
	};
};

export type Identity = ReturnType<typeof createIdentity>;

import { type AuditedChange, addressMerged } from "../audit/changes.ts";
import type { OwnAddress, ProveOne } from "../mysql/one-process.ts";
import type { Store } from "../store/contract.ts";
import { type NameClaim, nameThatStays } from "../topology/doubles.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import type { KnownAliases } from "./known-aliases.ts";

export interface IdentityDeps {
	readonly store: Pick<
		Store,
		"aliases" | "clusters" | "fences" | "inventory" | "roles"
	>;
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
	| { readonly outcome: "later"; readonly why: string }
	/** Either is a recorded primary, which goes by no other name unless a person says so. */
	| { readonly outcome: "undecided" };

type Examined =
	/** One server, of which one instance is left when `merge` is over. */
	| { readonly outcome: "one"; readonly merge: () => Promise<Merged> }
	/** Two servers, of which each has the other's UUID where they have any. */
	| { readonly outcome: "two" }
	| { readonly outcome: "unknown"; readonly why: string };

/** Makes one instance of two names that are proved to be one server's. Told in the log and the audit. */
export const createJoining = (deps: IdentityDeps) => {
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

	const join = async (
		seen: Instance,
		alias: InstanceName,
		name: InstanceName,
		isDecided: boolean,
	): Promise<Merged> => {
		const merging = await store.aliases.merge({
			alias,
			canonical: name,
			server: markOf(seen),
			isDecided,
			atMs: deps.nowMs(),
		});
		if (merging === "recorded") return { outcome: "undecided" };
		if (merging === "held")
			return { outcome: "later", why: "an operation holds their cluster" };
		if (merging === "disputed")
			return {
				outcome: "later",
				why: `another server is on record as the primary under ${alias} or ${name}`,
			};
		await deps.aliases.load();
		log.info(`${alias} and ${name} are one server, which goes by ${name}`);
		await deps.tell(addressMerged(name, alias));
		return { outcome: "merged", name, alias };
	};

	/** Names that a primary on record goes by, or on which there is a fence. */
	const onRecord = async (): Promise<ReadonlySet<InstanceName>> =>
		new Set([
			...[...(await store.roles.all()).values()].map(({ primary }) => primary),
			...(await store.fences.open()).map(({ instance }) => instance),
		]);

	/** A recorded primary keeps its name, whatever speaks for the other one, unless somebody has decided. */
	const merge = async (
		one: Suspect,
		other: Suspect,
		own: OwnAddress,
		isDecided: boolean,
	): Promise<Merged> => {
		const recorded = await onRecord();
		const name = nameThatStays(
			await claimOf(one, own, recorded),
			await claimOf(other, own, recorded),
		);
		const alias = name === one.seen.name ? other.seen.name : one.seen.name;
		const merged = await join(one.seen, alias, name, isDecided);
		return merged.outcome === "undecided"
			? join(one.seen, name, alias, isDecided)
			: merged;
	};

	const examine = async (
		one: Suspect,
		other: Suspect,
		isDecided = false,
	): Promise<Examined> => {
		const names = [one.seen.name, other.seen.name] as const;
		const proof = await deps.proveOne(...names);
		return proof.outcome === "one"
			? {
					outcome: "one",
					merge: () => merge(one, other, proof.own, isDecided),
				}
			: proof;
	};

	return { join, examine };
};

import {
	type AuditedChange,
	addressMerged,
	uuidShared,
} from "../audit/changes.ts";
import type { OwnAddress, ProveOne } from "../mysql/one-process.ts";
import type { Store } from "../store/contract.ts";
import { isOfNames, type ProbeFinding } from "../topology/check.ts";
import {
	type NameClaim,
	nameThatStays,
	type SeenServer,
	seenServer,
	suspectsAmong,
} from "../topology/doubles.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import { type AliasVerdict, createAliasChecks } from "./alias-checks.ts";
import type { KnownAliases } from "./known-aliases.ts";
import { createLeaving } from "./leaving.ts";
import { sharedUuid, undecidedName } from "./name-findings.ts";

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

interface Settled {
	readonly name: InstanceName;
	readonly findings: readonly ProbeFinding[];
}

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

	const checks = createAliasChecks(deps);

	/** @see Identity.settle */
	const settle = async (
		seen: Instance,
		isDecided = false,
	): Promise<Settled> => {
		const { name } = seen;
		const canonical = await store.aliases.nameOf(name);
		if (
			canonical !== name &&
			(await checks.check(name, canonical, seen)) === "stands"
		)
			return { name: canonical, findings: await saidOfNames(canonical) };
		const isKnown = (await store.inventory.get(name)) !== undefined;
		const found: ProbeFinding[] = [];
		for (const other of await suspects(seen)) {
			const examined = await examine(
				{ seen, isOlder: false },
				{ seen: other, isOlder: true },
				isDecided,
			);
			// A watcher that has both goes on writing of both until it has looked into it itself; but for what a person has decided.
			if (examined.outcome === "one" && (!isKnown || isDecided)) {
				const merged = await examined.merge();
				if (merged.outcome === "merged")
					return {
						name: merged.name,
						findings: await saidOfNames(merged.name),
					};
				if (merged.outcome === "undecided")
					found.push(undecidedName(other.name));
			}
			if (examined.outcome === "two" && seen.serverUuid !== "") {
				await tellShared(name, other.name);
				found.push(sharedUuid(other.name));
			}
		}
		return { name, findings: found };
	};

	return {
		examine,
		/** @see createLeaving */
		leave: createLeaving(deps),
		/** A server goes on under the name that it calls itself by, which was proved to be its. */
		rename: (seen: Instance, name: InstanceName): Promise<Merged> =>
			join(seen, seen.name, name, false),
		tellShared,
		/** What has become of a further address, as it is seen now; it may turn out to be one of a third server. */
		confirm: async (
			alias: InstanceName,
			canonical: InstanceName,
			seen: Instance,
		): Promise<AliasVerdict> => {
			const verdict = await checks.check(alias, canonical, seen);
			if (verdict === "dropped" && isLastCheckValid(seen))
				await settle({ ...seen, ...splitName(alias), name: alias });
			return verdict;
		},
		/**
		 * Under which name a server that was seen goes on, and what is to be said of it. A name that is known already stays as it is until
		 * a watcher has looked into it, or a person has decided.
		 */
		settle,
	};
};

export type Identity = ReturnType<typeof createIdentity>;

import type { Identity } from "../discovery/identity.ts";
import type { Merged, Suspect } from "../discovery/joining.ts";
import type { KnownAliases } from "../discovery/known-aliases.ts";
import { sharedUuid, undecidedName } from "../discovery/name-findings.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Store } from "../store/contract.ts";
import type { ProbeFinding } from "../topology/check.ts";
import { type SeenServer, suspectsAmong } from "../topology/doubles.ts";
import { isLastCheckValid, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	isAnotherNow,
	NO_MARK,
	type ServerMark,
} from "../topology/server-mark.ts";
import type { KeptInstance } from "./kept-instance.ts";
import type { Roster } from "./roster.ts";
import type { StoreLine } from "./store-line.ts";
import type { Writer } from "./writer.ts";

interface DoublesDeps {
	readonly roster: Roster;
	readonly store: Pick<Store, "aliases" | "inventory">;
	readonly servers: Pick<Servers, "look">;
	readonly identity: Identity;
	readonly aliases: KnownAliases;
	readonly writer: Pick<Writer, "later">;
	readonly line: Pick<StoreLine, "attempt">;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void };
}

/** Two names that were looked into, and a further address of a server, are looked at again after so long. Milliseconds. */
const AGAIN_MS = 60_000;
/** Two that could not be made one yet. */
const TRY_AGAIN_MS = 3_000;

const keyOf = (one: SeenServer, other: SeenServer): string =>
	`${one.name} and ${other.name}`;

/** Servers that are known under two names, of whatever cluster: one instance is left of them. */
export const createDoubles = (deps: DoublesDeps) => {
	const { roster, store, identity, aliases } = deps;
	const due = new Map<string, number>();
	/** What is to be said of each of two servers, of which the other one is named. */
	const standing = new Map<string, (other: InstanceName) => ProbeFinding>();

	const isDue = (key: string): boolean => {
		const nowMs = deps.nowMs();
		if ((due.get(key) ?? 0) > nowMs) return false;
		due.set(key, nowMs + AGAIN_MS);
		return true;
	};

	const forgetOld = (): void => {
		for (const [key, atMs] of due)
			if (atMs + AGAIN_MS < deps.nowMs()) due.delete(key);
	};

	const watched = (): Map<InstanceName, KeptInstance> => {
		const all = new Map<InstanceName, KeptInstance>();
		for (const { members } of roster.clusters())
			for (const [name, kept] of members)
				if (isLastCheckValid(kept.latest)) all.set(name, kept);
		return all;
	};

	const suspectOf = async (
		name: InstanceName,
		mine: ReadonlyMap<InstanceName, KeptInstance>,
	): Promise<Suspect | undefined> => {
		const seen = mine.get(name)?.latest ?? (await store.inventory.get(name));
		return seen && { seen, isOlder: false };
	};

	/** Whoever named it by its alias is looked at again at once, and then names it by the name that it goes by. */
	const lookAgain = (alias: InstanceName): void => {
		for (const { members } of roster.clusters())
			for (const kept of members.values())
				if (
					sourceOf(kept.latest) === alias ||
					kept.latest.replicas.includes(alias)
				)
					kept.nextPollMs = 0;
	};

	/** In the writer's turn: else what it has to write of the alias would be written after. */
	const merge = (key: string, work: () => Promise<Merged>): void => {
		deps.writer.later(`that ${key} are one`, async () => {
			const merged = await work();
			if (merged.outcome === "merged") {
				roster.drop(merged.alias);
				lookAgain(merged.alias);
				return;
			}
			if (merged.outcome === "undecided") {
				if (standing.get(key) !== undecidedName)
					deps.log.warn(
						`${key} are one server under two names, and both are on record as primaries: discover one of them to say that they are one`,
					);
				standing.set(key, undecidedName);
				return;
			}
			due.set(key, deps.nowMs() + TRY_AGAIN_MS);
			deps.log.warn(`${key} are one server under two names: ${merged.why}`);
		});
	};

	const isShared = (one: SeenServer, other: SeenServer): boolean =>
		one.serverUuid !== "" && one.serverUuid === other.serverUuid;

	const examine = async (
		[one, other]: readonly [SeenServer, SeenServer],
		mine: ReadonlyMap<InstanceName, KeptInstance>,
	): Promise<void> => {
		const key = keyOf(one, other);
		if (!isDue(key)) return;
		const first = await suspectOf(one.name, mine);
		const second = await suspectOf(other.name, mine);
		if (first === undefined || second === undefined) return;
		const found = await identity.examine(first, second);
		if (found.outcome === "one") {
			if (standing.get(key) === sharedUuid) standing.delete(key);
			merge(key, found.merge);
		}
		if (found.outcome !== "two") return;
		standing.delete(key);
		if (!isShared(one, other)) return;
		standing.set(key, sharedUuid);
		await identity.tellShared(one.name, other.name);
	};

	/** An address may become that of another server, and so may the name that it stands for: then it is looked at soon. */
	const confirm = async (
		alias: InstanceName,
		kept: KeptInstance,
		proved: ServerMark,
	): Promise<void> => {
		const key = `alias ${alias}`;
		const hasMoved = isAnotherNow(proved, kept.latest);
		if (!isDue(hasMoved ? `${key} of another server` : key)) return;
		const seen = await deps.servers.look(alias);
		const verdict = await identity.confirm(alias, kept.name, seen);
		// Whoever named it names another server than it seemed.
		if (verdict !== "stands") lookAgain(kept.name);
		else if (hasMoved)
			due.set(`${key} of another server`, deps.nowMs() + TRY_AGAIN_MS);
	};

	/** What stands on each that is watched now, whenever it was found out. */
	const tellStanding = (
		pairs: readonly (readonly [SeenServer, SeenServer])[],
		mine: ReadonlyMap<InstanceName, KeptInstance>,
	): void => {
		const said = new Map<InstanceName, ProbeFinding>();
		for (const [one, other] of pairs) {
			const finding = standing.get(keyOf(one, other));
			if (finding === undefined) continue;
			said.set(one.name, finding(other.name));
			said.set(other.name, finding(one.name));
		}
		for (const kept of mine.values()) kept.uuidFinding = said.get(kept.name);
	};

	return {
		/** One round. */
		look: async (): Promise<void> => {
			forgetOld();
			let alike: readonly SeenServer[] | undefined;
			let proved: ReadonlyMap<InstanceName, ServerMark> = new Map();
			await deps.line.attempt(async () => {
				proved = await store.aliases.marks();
				alike = await store.aliases.alike();
			});
			if (alike === undefined) return;
			const mine = watched();
			const pairs = suspectsAmong(alike).filter((pair) =>
				pair.some(({ name }) => mine.has(name)),
			);
			for (const pair of pairs) await examine(pair, mine);
			tellStanding(pairs, mine);
			for (const [alias, name] of aliases.all()) {
				const kept = mine.get(name);
				if (kept !== undefined)
					await confirm(alias, kept, proved.get(alias) ?? NO_MARK);
			}
		},
	};
};

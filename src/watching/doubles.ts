import type { Identity } from "../discovery/identity.ts";
import type { Merged, Suspect } from "../discovery/joining.ts";
import { sharedUuid, undecidedName } from "../discovery/name-findings.ts";
import type { Store } from "../store/contract.ts";
import type { ProbeFinding } from "../topology/check.ts";
import { type SeenServer, suspectsAmong } from "../topology/doubles.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createDue } from "./due.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { lookAgainAtWhoNames } from "./look-again.ts";
import type { Roster } from "./roster.ts";
import type { StoreLine } from "./store-line.ts";
import type { Writer } from "./writer.ts";

interface DoublesDeps {
	readonly roster: Roster;
	readonly store: Pick<Store, "aliases" | "inventory">;
	readonly identity: Identity;
	readonly writer: Pick<Writer, "later">;
	readonly line: Pick<StoreLine, "attempt">;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void };
}

/** Two names that were looked into are looked at again after so long. Milliseconds. */
const AGAIN_MS = 60_000;
/** Two that could not be made one yet. */
const TRY_AGAIN_MS = 3_000;

const keyOf = (one: SeenServer, other: SeenServer): string =>
	`${one.name} and ${other.name}`;

/** Servers that are known under two names, of whatever cluster: one instance is left of them. */
export const createDoubles = (deps: DoublesDeps) => {
	const { roster, store, identity } = deps;
	const due = createDue(deps.nowMs);
	/** What is to be said of each of two servers, of which the other one is named. */
	const standing = new Map<string, (other: InstanceName) => ProbeFinding>();

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

	/** In the writer's turn: else what it has to write of the alias would be written after. */
	const merge = (key: string, work: () => Promise<Merged>): void => {
		deps.writer.later(`that ${key} are one`, async () => {
			const merged = await work();
			if (merged.outcome === "merged") {
				roster.drop(merged.alias);
				lookAgainAtWhoNames(roster, merged.alias);
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
			due.again(key, TRY_AGAIN_MS);
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
		if (!due.isDue(key, AGAIN_MS)) return;
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
			let alike: readonly SeenServer[] | undefined;
			await deps.line.attempt(async () => {
				alike = await store.aliases.alike();
			});
			if (alike === undefined) return;
			const mine = watched();
			const pairs = suspectsAmong(alike).filter((pair) =>
				pair.some(({ name }) => mine.has(name)),
			);
			for (const pair of pairs) await examine(pair, mine);
			tellStanding(pairs, mine);
		},
	};
};

import type { Identity } from "../discovery/identity.ts";
import type { KnownAliases } from "../discovery/known-aliases.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Store } from "../store/contract.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	isAnotherNow,
	NO_MARK,
	type ServerMark,
} from "../topology/server-mark.ts";
import { createDue } from "./due.ts";
import { inLanes } from "./in-lanes.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { lookAgainAtWhoNames } from "./look-again.ts";
import type { Roster } from "./roster.ts";
import type { StoreLine } from "./store-line.ts";

interface AliasWatchDeps {
	readonly roster: Pick<Roster, "clusters" | "clusterOf">;
	readonly store: Pick<Store, "aliases">;
	readonly servers: Pick<Servers, "look">;
	readonly identity: Pick<Identity, "confirm" | "free">;
	readonly aliases: KnownAliases;
	/** It was replaced as a primary, or may be one: its return is waited for. */
	readonly isFenced: (name: InstanceName) => boolean;
	readonly line: Pick<StoreLine, "attempt">;
	readonly nowMs: () => number;
}

/** A further address of a server is looked at again after so long; where something speaks against it, sooner. Milliseconds. */
const AGAIN_MS = 60_000;
const SOON_MS = 3_000;

/** So many are looked at once, and each has so long to let us in: an address of nobody may answer nothing at all. */
const LANES = 8;
const CONNECT_MS = 1_000;

/**
 * Further addresses of the servers that are watched here.
 * 1. An address may become that of another server, and so may the name that it stands for.
 * 2. An old primary may come back by a further address alone, since the name that it went by is nobody's any more.
 */
export const createAliasWatch = (deps: AliasWatchDeps) => {
	const { roster, store, servers, identity } = deps;
	const due = createDue(deps.nowMs);

	const look = async (
		alias: InstanceName,
		kept: KeptInstance,
		proved: ServerMark,
	): Promise<void> => {
		const key = `${alias} of ${kept.name}`;
		const isSeen = isLastCheckValid(kept.latest);
		const hasMoved = isAnotherNow(proved, kept.latest);
		if (!isSeen && !deps.isFenced(kept.name)) return;
		if (!due.isDue(key, AGAIN_MS) && !hasMoved && isSeen) return;
		if (!due.isDue(`${key}, soon`, SOON_MS)) return;
		const seen = await servers.look(alias, undefined, CONNECT_MS);
		const verdict = isSeen
			? await identity.confirm(alias, kept.name, seen)
			: await identity.free(alias, kept.name, seen);
		// Whoever named it names another server than it seemed.
		if (verdict !== "stands") lookAgainAtWhoNames(roster, kept.name);
	};

	/** One round of those whose name is fenced, or of those whose name is not. */
	const round = async (ofFenced: boolean): Promise<void> => {
		const watched = [...deps.aliases.all()].flatMap(([alias, name]) => {
			const kept = roster.clusterOf(name)?.members.get(name);
			return kept !== undefined && deps.isFenced(name) === ofFenced
				? [{ alias, kept }]
				: [];
		});
		if (watched.length === 0) return;
		let marks: ReadonlyMap<InstanceName, ServerMark> | undefined;
		await deps.line.attempt(async () => {
			marks = await store.aliases.marks();
		});
		const known = marks;
		if (known === undefined) return;
		await inLanes(watched, LANES, ({ alias, kept }) =>
			look(alias, kept, known.get(alias) ?? NO_MARK),
		);
	};

	return {
		look: (): Promise<void> => round(false),
		/** An old primary may be open: it waits for nobody else. */
		lookForFenced: (): Promise<void> => round(true),
	};
};

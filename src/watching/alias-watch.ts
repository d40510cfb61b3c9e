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
		const seen = await servers.look(alias);
		const verdict = isSeen
			? await identity.confirm(alias, kept.name, seen)
			: await identity.free(alias, kept.name, seen);
		// Whoever named it names another server than it seemed.
		if (verdict !== "stands") lookAgainAtWhoNames(roster, kept.name);
	};

	return {
		/** One round. */
		look: async (): Promise<void> => {
			let marks: ReadonlyMap<InstanceName, ServerMark> | undefined;
			await deps.line.attempt(async () => {
				marks = await store.aliases.marks();
			});
			if (marks === undefined) return;
			for (const [alias, name] of deps.aliases.all()) {
				const kept = roster.clusterOf(name)?.members.get(name);
				if (kept !== undefined)
					await look(alias, kept, marks.get(alias) ?? NO_MARK);
			}
		},
	};
};

import { addressGone } from "../audit/changes.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	areOfOne,
	areOfTwo,
	markOf,
	NO_MARK,
	type ServerMark,
} from "../topology/server-mark.ts";
import type { IdentityDeps } from "./joining.ts";

/**
 * - `stands`: it is an address of that server, or nothing speaks against it and nothing can be proved, since one of the names does not
 *   answer
 * - `dropped`: another server has the address now
 * - `released`: another server has the name that it stood for; it is an instance of its own again
 */
export type AliasVerdict = "stands" | "dropped" | "released";

/** Whether a further address of a server still is one. That was proved once, and counts for nothing now: it is proved anew. */
export const createAliasChecks = ({
	store,
	aliases,
	proveOne,
	tell,
	log,
}: Pick<IdentityDeps, "store" | "aliases" | "proveOne" | "tell" | "log">) => {
	const told = async (
		alias: InstanceName,
		canonical: InstanceName,
	): Promise<void> => {
		await aliases.load();
		log.info(`${alias} is no address of ${canonical} any more`);
		await tell(addressGone(canonical, alias));
	};

	/** Without a session by both names, what was seen last of each is all that there is. */
	const areTwo = async (
		canonical: InstanceName,
		proved: ServerMark,
		seen: Instance,
	): Promise<boolean> => {
		const known = await store.inventory.get(canonical);
		if (known === undefined) return false;
		const now = markOf(known);
		return isLastCheckValid(seen)
			? areOfTwo(now, markOf(seen))
			: isLastCheckValid(known) && areOfTwo(proved, now);
	};

	const release = async (
		alias: InstanceName,
		canonical: InstanceName,
	): Promise<AliasVerdict> => {
		if (await store.aliases.release(alias)) await told(alias, canonical);
		return "released";
	};

	return {
		/** Of a name that does not answer: its server is watched by the further address where it answers by that. */
		free: async (
			alias: InstanceName,
			canonical: InstanceName,
			seen: Instance,
		): Promise<AliasVerdict> => {
			const proved = (await store.aliases.marks()).get(alias) ?? NO_MARK;
			return isLastCheckValid(seen) && areOfOne(proved, markOf(seen))
				? release(alias, canonical)
				: "stands";
		},
		check: async (
			alias: InstanceName,
			canonical: InstanceName,
			seen: Instance,
		): Promise<AliasVerdict> => {
			const proved = (await store.aliases.marks()).get(alias) ?? NO_MARK;
			// Who has just let nobody in gives no session either.
			const { outcome } = isLastCheckValid(seen)
				? await proveOne(alias, canonical)
				: { outcome: "unknown" };
			if (outcome === "one") {
				if (isLastCheckValid(seen) && !areOfOne(proved, markOf(seen)))
					await store.aliases.mark(alias, markOf(seen));
				return "stands";
			}
			if (outcome === "unknown" && !(await areTwo(canonical, proved, seen)))
				return "stands";
			// The server that it was proved to be may be known by no other name any more.
			if (!isLastCheckValid(seen) || areOfOne(proved, markOf(seen)))
				return release(alias, canonical);
			if (await store.aliases.remove(alias)) await told(alias, canonical);
			return "dropped";
		},
	};
};
